//! What a store of submissions can do, by capability, and the plain values that pass through it.
//!
//! ```text
//! Arrival ──Intake::accept──► Outcome            one transaction: submission, keys, outbox, audit, counter
//!           Intake::receipt ─► ReceiptRecord      what a receipt page may show
//! Outbox::claim ─► OutboxEntry ─► delivered | postponed
//! Records::read ─► Record                        for the desk: sealed bytes, audit trail
//! ```
//!
//! Payloads are opaque bytes: they arrive sealed, and no store can read them. Times are UTC.

mod audit;
#[cfg(feature = "conformance")]
pub mod conformance;
mod moment;
mod reference;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use audit::{AuditBroken, verify_audit};
pub use moment::{from_nanoseconds, to_nanoseconds, utc_day};
pub use reference::{Reference, ReferenceError};

/// The event of the audit line that every accepted submission starts with.
pub const EVENT_RECEIVED: &str = "received";

/// The largest sealed payload that a store takes, in bytes.
///
/// DynamoDB refuses an item over 400 KB, names and all other values included; every store refuses at the same
/// size, so that a form that works on one machine works on AWS.
pub const PAYLOAD_LIMIT_BYTES: usize = 350 * 1024;

/// A keyed hash (HMAC-SHA-256) and the id of the key that made it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyedHash {
    /// The id of the key.
    pub key_id: String,
    /// 64 lower-case hexadecimal digits.
    pub hash: String,
}

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
    /// What to do about a double.
    pub doubles: Doubles,
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
}

/// One line of a record's audit chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// 1 for the first line of the record.
    pub sequence: u64,
    /// What happened (`received`).
    pub event: String,
    /// When.
    pub at: Timestamp,
    /// SHA-256 of the line before (64 zeros for the first), in hexadecimal.
    pub previous: String,
    /// SHA-256 over reference, sequence, event, time and `previous`, in hexadecimal; see [`AuditEntry::first`].
    pub hash: String,
}

/// A stored submission as the desk reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What the receipt shows.
    pub receipt: ReceiptRecord,
    /// The fingerprint of the form's fields.
    pub fingerprint: String,
    /// The sealed answers.
    pub payload: Vec<u8>,
    /// Countable values in the clear.
    pub facets: BTreeMap<String, String>,
    /// The audit chain, oldest first.
    pub audit: Vec<AuditEntry>,
    /// The hash of the chain's last line, kept apart from the lines, so that a cut-off end is found.
    pub audit_head: String,
}

impl Record {
    /// Whether the audit chain is the one that was written; a record is readable even when it is not.
    pub fn verify_audit(&self) -> Result<(), AuditBroken> {
        verify_audit(&self.receipt.reference, &self.audit, &self.audit_head)
    }
}

/// A message claimed from the outbox for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxEntry {
    /// The message's id.
    pub id: String,
    /// Sealed bytes.
    pub sealed: Vec<u8>,
    /// How often it was claimed, this time included.
    pub attempt: u32,
}

/// Why a store could not answer. Never holds anything that a person wrote.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Busy or throttled: the same call may succeed soon.
    #[error("the store is busy: {0}")]
    Busy(String),
    /// The disk or the account's limit is full.
    #[error("the store is full: {0}")]
    Full(String),
    /// What is stored is not what this program writes.
    #[error("the store holds something unexpected: {0}")]
    Corrupt(String),
    /// Anything else.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// Taking submissions in.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Stores all of an arrival or nothing. When this answers [`Outcome::Accepted`], the submission is durable.
    ///
    /// Where several outcomes apply, the first of `Replayed` or `KeyUsed`, `Double`, `ReferenceTaken` is
    /// answered. An error does not say that nothing was stored (the answer may have been lost on the way):
    /// confirming again with the same check key tells, and never stores twice. Equal answers to another form
    /// are no double, and a payload over [`PAYLOAD_LIMIT_BYTES`] is an error.
    async fn accept(&self, arrival: &Arrival) -> Result<Outcome, StoreError>;

    /// What the receipt of a reference may show.
    async fn receipt(&self, reference: &Reference) -> Result<Option<ReceiptRecord>, StoreError>;
}

/// Sending the messages that submissions caused.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Claims up to `limit` messages that are due at `now`, for the length of `lease`; unless reported
    /// delivered or postponed by then, they are due again. Fewer than `limit` does not mean that no other is due:
    /// another worker may have been faster, and a distributed store may show a new message a moment late.
    async fn claim(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError>;

    /// The message was handed over: it never becomes due again, and its bytes are dropped. Reporting it twice is
    /// no error, nor is postponing it afterwards (a slow worker's late report changes nothing).
    async fn delivered(&self, id: &str, now: Timestamp) -> Result<(), StoreError>;

    /// The attempt failed: due again at `next`.
    async fn postponed(&self, id: &str, next: Timestamp) -> Result<(), StoreError>;
}

/// Reading what was stored.
#[async_trait]
pub trait Records: Send + Sync {
    /// The whole record of a reference.
    async fn read(&self, reference: &Reference) -> Result<Option<Record>, StoreError>;

    /// How many submissions of a form were accepted on a UTC day.
    async fn count(&self, form: &str, day: jiff::civil::Date) -> Result<u64, StoreError>;
}

/// All capabilities together: what a program opens at start.
pub trait Store: Intake + Outbox + Records {}

impl<T: Intake + Outbox + Records> Store for T {}
