//! Whether the question path before a form leads somewhere: onward, to every page, to an end.

use std::collections::BTreeSet;

use super::Check;
use crate::need::NeedCheck;
use crate::problem::Bilingual;

impl Check<'_> {
    pub(super) fn need(&mut self, need: &NeedCheck) {
        self.words(&need.title, "need_check/title");
        if let Some(intro) = &need.intro {
            self.words(intro, "need_check/intro");
        }
        if need.questions.is_empty() {
            self.empty_choice("need_check/questions");
        }
        let mut ids = BTreeSet::new();
        for (index, question) in need.questions.iter().enumerate() {
            let path = format!("need_check/questions/{index}");
            self.stop_id(&mut ids, &question.id, &path);
            self.words(&question.question, &format!("{path}/question"));
            if let Some(hint) = &question.hint {
                self.words(hint, &format!("{path}/hint"));
            }
            if question.answers.is_empty() {
                self.empty_choice(&format!("{path}/answers"));
            }
            for (number, answer) in question.answers.iter().enumerate() {
                let path = format!("{path}/answers/{number}");
                self.words(&answer.label, &format!("{path}/label"));
                self.next(need, index, &answer.next, &format!("{path}/next"));
            }
        }
        for (index, outcome) in need.outcomes.iter().enumerate() {
            let path = format!("need_check/outcomes/{index}");
            self.stop_id(&mut ids, &outcome.id, &path);
            self.words(&outcome.title, &format!("{path}/title"));
            self.words(&outcome.text, &format!("{path}/text"));
        }
        self.all_reached(need);
    }

    /// Names are parts of URLs, so that a dash is possible.
    fn stop_id<'b>(&mut self, seen: &mut BTreeSet<&'b str>, id: &'b str, path: &str) {
        let path = format!("{path}/id");
        self.id(id, &path, true);
        if !id.is_empty() && !seen.insert(id) {
            self.add(
                "duplicate-id",
                &path,
                Bilingual::new(
                    format!("Ime „{id}” već postoji."),
                    format!("The name “{id}” is already taken."),
                ),
                None,
            );
        }
    }

    /// Answers lead only onward: a path that comes back to where it was never ends.
    fn next(&mut self, need: &NeedCheck, from: usize, next: &str, path: &str) {
        let onward: Vec<&str> = need
            .questions
            .iter()
            .skip(from + 1)
            .map(|question| question.id.as_str())
            .chain(need.outcomes.iter().map(|outcome| outcome.id.as_str()))
            .collect();
        // An empty one was already reported as missing while reading.
        if next.is_empty() || onward.contains(&next) {
            return;
        }
        let looks_back = need.questions.iter().any(|question| question.id == next);
        let (code, message) = if looks_back {
            (
                "need-looks-back",
                Bilingual::new(
                    format!("Odgovor vodi natrag, na pitanje „{next}”."),
                    format!("The answer leads back, to the question “{next}”."),
                ),
            )
        } else {
            (
                "need-unknown-next",
                Bilingual::new(
                    format!("Odgovor vodi na „{next}”, a toga nema."),
                    format!("The answer leads to “{next}”, which does not exist."),
                ),
            )
        };
        let list = onward.join("`, `");
        let help = Bilingual::new(
            format!("Može voditi na kasnije pitanje ili ishod: `{list}`."),
            format!("It can lead to a later question or an outcome: `{list}`."),
        );
        self.add(code, path, message, Some(help));
    }

    fn all_reached(&mut self, need: &NeedCheck) {
        let reached: BTreeSet<&str> = need
            .questions
            .iter()
            .flat_map(|question| &question.answers)
            .map(|answer| answer.next.as_str())
            .collect();
        let questions =
            need.questions.iter().enumerate().skip(1).map(|(index, q)| ("questions", index, &q.id));
        let outcomes = need.outcomes.iter().enumerate().map(|(index, o)| ("outcomes", index, &o.id));
        for (list, index, id) in questions.chain(outcomes) {
            if id.is_empty() || reached.contains(id.as_str()) {
                continue;
            }
            self.add(
                "need-unreached",
                &format!("need_check/{list}/{index}/id"),
                Bilingual::new(
                    format!("Nijedan odgovor ne vodi na „{id}”."),
                    format!("No answer leads to “{id}”."),
                ),
                Some(Bilingual::new(
                    "Navedite ga kao `next` nekog odgovora ili ga uklonite.",
                    "Name it as the `next` of an answer, or remove it.",
                )),
            );
        }
    }
}
