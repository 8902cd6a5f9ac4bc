//! A composed letter, as it lies sealed in the outbox.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Address;

/// Who letters come from; the town's name, so that the sender is known to the reader.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sender {
    /// Shown name by language.
    pub name: BTreeMap<String, String>,
    /// Address; its domain also ends each `Message-ID`.
    pub address: Address,
}

/// A letter to one person, complete but for its sender and its id.
///
/// The outbox entry's id is the letter's id, so that every attempt to send it bears the same `Message-ID`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Who gets it.
    pub to: Address,
    /// BCP 47 tag of its text.
    pub language: String,
    /// One line.
    pub subject: String,
    /// Plain text with `\n` line ends.
    pub text: String,
    /// The same as an HTML document; empty in letters of versions that wrote text only.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub html: String,
    /// The address that ends letters of this kind, where they come by themselves (RFC 2369, RFC 8058).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsubscribe: Option<String>,
    /// When it was composed: the message's date.
    pub written_at: Timestamp,
}

/// Bytes of the outbox are no letter. Nothing of their content is in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a letter that this version reads")]
pub struct LetterError;

impl Sender {
    /// The shown name in a language; in any, where that one has none.
    pub fn name(&self, language: &str) -> &str {
        self.name.get(language).or_else(|| self.name.values().next()).map_or("", String::as_str)
    }
}

impl Letter {
    /// The letter as JSON, to be sealed.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// Reads what [`Letter::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LetterError> {
        serde_json::from_slice(bytes).map_err(|_| LetterError)
    }
}

impl fmt::Debug for Letter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Letter").field("language", &self.language).finish_non_exhaustive()
    }
}
