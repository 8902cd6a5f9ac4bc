//! One conditional change of a record: new stage, what the applicant may see, sealed additions, letters and one
//! audit line, all or nothing.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::{KeyedHash, NewMessage, Reference, Stage, StoreError};

/// What becomes of a value that may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Set<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It is gone.
    Clear,
    /// It is this.
    To(T),
}

impl<T: Clone> Set<T> {
    /// Does it to a value.
    pub fn apply(&self, value: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *value = None,
            Self::To(new) => *value = Some(new.clone()),
        }
    }
}

/// Bytes for the applicant, sealed with a key that only what the applicant holds can give (a receipt's address,
/// the token of a mailed link). The store finds them by a keyed hash of the same and cannot read them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Under which it is found.
    pub id: KeyedHash,
    /// Sealed bytes, at most [`crate::PAYLOAD_LIMIT_BYTES`].
    pub sealed: Vec<u8>,
    /// From then on it is not found any more, and the next sweep removes it.
    pub expires_at: Timestamp,
}

/// Something that came to a record later, sealed to the desk: an answer of the applicant, a proof, a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addition {
    /// What it is, in lower-case letters and `_`: `answer`, `objection`, `proof`, `decision`, `note`.
    pub kind: String,
    /// When it was added.
    pub at: Timestamp,
    /// Sealed bytes, at most [`crate::PAYLOAD_LIMIT_BYTES`].
    pub sealed: Vec<u8>,
}

/// A new statement of everything that the applicant wrote: the register's "replace my record".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// The fingerprint of the form's fields.
    pub fingerprint: String,
    /// BCP 47 tag of the language that the person used.
    pub language: String,
    /// The answers, sealed to the desk's keys; the old ones are overwritten.
    pub payload: Vec<u8>,
    /// Countable values in the clear.
    pub facets: BTreeMap<String, String>,
    /// Hash of the canonical answers, to tell a double.
    pub answers: KeyedHash,
}

/// A change that happens only if the record still has the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The record.
    pub reference: Reference,
    /// [`crate::Head::version`] as it was read.
    pub version: u64,
    /// When.
    pub at: Timestamp,
    /// What the audit line says: a word or two that hold nothing personal (`proof_sent by office`).
    pub event: String,
    /// A one-time token that this uses up, with the moment from which nobody could use it anyway.
    pub uses: Option<(KeyedHash, Timestamp)>,
    /// The new stage, if it changes.
    pub stage: Option<Stage>,
    /// The promised date.
    pub promised: Set<Date>,
    /// What the status page says beside the stage, sealed to the service key.
    pub notice: Set<Vec<u8>>,
    /// Hash of the contact address, for look-ups by person.
    pub contact: Set<KeyedHash>,
    /// Address and name for letters, sealed to the service key.
    pub contact_sealed: Set<Vec<u8>>,
    /// When the address was confirmed.
    pub contact_confirmed_at: Set<Timestamp>,
    /// When the person is asked "still correct?".
    pub renewal_due_at: Set<Timestamp>,
    /// Everything that the applicant wrote, anew.
    pub replacement: Option<Replacement>,
    /// What is added for the desk.
    pub additions: Vec<Addition>,
    /// Whether earlier parcels of the record are removed (a new proof makes the old one worthless).
    pub removes_parcels: bool,
    /// What is added for the applicant.
    pub parcels: Vec<Parcel>,
    /// Letters to send because of this.
    pub messages: Vec<NewMessage>,
}

impl Change {
    /// A change that only writes an audit line; set what else it does.
    pub fn new(reference: Reference, version: u64, at: Timestamp, event: impl Into<String>) -> Self {
        Self {
            reference,
            version,
            at,
            event: event.into(),
            uses: None,
            stage: None,
            promised: Set::Keep,
            notice: Set::Keep,
            contact: Set::Keep,
            contact_sealed: Set::Keep,
            contact_confirmed_at: Set::Keep,
            renewal_due_at: Set::Keep,
            replacement: None,
            additions: Vec::new(),
            removes_parcels: false,
            parcels: Vec::new(),
            messages: Vec::new(),
        }
    }
}

/// What became of a [`Change`] or of an erasure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Done; the record's new version.
    Done(u64),
    /// Somebody changed the record meanwhile; nothing was written. Read it and decide again.
    Stale,
    /// The one-time token was used before; nothing was written.
    TokenUsed,
    /// No such record, or it was erased; nothing was written.
    Missing,
}

/// Taking a record's content away for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The record.
    pub reference: Reference,
    /// As in [`Change`]; nothing erases whatever version there is.
    pub version: Option<u64>,
    /// When.
    pub at: Timestamp,
    /// What the audit line says (`erased by applicant`, `erased by retention`).
    pub event: String,
    /// As in [`Change`].
    pub uses: Option<(KeyedHash, Timestamp)>,
    /// Letters to send because of this; they outlive the record.
    pub messages: Vec<NewMessage>,
}

/// Changing what was stored.
#[async_trait]
pub trait Changes: Send + Sync {
    /// Does all of a change or nothing. Where several outcomes apply, the first of `Missing`, `TokenUsed`,
    /// `Stale` is answered. The transition table is not looked at here: callers decide with [`Stage::next`] on
    /// the version that they read. A stage stands since it became another one: naming the same stage again keeps
    /// [`crate::Head::stage_since`]. Bytes over the limit and a message id that is taken are errors.
    async fn change(&self, change: &Change) -> Result<Changed, StoreError>;

    /// Removes payload, additions, parcels, files, facets, contact, waiting letters of the record and the key
    /// that its sealed bytes in older backups need, and what tells its answers: they can be sent again, and its
    /// check key answers `KeyUsed` from then on. What stays: reference, form, audit lines, and a line in the
    /// erasure journal. Erasing what is erased answers `Missing`.
    async fn erase(&self, erasure: &Erasure) -> Result<Changed, StoreError>;

    /// Erased references with the moment, oldest first: what a restored backup has to erase again.
    async fn erasures(&self) -> Result<Vec<(Reference, Timestamp)>, StoreError>;

    /// The parcel with this id, unless it expired.
    async fn parcel(
        &self,
        id: &KeyedHash,
        now: Timestamp,
    ) -> Result<Option<(Reference, Vec<u8>)>, StoreError>;

    /// Whether a one-time token was used up.
    async fn is_used(&self, token: &KeyedHash) -> Result<bool, StoreError>;
}
