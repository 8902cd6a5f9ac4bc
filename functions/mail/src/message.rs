//! The texts of letters per language, and composing a letter from one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::placeholder::{Placeholder, Values};
use crate::{Address, Letter, LetterKind, layout, rows};

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

/// A letter cannot be composed. Nothing of its content is in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ComposeError {
    /// There is no such letter.
    #[error("there is no message content/poruke/{0}.yaml")]
    NoMessage(&'static str),
    /// The letter lacks the language.
    #[error("the message {0} has no text in the language {1}")]
    NoLanguage(&'static str, String),
    /// Its text would not say what it has to.
    #[error("the message {0} needs the value {{{1}}}")]
    NoValue(&'static str, &'static str),
}

impl Messages {
    /// Adds a letter under its file name without `.yaml`.
    pub fn insert(&mut self, name: impl Into<String>, message: Message) {
        self.0.insert(name.into(), message);
    }

    /// The letters that this site lacks, in the order of the work. Without the first, no form can be answered.
    pub fn missing(&self) -> Vec<LetterKind> {
        LetterKind::ALL.into_iter().filter(|kind| !self.0.contains_key(kind.file_name())).collect()
    }

    /// Composes a letter about a form's submission.
    pub fn letter(
        &self,
        kind: LetterKind,
        form: &str,
        to: Address,
        language: &str,
        values: &Values<'_>,
        written_at: Timestamp,
    ) -> Result<Letter, ComposeError> {
        let name = kind.file_name();
        let message = self.of_form(kind, form).ok_or(ComposeError::NoMessage(name))?;
        let absent = || ComposeError::NoLanguage(name, language.to_owned());
        let subject = message.subject.get(language).ok_or_else(absent)?;
        let body = message.body.get(language).ok_or_else(absent)?;
        let needed = [Placeholder::Reference].iter().chain(kind.must());
        for placeholder in needed {
            if placeholder.value(values).is_none() {
                return Err(ComposeError::NoValue(name, placeholder.name()));
            }
        }
        let subject = rows::subject(subject, values).ok_or(ComposeError::NoValue(name, "subject"))?;
        let comes_by_itself = kind.must().contains(&Placeholder::Unsubscribe);
        let rows = rows::fill(body, values, message.next_steps(language));
        Ok(Letter {
            to,
            language: language.to_owned(),
            html: layout::html(language, &subject, values.town, &rows),
            text: layout::text(&rows),
            subject,
            unsubscribe: values.unsubscribe.filter(|_| comes_by_itself).map(str::to_owned),
            written_at,
        })
    }

    /// What happens next with a form's submission, step by step: the receipt page and the letter say the same.
    pub fn next_steps(&self, form: &str, language: &str) -> &[String] {
        self.of_form(LetterKind::Received, form).map_or(&[], |message| message.next_steps(language))
    }

    fn of_form(&self, kind: LetterKind, form: &str) -> Option<&Message> {
        let name = kind.file_name();
        self.0.get(&format!("{name}-{form}")).or_else(|| self.0.get(name))
    }
}

impl Message {
    /// The steps in a language, without numbers.
    pub fn next_steps(&self, language: &str) -> &[String] {
        self.next.get(language).map_or(&[], Vec::as_slice)
    }
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
            contact: "info@example.org",
            received: Some("23. 11. 2026. u 19:05"),
            receipt_url: Some("https://example.org/usluge/potvrda/x"),
            ..Values::default()
        }
    }

    fn try_compose(messages: &Messages, kind: LetterKind, form: &str) -> Result<Letter, ComposeError> {
        let to = "ana@example.org".parse().unwrap();
        messages.letter(kind, form, to, "hr", &values(), Timestamp::UNIX_EPOCH)
    }

    fn composed(own: Message, form: &str, name: &str) -> Letter {
        let mut messages = Messages::default();
        messages.insert("primljeno", message("opće", "opće"));
        messages.insert(name, own);
        try_compose(&messages, LetterKind::Received, form).unwrap()
    }

    #[test]
    fn values_stand_in_their_places_and_are_not_read_as_placeholders_again() {
        let letter = composed(message("{reference}", "{form_title}\n{received}"), "x", "primljeno");
        assert_eq!(letter.subject, "7Q2M-4XKD");
        assert_eq!(letter.text, "Upis {town} Bcc: svi@example.org\n23. 11. 2026. u 19:05\n");
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
        assert_eq!(Messages::default().missing(), LetterKind::ALL);
        let mut messages = Messages::default();
        let missing = try_compose(&messages, LetterKind::Proof, "x");
        assert_eq!(missing, Err(ComposeError::NoMessage("provjera-ispisa")));
        messages.insert("primljeno", message("", ""));
        let to = "ana@example.org".parse().unwrap();
        let error = messages
            .letter(LetterKind::Received, "x", to, "de", &values(), Timestamp::UNIX_EPOCH)
            .unwrap_err();
        assert_eq!(error, ComposeError::NoLanguage("primljeno", "de".into()));
    }

    #[test]
    fn a_letter_without_the_link_that_it_is_about_is_not_written() {
        let mut messages = Messages::default();
        messages.insert("provjera-ispisa", message("s", "{reference}\n[Pogledaj]({link})\n{expires}"));
        let error = try_compose(&messages, LetterKind::Proof, "x").unwrap_err();
        assert_eq!(error, ComposeError::NoValue("provjera-ispisa", "link"));
        assert_eq!(error.to_string(), "the message provjera-ispisa needs the value {link}");
    }
}
