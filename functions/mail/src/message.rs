//! The texts of letters per language, and composing a letter from one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Address, Letter};

/// The name of the confirmation of receipt; `primljeno-<form id>` replaces it for one form.
const RECEIVED: &str = "primljeno";

/// What a text may name in braces. None of it is an answer.
///
/// `reference`: the submission's reference; `form_title`: the form's name; `town`: the town's name;
/// `received`: local date and time; `receipt_url`: the receipt's page; `contact`: how to reach the office;
/// `next`: the numbered steps of [`Message::next_steps`].
pub const PLACEHOLDERS: &[&str] =
    &["reference", "form_title", "town", "received", "receipt_url", "contact", "next"];

/// One letter's subject and body in every language of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    pub(crate) subject: BTreeMap<String, String>,
    pub(crate) body: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) next: BTreeMap<String, Vec<String>>,
}

/// All letters of a site by file name without `.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Messages(BTreeMap<String, Message>);

/// The values of the placeholders.
#[derive(Debug, Clone, Copy)]
pub struct Values<'a> {
    /// `XXXX-XXXX`.
    pub reference: &'a str,
    /// The form's name in the letter's language.
    pub form_title: &'a str,
    /// The town's name.
    pub town: &'a str,
    /// Local date and time in words.
    pub received: &'a str,
    /// The receipt's address.
    pub receipt_url: &'a str,
    /// How to reach the office.
    pub contact: &'a str,
}

/// A letter cannot be composed; the build refuses a site for which this could happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// There is no such letter.
    #[error("there is no message content/poruke/{0}.yaml")]
    NoMessage(String),
    /// The letter lacks the language.
    #[error("the message has no text in the language {0}")]
    NoLanguage(String),
}

impl Messages {
    /// Adds a letter under its file name without `.yaml`.
    pub fn insert(&mut self, name: impl Into<String>, message: Message) {
        self.0.insert(name.into(), message);
    }

    /// Whether the file name without `.yaml` is one that this program would send.
    pub fn is_known(name: &str) -> bool {
        name.strip_prefix(RECEIVED).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// The names that every site must have and this one lacks.
    pub fn missing(&self) -> Vec<&'static str> {
        [RECEIVED].into_iter().filter(|name| !self.0.contains_key(*name)).collect()
    }

    /// The confirmation of receipt for a form's submission.
    pub fn received(
        &self,
        form: &str,
        to: Address,
        language: &str,
        values: Values<'_>,
        written_at: Timestamp,
    ) -> Result<Letter, ComposeError> {
        let message = self.of_form(form).ok_or_else(|| ComposeError::NoMessage(RECEIVED.to_owned()))?;
        message.compose(to, language, values, written_at)
    }

    /// What happens next with a form's submission, step by step: the receipt page and the letter say the same.
    pub fn next_steps(&self, form: &str, language: &str) -> &[String] {
        self.of_form(form).map_or(&[], |message| message.next_steps(language))
    }

    fn of_form(&self, form: &str) -> Option<&Message> {
        self.0.get(&format!("{RECEIVED}-{form}")).or_else(|| self.0.get(RECEIVED))
    }
}

impl Message {
    /// The steps in a language, without numbers.
    pub fn next_steps(&self, language: &str) -> &[String] {
        self.next.get(language).map_or(&[], Vec::as_slice)
    }

    fn compose(
        &self,
        to: Address,
        language: &str,
        values: Values<'_>,
        written_at: Timestamp,
    ) -> Result<Letter, ComposeError> {
        let absent = || ComposeError::NoLanguage(language.to_owned());
        let subject = self.subject.get(language).ok_or_else(absent)?;
        let body = self.body.get(language).ok_or_else(absent)?;
        Ok(Letter {
            to,
            language: language.to_owned(),
            subject: one_line(&fill(subject, values, "")),
            text: fill(body, values, &numbered(self.next_steps(language))).replace("\r\n", "\n"),
            written_at,
        })
    }
}

