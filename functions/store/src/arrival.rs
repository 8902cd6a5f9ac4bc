//! Taking submissions in.

use std::collections::BTreeMap;

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::{KeyedHash, Parcel, Reference, Stage, StoreError};

/// The event of the audit line that every accepted submission starts with.
pub const EVENT_RECEIVED: &str = "received";

/// What is done when equal answers were accepted before under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubles {
    /// Accept nothing when equal answers arrived at or after this moment; answer with their reference.
    RefuseSince(Timestamp),
    /// Accept: the person said "send again".
    Accept,
}

/// A message that waits to be sent, sealed to the service key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    /// Unique; a message is sent at least once, and receivers may tell doubles by this id.
    pub id: String,
    /// Opaque to the store.
    pub sealed: Vec<u8>,
}

/// Everything that a confirmed submission writes, in one transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Proposed reference; taken only if no submission has it.
    pub reference: Reference,
    /// The form's id.
    pub form: String,
    /// The fingerprint of the form's fields when it was filled in.
    pub fingerprint: String,
    /// BCP 47 tag of the language that the person used.
    pub language: String,
    /// When it was confirmed.
    pub received_at: Timestamp,
    /// The answers, sealed to the desk's keys.
    pub payload: Vec<u8>,
    /// Countable values in the clear, by name.
    pub facets: BTreeMap<String, String>,
    /// Hash of the check key: confirmed at most once, for ever.
    pub check_key: KeyedHash,
    /// Hash of the canonical answers, to tell a double.
    pub answers: KeyedHash,
    /// The same answers, hashed with the other keys of the ring: what was accepted with one of these before a
    /// rotation is a double as well.
    pub answers_by_other_keys: Vec<KeyedHash>,
    /// What to do about a double.
    pub doubles: Doubles,
    /// The class of the retention table.
    pub retention: String,
    /// Where the record begins: `Received`, `Unconfirmed` or `Quarantined`.
    pub stage: Stage,
    /// The promised date, if there is one.
    pub promised: Option<Date>,
    /// Keyed hash of the contact address, for look-ups by person.
    pub contact: Option<KeyedHash>,
    /// Address and name for letters, sealed to the service key.
    pub contact_sealed: Option<Vec<u8>>,
    /// When the person is first asked "still correct?".
    pub renewal_due_at: Option<Timestamp>,
    /// Why the record is doubtful, as codes that hold nothing personal.
    pub doubts: Vec<String>,
    /// The staged files that become part of the record: their batch and their ids.
    pub files: Option<(KeyedHash, Vec<String>)>,
    /// Bytes for the applicant (the copy of the answers behind the receipt).
    pub parcels: Vec<Parcel>,
    /// Messages to send because of this submission.
    pub messages: Vec<NewMessage>,
}

/// What became of an [`Arrival`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Stored now under the proposed reference.
    Accepted,
    /// The same check key was confirmed before with the same answers; nothing was written. Its reference.
    Replayed(Reference),
    /// The same check key was confirmed before with other answers; nothing was written.
    KeyUsed,
    /// Equal answers were accepted under another key; nothing was written. Their reference.
    Double(Reference),
    /// A file that the arrival names is not staged (any more); nothing was written.
    FilesMissing,
    /// The proposed reference is taken; nothing was written. Propose another.
    ReferenceTaken,
}

/// What a receipt page may show of a submission: nothing that the person wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptRecord {
    /// The reference.
    pub reference: Reference,
    /// The form's id.
    pub form: String,
    /// BCP 47 tag.
    pub language: String,
    /// When it was confirmed.
    pub received_at: Timestamp,
    /// Where it stands.
    pub stage: Stage,
    /// The promised date.
    pub promised: Option<Date>,
    /// SHA-256 of the sealed payload as it arrived, in lower-case hexadecimal: what the signed receipt names. A
    /// later [`crate::Replacement`] does not change it. Records of the first version have none.
    pub payload_sha256: Option<String>,
}

/// The hash that a [`ReceiptRecord`] holds.
pub fn payload_sha256(payload: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(payload))
}

/// Taking submissions in.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Stores all of an arrival or nothing. When this answers [`Outcome::Accepted`], the submission is durable.
    ///
    /// Where several outcomes apply, the first of `Replayed` or `KeyUsed`, `Double`, `FilesMissing`, `ReferenceTaken` is
    /// answered. An error does not say that nothing was stored (the answer may have been lost on the way):
    /// confirming again with the same check key tells, and never stores twice. Equal answers to another form
    /// are no double, and a payload or parcel over [`crate::PAYLOAD_LIMIT_BYTES`] is an error. The files that it
    /// names must be staged for the same form; those of the batch that it does not name stay staged.
    async fn accept(&self, arrival: &Arrival) -> Result<Outcome, StoreError>;

    /// What the receipt of a reference may show; nothing, if the record was erased.
    async fn receipt(&self, reference: &Reference) -> Result<Option<ReceiptRecord>, StoreError>;
}
