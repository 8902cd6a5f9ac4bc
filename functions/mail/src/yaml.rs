//! Reading a letter's texts from `content/poruke/<name>.yaml`, with every mistake and its place.

use std::collections::{BTreeMap, BTreeSet};

use forms::{Bilingual, Problem};
use serde::Deserialize;
use serde_yaml::Spanned;

use crate::placeholder::{Placeholder, next_placeholder};
use crate::yaml_problems::{problem, unknown, unreadable};
use crate::{LetterKind, Message, rows};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    subject: Spanned<BTreeMap<String, Spanned<String>>>,
    body: Spanned<BTreeMap<String, Spanned<String>>>,
    next: Option<Steps>,
}

/// Texts of steps by language.
type Steps = Spanned<BTreeMap<String, Vec<Spanned<String>>>>;

/// What aliases repeat altogether: more is a mistake, or malice.
const MOST_REPEATED: usize = 1_000;

impl Message {
    /// Reads the texts of one letter; `name` is its file name without `.yaml`, `languages` are the site's.
    ///
    /// Each language must have a subject and a body that says what its letter is about; the confirmation of receipt also has
    /// at least one next step.
    pub fn from_yaml(name: &str, source: &str, languages: &[&str]) -> Result<Self, Vec<Problem>> {
        let mut options = serde_yaml::Options::default();
        options.alias_limits.max_total_replayed_events = MOST_REPEATED;
        let read: Source = serde_yaml::from_str_with_options(source, options)
            .map_err(|error| vec![unreadable(error.without_snippet())])?;
        let mut check = Check { source, languages, problems: Vec::new() };
        let Some(kind) = LetterKind::of_file(name) else { return Err(vec![unknown(name)]) };
        check.languages("subject", &read.subject);
        check.languages("body", &read.body);
        check.steps(kind, read.next.as_ref(), &read.body);
        for subject in read.subject.value.values() {
            check.text(subject, &names(&[Placeholder::BASIC, kind.must()]));
        }
        for body in read.body.value.values() {
            check.text(body, &names(&[Placeholder::BASIC, kind.must(), kind.may()]));
            check.buttons(body);
            check.says(body, kind);
        }
        for steps in read.next.iter().flat_map(|next| next.value.values()) {
            for step in steps {
                check.text(step, &[]);
            }
        }
        if !check.problems.is_empty() {
            check.problems.sort_by_key(|problem| (problem.line, problem.column));
            return Err(check.problems);
        }
        let plain = |map: Spanned<BTreeMap<String, Spanned<String>>>| {
            map.value.into_iter().map(|(language, text)| (language, text.value)).collect()
        };
        let next = read.next.into_iter().flat_map(|next| next.value).map(|(language, steps)| {
            (language, steps.into_iter().map(|step| step.value.trim().to_owned()).collect())
        });
        Ok(Self { subject: plain(read.subject), body: plain(read.body), next: next.collect() })
    }
}

fn names(lists: &[&[Placeholder]]) -> Vec<&'static str> {
    lists.concat().into_iter().map(Placeholder::name).collect()
}