/// A value is never read as a placeholder again.
fn fill(text: &str, values: Values<'_>, next: &str) -> String {
    let mut out = String::with_capacity(text.len() + 128);
    let mut rest = text;
    while let Some((before, name, after)) = next_placeholder(rest) {
        out.push_str(before);
        out.push_str(match name {
            "reference" => values.reference,
            "form_title" => values.form_title,
            "town" => values.town,
            "received" => values.received,
            "receipt_url" => values.receipt_url,
            "contact" => values.contact,
            "next" => next,
            _ => "",
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn numbered(steps: &[String]) -> String {
    let lines: Vec<_> = steps.iter().zip(1..).map(|(step, number)| format!("{number}. {step}")).collect();
    lines.join("\n")
}

/// What stands before the next `{name}`, the name, and what follows.
pub(crate) fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, from_name) = text.split_once('{')?;
    let (name, after) = from_name.split_once('}')?;
    Some((before, name, after))
}

/// A subject has one line, whatever a value holds: nothing can start another header.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(subject: &str, body: &str) -> Message {
        let hr = |text: &str| BTreeMap::from([("hr".to_owned(), text.to_owned())]);
        let next = BTreeMap::from([("hr".to_owned(), vec!["Pregled.".to_owned(), "Odgovor.".to_owned()])]);
        Message { subject: hr(subject), body: hr(body), next }
    }

    fn values() -> Values<'static> {
        Values {
            reference: "7Q2M-4XKD",
            form_title: "Upis {town}\r\nBcc: svi@example.org",
            town: "Grad",
            received: "23. 11. 2026. u 19:05",
            receipt_url: "https://example.org/usluge/potvrda/x",
            contact: "info@example.org",
        }
    }

    fn composed(own: Message, form: &str, name: &str) -> Letter {
        let mut messages = Messages::default();
        messages.insert("primljeno", message("opće", "opće"));
        messages.insert(name, own);
        let to = "ana@example.org".parse().unwrap();
        messages.received(form, to, "hr", values(), Timestamp::UNIX_EPOCH).unwrap()
    }

    #[test]
    fn values_stand_in_their_places_and_are_not_read_as_placeholders_again() {
        let letter = composed(message("{reference}", "{form_title}\n{received}"), "x", "primljeno");
        assert_eq!(letter.subject, "7Q2M-4XKD");
        assert_eq!(letter.text, "Upis {town}\nBcc: svi@example.org\n23. 11. 2026. u 19:05");
    }

    #[test]
    fn the_letter_lists_the_steps_that_the_receipt_shows() {
        let letter = composed(message("s", "Dalje:\n{next}\n"), "x", "primljeno");
        assert_eq!(letter.text, "Dalje:\n1. Pregled.\n2. Odgovor.\n");
    }

    #[test]
    fn a_subject_stays_one_line() {
        let letter = composed(message("A: {form_title}\u{2028}b", ""), "x", "primljeno");
        assert_eq!(letter.subject, "A: Upis {town} Bcc: svi@example.org b");
    }

    #[test]
    fn a_form_may_have_its_own_letter() {
        assert_eq!(composed(message("svoje", ""), "upis", "primljeno-upis").subject, "svoje");
        assert_eq!(composed(message("svoje", ""), "drugo", "primljeno-upis").subject, "opće");
    }

    #[test]
    fn a_letter_survives_the_outbox_and_shows_nothing_in_debug() {
        let letter = composed(message("s", "čćžšđ"), "x", "primljeno");
        assert_eq!(Letter::from_bytes(&letter.to_bytes()), Ok(letter.clone()));
        let printed = format!("{letter:?}");
        assert!(!printed.contains("ana") && !printed.contains("čćžšđ"), "{printed}");
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(Messages::default().missing(), ["primljeno"]);
        let to = "ana@example.org".parse().unwrap();
        let mut messages = Messages::default();
        messages.insert("primljeno", message("", ""));
        let error = messages.received("x", to, "de", values(), Timestamp::UNIX_EPOCH);
        assert_eq!(error, Err(ComposeError::NoLanguage("de".into())));
    }
}
