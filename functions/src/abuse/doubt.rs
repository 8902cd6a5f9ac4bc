//! What makes a submission doubtful: one list of reasons, each with its rule and code.

use forms::{Answers, Value};
use store::Stage;

use super::work;
use crate::check_key::Verified;
use crate::request::Sender;

/// Nobody reads a page of answers in less.
const FASTEST_SECONDS: i64 = 1;

/// A reason to look at a submission before it is worked on. Its code is stored with the submission in the clear.
///
/// Each one quarantines the submission: it is stored, sealed and answered with a receipt like any other, and the
/// office looks at it first. Only `no_work` asks the person for a click in a letter instead, where an address was
/// given. Nothing is ever dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The field that people do not see was filled in.
    Trap,
    /// Confirmed within a second after the check page was made.
    TooFast,
    /// The network has used up two thirds of what it may send.
    BusyNetwork,
    /// One answer holds three or more web addresses.
    ManyLinks,
    /// Sent under load without the browser's calculation.
    NoWork,
}

impl Doubt {
    /// All reasons.
    pub const ALL: [Self; 5] = [Self::Trap, Self::TooFast, Self::BusyNetwork, Self::ManyLinks, Self::NoWork];

    /// The code that is stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Trap => "trap",
            Self::TooFast => "too_fast",
            Self::BusyNetwork => "busy_network",
            Self::ManyLinks => "many_links",
            Self::NoWork => "no_work",
        }
    }
}

/// Everything that is odd about a confirmation. How fast and how much is only judged where the host says from which
/// network it comes: programs of this machine itself are the town's own.
pub(crate) fn doubts(
    answers: &Answers,
    verified: &Verified,
    sender: Sender,
    key: &str,
    number: &str,
) -> Vec<Doubt> {
    let bits = verified.marks.work_bits;
    let found = [
        (Doubt::Trap, sender.trapped || verified.marks.trapped),
        (Doubt::TooFast, sender.is_known && verified.age_seconds < FASTEST_SECONDS),
        (Doubt::BusyNetwork, sender.is_busy),
        (Doubt::ManyLinks, many_links(answers)),
        (Doubt::NoWork, bits > 0 && !work::is_done(key, number, bits)),
    ];
    found.into_iter().filter_map(|(doubt, holds)| holds.then_some(doubt)).collect()
}

/// Where a submission with these doubts begins; `has_address` says whether a letter can ask for one more click.
pub(crate) fn first_stage(doubts: &[Doubt], has_address: bool) -> Stage {
    match doubts {
        [] => Stage::Received,
        [Doubt::NoWork] if has_address => Stage::Unconfirmed,
        _ => Stage::Quarantined,
    }
}

/// Whether an answer advertises: no question of a form asks for three web addresses in one field.
fn many_links(answers: &Answers) -> bool {
    answers.values().values().any(in_value)
}

fn in_value(value: &Value) -> bool {
    value.entries().iter().any(|entry| entry.values().any(in_value))
        || value.as_text().is_some_and(|text| links(text) >= 3)
}

fn links(text: &str) -> usize {
    let text = text.to_ascii_lowercase();
    text.matches("://").count() + text.split_whitespace().filter(|word| word.starts_with("www.")).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_words_that_tell_the_reasons_apart() {
        let mut codes = Doubt::ALL.map(Doubt::code).to_vec();
        assert!(codes.iter().all(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Doubt::ALL.len());
    }

    fn verified(work_bits: u8, trapped: bool, age_seconds: i64) -> Verified {
        let hash = store::KeyedHash { key_id: String::new(), hash: String::new() };
        let marks = crate::check_key::Marks { work_bits, trapped };
        Verified {
            key: hash.clone(),
            answers: hash,
            answers_by_other_keys: Vec::new(),
            marks,
            age_seconds,
            random: [0; 16],
        }
    }

    fn answers(note: &str) -> Answers {
        let form = serde_json::json!({
            "id": "a", "languages": ["hr"], "title": {"hr": "A"}, "description": {"hr": "A"}, "retention": "a",
            "sections": [{ "id": "s", "title": {"hr": "S"}, "fields": [
                { "id": "note", "label": {"hr": "N"}, "kind": "long_text", "max_characters": 500 },
            ]}],
        });
        let form = serde_json::from_value(form).unwrap();
        let raw = forms::RawAnswers::from_pairs([("note".to_owned(), note.to_owned())]);
        forms::validate(&form, &raw, jiff::civil::date(2026, 11, 23)).unwrap()
    }

    #[test]
    fn each_rule_gives_its_reason_and_nothing_else_does() {
        let known = Sender { is_known: true, ..Sender::default() };
        let (plain, calm) = (answers("Pozdrav"), verified(0, false, 5));
        let found = |answers: &Answers, verified: &Verified, sender: Sender| {
            doubts(answers, verified, sender, "key", "")
        };
        assert_eq!(found(&plain, &calm, known), []);
        assert_eq!(found(&plain, &verified(0, true, 5), known), [Doubt::Trap]);
        assert_eq!(found(&plain, &calm, Sender { trapped: true, ..known }), [Doubt::Trap]);
        assert_eq!(found(&plain, &verified(0, false, 0), known), [Doubt::TooFast]);
        assert_eq!(found(&plain, &verified(0, false, 0), Sender::default()), [], "the town's own programs");
        assert_eq!(found(&plain, &calm, Sender { is_busy: true, ..known }), [Doubt::BusyNetwork]);
        let links = answers("http://a.example http://b.example www.c.example");
        assert_eq!(found(&links, &calm, known), [Doubt::ManyLinks]);
        assert_eq!(found(&plain, &verified(17, false, 5), known), [Doubt::NoWork]);
    }

    #[test]
    fn work_that_was_done_leaves_no_doubt() {
        let number = (0..).find(|number: &u32| work::is_done("key", &number.to_string(), 8)).unwrap();
        let found =
            doubts(&answers("a"), &verified(8, false, 5), Sender::default(), "key", &number.to_string());
        assert_eq!(found, []);
    }

    #[test]
    fn a_click_is_asked_for_only_where_a_letter_can_ask_and_nothing_else_is_odd() {
        assert_eq!(first_stage(&[], true), Stage::Received);
        assert_eq!(first_stage(&[Doubt::NoWork], true), Stage::Unconfirmed);
        assert_eq!(first_stage(&[Doubt::NoWork], false), Stage::Quarantined);
        assert_eq!(first_stage(&[Doubt::Trap, Doubt::NoWork], true), Stage::Quarantined);
        assert_eq!(first_stage(&[Doubt::ManyLinks], true), Stage::Quarantined);
    }

    #[test]
    fn addresses_are_counted() {
        for (text, count) in [
            ("Pozdrav iz Beča", 0),
            ("Vidi https://example.org i www.example.org", 2),
            ("http://a HTTP://b https://c", 3),
            ("https://www.example.org", 1),
            ("a.www.b", 0),
        ] {
            assert_eq!(links(text), count, "{text}");
        }
    }
}