struct Check<'a> {
    source: &'a str,
    languages: &'a [&'a str],
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn languages<T: Filled>(&mut self, part: &str, map: &Spanned<BTreeMap<String, T>>) {
        let known: BTreeSet<&str> = self.languages.iter().copied().collect();
        let written: BTreeSet<&str> = map
            .value
            .iter()
            .filter(|(_, text)| text.is_filled())
            .map(|(language, _)| language.as_str())
            .collect();
        for language in known.difference(&written) {
            self.at(
                "message-language-missing",
                map,
                Bilingual::new(
                    format!("Dio {part} nema teksta na jeziku „{language}”."),
                    format!("The part {part} has no text in the language \"{language}\"."),
                ),
                None,
            );
        }
        for language in map.value.keys().filter(|language| !known.contains(language.as_str())) {
            self.at(
                "message-language-unknown",
                map,
                Bilingual::new(
                    format!("Dio {part} ima tekst na jeziku „{language}”, koji stranica nema."),
                    format!("The part {part} has a text in the language \"{language}\", which the site does not have."),
                ),
                None,
            );
        }
    }

    /// Only the confirmation of receipt tells steps, and it always does: the receipt page shows them too.
    fn steps(
        &mut self,
        kind: LetterKind,
        next: Option<&Steps>,
        body: &Spanned<BTreeMap<String, Spanned<String>>>,
    ) {
        match (kind, next) {
            (LetterKind::Received, Some(next)) => self.languages("next", next),
            (LetterKind::Received, None) => self.at(
                "message-without-steps",
                body,
                Bilingual::new(
                    "Nedostaje dio next: što slijedi.",
                    "The part next is missing: what happens next.",
                ),
                Some(Bilingual::new(
                    "Dodajte next s koracima za svaki jezik; stoje i na stranici potvrde.",
                    "Add next with steps for each language; the receipt page shows them too.",
                )),
            ),
            (_, Some(next)) => self.at(
                "message-steps-unused",
                next,
                Bilingual::new(
                    "Dio next ima samo potvrda o primitku.",
                    "Only the confirmation of receipt has the part next.",
                ),
                Some(Bilingual::new("Obrišite ga.", "Delete it.")),
            ),
            (_, None) => {}
        }
    }

    /// A line that looks like a button has to be one: `[words]({link})`.
    fn buttons(&mut self, text: &Spanned<String>) {
        for line in text.value.lines().filter(|line| line.contains("](")) {
            let name = rows::button(line).and_then(|(_, name)| Placeholder::by_name(name));
            if !name.is_some_and(Placeholder::is_url) {
                let place = self.place_of(text, line.trim());
                self.problems.push(problem(
                    "message-button-malformed",
                    place,
                    Bilingual::new(
                        "Ovo bi mogao biti gumb, ali nije ispravno napisan.",
                        "This might be meant as a button, but is not written as one.",
                    ),
                    Some(Bilingual::new(
                        "U retku za sebe napišite [Riječi na gumbu]({link}); u zagradi stoji umetak s adresom.",
                        "On a line of its own write [Words of the button]({link}), with a placeholder that is an address.",
                    )),
                ));
            }
        }
    }

    /// What a letter is about has to be in its text.
    fn says(&mut self, body: &Spanned<String>, kind: LetterKind) {
        let said = |placeholder: Placeholder| body.value.contains(&format!("{{{}}}", placeholder.name()));
        if !said(Placeholder::Reference) {
            self.at(
                "message-without-reference",
                body,
                Bilingual::new("Tekst ne navodi broj zahtjeva.", "The text does not give the reference."),
                Some(Bilingual::new("Dodajte {reference}.", "Add {reference}.")),
            );
        }
        for placeholder in kind.must().iter().filter(|placeholder| !said(**placeholder)) {
            let name = placeholder.name();
            self.at(
                "message-without-value",
                body,
                Bilingual::new(
                    format!("Tekst ne navodi {{{name}}}, a o tome se u ovoj poruci radi."),
                    format!("The text does not give {{{name}}}, which this message is about."),
                ),
                Some(Bilingual::new(format!("Dodajte {{{name}}}."), format!("Add {{{name}}}."))),
            );
        }
    }

    fn text(&mut self, text: &Spanned<String>, allowed: &[&str]) {
        let mut rest = text.value.as_str();
        while let Some((_, name, after)) = next_placeholder(rest) {
            if !allowed.contains(&name) {
                let place = self.place_of(text, &format!("{{{name}}}"));
                let list: Vec<_> = allowed.iter().map(|name| format!("{{{name}}}")).collect();
                let help = if list.is_empty() {
                    Bilingual::new("Ovdje nema umetaka.", "Nothing can be filled in here.")
                } else {
                    let list = list.join(", ");
                    Bilingual::new(format!("Poznati umetci: {list}."), format!("Known placeholders: {list}."))
                };
                self.problems.push(problem(
                    "message-placeholder-unknown",
                    place,
                    Bilingual::new(
                        format!("Nepoznat umetak {{{name}}}."),
                        format!("Unknown placeholder {{{name}}}."),
                    ),
                    Some(help),
                ));
            }
            rest = after;
        }
    }

    /// The part itself in the source, which in a text of several lines is below the text's own place.
    fn place_of<T>(&self, text: &Spanned<T>, wanted: &str) -> (u64, u64) {
        let start = (text.referenced.line(), text.referenced.column());
        self.source
            .lines()
            .zip(1_u64..)
            .skip_while(|(_, number)| *number < start.0)
            .find_map(|(line, number)| {
                let byte = line.find(wanted)?;
                let column = line[..byte].chars().zip(2_u64..).last().map_or(1, |(_, column)| column);
                Some((number, column))
            })
            .unwrap_or(start)
    }

    fn at<T>(&mut self, code: &'static str, part: &Spanned<T>, message: Bilingual, help: Option<Bilingual>) {
        self.problems.push(problem(code, (part.referenced.line(), part.referenced.column()), message, help));
    }
}

