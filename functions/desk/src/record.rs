//! A record with its sealed parts opened: what a registrar reads.

use forms::attachments::{FileKind, Listed};
use forms::registrar::{self, Secrets, Sheet};
use forms::strings::Strings;
use forms::{Answers, Form};
use jiff::Timestamp;
use sealing::Identity;
use serde_json::Value as Json;
use store::{Addition, Record, Reference};

use crate::{DeskError, mask};

/// What was sealed to the desk when the record arrived.
pub struct Opened {
    /// The record as it is stored.
    pub record: Record,
    /// The clear content: form, fingerprint, language, reference, answers, warnings.
    pub content: Json,
    /// What came later, oldest first.
    pub additions: Vec<OpenedAddition>,
}

/// Something that came to a record later.
pub struct OpenedAddition {
    /// As it is stored: `answer`, `objection`, `proof`, …
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// The clear text.
    pub text: String,
}

impl OpenedAddition {
    /// What the person wrote, where the addition holds other things as well.
    pub fn words(&self) -> String {
        let json: Option<Json> = serde_json::from_str(&self.text).ok();
        let text = json.as_ref().and_then(|json| json.get("text")).and_then(Json::as_str);
        text.unwrap_or(&self.text).to_owned()
    }
}

/// Opens a record with the keys of the desk.
pub fn open(record: Record, identity: Option<&Identity>) -> Result<Opened, DeskError> {
    let reference = &record.head.reference;
    let clear = unseal(&record.payload, identity).ok_or_else(|| DeskError::Locked(reference.clone()))?;
    let foreign = || DeskError::Foreign(reference.clone());
    let content: Json = serde_json::from_slice(&clear).map_err(|_| foreign())?;
    // The reference is sealed inside: bytes that were moved to another record are noticed.
    let own = content.get("reference").and_then(Json::as_str).and_then(|text| text.parse::<Reference>().ok());
    if own.as_ref() != Some(reference) {
        return Err(foreign());
    }
    let additions = record
        .additions
        .iter()
        .map(|addition| opened_addition(addition, identity, reference))
        .collect::<Result<_, _>>()?;
    Ok(Opened { content, additions, record })
}

fn opened_addition(
    addition: &Addition,
    identity: Option<&Identity>,
    reference: &Reference,
) -> Result<OpenedAddition, DeskError> {
    let clear = unseal(&addition.sealed, identity).ok_or_else(|| DeskError::Locked(reference.clone()))?;
    let text = String::from_utf8(clear).map_err(|_| DeskError::Foreign(reference.clone()))?;
    Ok(OpenedAddition { kind: addition.kind.clone(), at: addition.at, text })
}

/// What was sealed to the desk; nothing while the desk is locked or the key is another one.
pub(crate) fn unseal(sealed: &[u8], identity: Option<&Identity>) -> Option<Vec<u8>> {
    identity?.unseal(sealed).ok()
}

impl Opened {
    /// The answers, if they still belong to the form's definition of today.
    pub fn answers(&self, form: &Form) -> Option<Answers> {
        self.content.get("answers").and_then(|answers| Answers::from_json(form, answers).ok())
    }

    /// The answers as they are stored. Where they no longer belong to the form's definition, nobody knows which of them
    /// are personal numbers, and whatever looks like one is hidden.
    pub fn stored_answers(&self, form: Option<&Form>, secrets: Secrets) -> Json {
        let mut answers = self.content.get("answers").cloned().unwrap_or_default();
        match (secrets, form.filter(|form| self.answers(form).is_some())) {
            (Secrets::Shown, _) => {}
            (Secrets::Masked, Some(form)) => mask::answers(form, &mut answers),
            (Secrets::Masked, None) => mask::in_json(&mut answers),
        }
        answers
    }

    /// Questions, answers, files and what to look at twice, to read in a language. Personal numbers are hidden in free
    /// text as well.
    pub fn sheets(&self, form: &Form, lang: &str, strings: &Strings, secrets: Secrets) -> Option<Vec<Sheet>> {
        let answers = self.answers(form)?;
        let files: Vec<Listed<'_>> = self
            .record
            .head
            .files
            .iter()
            .filter_map(|file| {
                let kind = FileKind::of(&file.kind)?;
                Some(Listed { field: &file.field, kind, size_bytes: file.size_bytes })
            })
            .collect();
        let mut sheets = registrar::sheets(form, lang, strings, &answers, &files, secrets);
        if secrets == Secrets::Masked {
            mask::free_text(form, &mut sheets);
        }
        Some(sheets)
    }

    /// What the registrar should look at twice, as `field: doubt`.
    pub fn warnings(&self) -> Vec<String> {
        let Some(warnings) = self.content.get("warnings").and_then(Json::as_array) else { return Vec::new() };
        let text = |warning: &Json, key: &str| {
            warning.get(key).and_then(Json::as_str).unwrap_or_default().to_owned()
        };
        warnings
            .iter()
            .map(|warning| format!("{}: {}", text(warning, "field"), text(warning, "doubt")))
            .collect()
    }
}
