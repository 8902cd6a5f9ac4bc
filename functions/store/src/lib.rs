//! What a store of submissions can do, by capability, and the plain values that pass through it.
//!
//! ```text
//! StagedFile ─Files::stage─┐
//! Arrival ─────────────────┴─Intake::accept─► Outcome   one transaction: submission, keys, outbox, audit, counter
//!                            Intake::receipt ─► ReceiptRecord    what a receipt page may show
//! Queue::list, head, by_contact ─► Head ─► Change ─Changes::change─► Changed    one conditional transaction
//!                                          Erasure ─Changes::erase─► Changed
//! Outbox::claim ─► OutboxEntry ─► delivered | postponed | given_up ─► bounced
//! Records::read ─► Record                                for the desk: sealed bytes, audit trail
//! Throttle, Upkeep                                       limits, sweeps, retention, checkpoints
//! ```
//!
//! Payloads are opaque bytes: they arrive sealed, and no store can read them. Times are UTC.

mod arrival;
mod audit;
mod change;
mod checkpoint;
#[cfg(feature = "conformance")]
pub mod conformance;
mod files;
mod moment;
mod outbox;
mod queue;
mod record;
mod reference;
mod stage;
mod upkeep;
mod verify;

pub use arrival::{
    Arrival, Doubles, EVENT_RECEIVED, Intake, NewMessage, Outcome, ReceiptRecord, payload_sha256,
};
pub use audit::{AuditBroken, verify_audit};
pub use change::{Addition, Change, Changed, Changes, Erasure, Parcel, Replacement, Set};
pub use checkpoint::{CheckpointDigest, SETTLED, UnfinishedCheckpoint};
pub use files::{FILE_LIMIT_BYTES, FileHead, Files, Staged, StagedFile};
pub use moment::{from_nanoseconds, to_nanoseconds, utc_day};
pub use outbox::{FailedMessage, MessageState, MessageStatus, Outbox, OutboxEntry};
pub use queue::{Queue, QueueFilter, QueuePage};
pub use record::{AuditEntry, Head, Record, Records};
pub use reference::{
    REFERENCE_RANDOM_BYTES, Reference, ReferenceError, ReferenceLength, ReferenceLengthError,
};
pub use stage::{Actor, Stage, StageError};
pub use upkeep::{Chain, Checkpoint, Signing, Swept, Throttle, Trigger, Upkeep};
pub use verify::{AuditReport, verify_all};

use serde::{Deserialize, Serialize};

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

/// Why a store could not answer. Never holds anything that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
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

/// All capabilities together: what a program opens at start.
pub trait Store: Intake + Changes + Files + Queue + Outbox + Records + Throttle + Upkeep {}

impl<T: Intake + Changes + Files + Queue + Outbox + Records + Throttle + Upkeep> Store for T {}