trait Filled {
    fn is_filled(&self) -> bool;
}

impl Filled for Spanned<String> {
    fn is_filled(&self) -> bool {
        !self.value.trim().is_empty()
    }
}

impl Filled for Vec<Spanned<String>> {
    fn is_filled(&self) -> bool {
        !self.is_empty() && self.iter().all(Filled::is_filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
subject: { hr: 'Primljeno {reference}', en: 'Received {reference}' }
body:
  hr: |
    Broj: {reference}
    {next}
  en: 'Reference: {reference}'
next:
  hr: [Pregled.]
  en: [Review., Answer.]
";

    fn problems(source: &str) -> Vec<(&'static str, usize, usize)> {
        let problems = Message::from_yaml("primljeno", source, &["hr", "en"]).unwrap_err();
        problems.iter().map(|problem| (problem.code, problem.line, problem.column)).collect()
    }

    #[test]
    fn a_complete_message_is_read() {
        let message = Message::from_yaml("primljeno", GOOD, &["hr", "en"]).unwrap();
        assert_eq!(message.next_steps("en"), ["Review.", "Answer."]);
        assert_eq!(message.body["hr"], "Broj: {reference}\n{next}\n");
    }

    #[test]
    fn an_unknown_placeholder_is_shown_where_it_stands() {
        let source = GOOD.replace("    {next}\n", "    Vaš JMB: {jmb}\n");
        assert_eq!(problems(&source), [("message-placeholder-unknown", 5, 14)]);
    }

    #[test]
    fn a_missing_language_is_an_error_in_each_part() {
        let found = Message::from_yaml("primljeno", GOOD, &["hr", "en", "de"]).unwrap_err();
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|problem| problem.code == "message-language-missing"));
        assert!(found[0].message.en.contains("\"de\""));
    }

    #[test]
    fn further_mistakes_are_named() {
        assert_eq!(problems(&GOOD.replace("Broj: {reference}", "Broj"))[0].0, "message-without-reference");
        assert_eq!(problems(&GOOD.replace("[Pregled.]", "[]"))[0].0, "message-language-missing");
        assert_eq!(problems(&GOOD.replace("Pregled.", "'{town}'"))[0].0, "message-placeholder-unknown");
        assert_eq!(problems(&format!("{GOOD}from: x\n")), [("message-unreadable", 10, 1)]);
        let unknown = Message::from_yaml("primljeeno", GOOD, &["hr", "en"]).unwrap_err();
        assert_eq!(unknown[0].code, "message-unknown");
        let (without_steps, _) = GOOD
            .replace("    {next}\n", "")
            .split_once("next:")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
            .unwrap();
        assert_eq!(problems(&without_steps)[0].0, "message-without-steps");
    }

    #[test]
    fn a_letter_about_a_link_has_to_give_it() {
        let source = "\
subject: { hr: 'Potvrda {reference}' }
body:
  hr: |
    Broj {reference}, do {expires}.
    Kliknite [ovdje]({link}).
";
        let found = |source: &str| -> Vec<_> {
            let problems = Message::from_yaml("potvrda-adrese", source, &["hr"]).unwrap_err();
            problems.iter().map(|problem| (problem.code, problem.line)).collect()
        };
        assert_eq!(found(source), [("message-button-malformed", 5)]);
        assert_eq!(found(&source.replace("Kliknite [ovdje]({link}).", "")), [("message-without-value", 4)]);
        let button = source.replace("Kliknite [ovdje]({link}).", "[Potvrdi]({reference})\n    {link}");
        assert_eq!(found(&button), [("message-button-malformed", 5)]);
        assert_eq!(
            found(&source.replace("Potvrda {reference}", "{received}"))[0].0,
            "message-placeholder-unknown"
        );
        let steps = format!(
            "{}next: {{ hr: [a] }}\n",
            source.replace("Kliknite [ovdje]({link}).", "[Potvrdi]({link})")
        );
        assert_eq!(found(&steps), [("message-steps-unused", 6)]);
        let good = source.replace("Kliknite [ovdje]", "[Potvrdi]").replace("({link}).", "({link})");
        assert!(Message::from_yaml("potvrda-adrese", &good, &["hr"]).is_ok());
    }
}
