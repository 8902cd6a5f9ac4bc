//! The copy of the answers behind the receipt: for the time that the table of periods says, an hour at most,
//! and for nobody but whoever sent them.
//!
//! ```text
//! random part of the check key ─HKDF─► secret, the end of the receipt's address
//!                                        ├─ keyed hash ─► where the store keeps the parcel
//!                                        └─ HKDF ───────► the key that seals it
//! ```
//!
//! The store holds neither the secret nor anything from which it follows. The mailed address has no such end.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use forms::{Answers, Form};
use jiff::Timestamp;
use sealing::{HashKey, ParcelKey, SealError, expand};
use serde_json::{Value, json};
use store::{KeyedHash, Parcel};

use crate::Bundle;

const ADDRESS: &str = "receipt copy address v1";
const KEY: &str = "receipt copy key v1";
const SECRET_BYTES: usize = 16;

/// What only the sender holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct CopySecret([u8; SECRET_BYTES]);

impl CopySecret {
    /// From the random part of a check key: the same for every confirmation of one check page.
    pub fn of_check_key(random: &[u8; 16]) -> Self {
        Self(expand(random, ADDRESS))
    }

    /// From the end of a receipt's address.
    pub fn from_text(text: &str) -> Option<Self> {
        BASE64URL_NOPAD.decode(text.as_bytes()).ok()?.try_into().ok().map(Self)
    }

    /// The end of a receipt's address.
    pub fn to_text(self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Under which the store keeps the copy.
    pub fn id(self, hashing: &HashKey) -> KeyedHash {
        let hash = hashing.mac("receipt copy id v1", &[&self.0]);
        KeyedHash { key_id: hashing.id().to_owned(), hash: HEXLOWER.encode(&hash) }
    }

    /// The copy as it is stored; `random` is fresh.
    pub fn seal(
        self,
        hashing: &HashKey,
        form: &Form,
        answers: &Answers,
        expires_at: Timestamp,
        random: [u8; 24],
    ) -> Result<Parcel, SealError> {
        let content = json!({ "fingerprint": form.fingerprint(), "answers": answers.to_json() }).to_string();
        Ok(Parcel {
            id: self.id(hashing),
            sealed: ParcelKey::derive(&self.0, KEY).seal(content.as_bytes(), random)?,
            expires_at,
        })
    }

    /// The answers of a copy, if they still are answers to the form.
    pub fn open(self, form: &Form, sealed: &[u8]) -> Option<Answers> {
        let content = ParcelKey::derive(&self.0, KEY).open(sealed).ok()?;
        let content: Value = serde_json::from_slice(&content).ok()?;
        if content.get("fingerprint")?.as_str()? != form.fingerprint() {
            return None;
        }
        Answers::from_json(form, content.get("answers")?).ok()
    }
}

impl std::fmt::Debug for CopySecret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CopySecret(…)")
    }
}

/// Until when the copy of what arrived at a moment can be seen.
pub(crate) fn expires_at(bundle: &Bundle, received_at: Timestamp) -> Timestamp {
    bundle.retention.receipt_copy().after(received_at, &bundle.time_zone).unwrap_or(received_at)
}
