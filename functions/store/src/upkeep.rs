//! What has to be done from time to time: counting attempts, sweeping what expired, finding what is due.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{AuditEntry, KeyedHash, Reference, StoreError};

/// From when a retention period counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trigger {
    /// From the arrival.
    Received,
    /// From the moment when the record reached a final stage.
    Closed,
    /// From the last change by anybody.
    LastChange,
}

/// What a sweep removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Files that were staged and never confirmed.
    pub staged_files: u64,
    /// Expired parcels.
    pub parcels: u64,
    /// One-time tokens that nobody could use any more.
    pub tokens: u64,
    /// Windows of the throttle that are over.
    pub windows: u64,
}

/// The signed state of all audit chains on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// When it was made.
    pub at: Timestamp,
    /// How many chains it covers.
    pub chains: u64,
    /// Keyed hash over reference and head of every chain, in the order of the references, and over the
    /// checkpoint before; see [`crate::CheckpointDigest`].
    pub digest: KeyedHash,
}

/// How far the signature of all chains has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signing {
    /// It is made and kept.
    Done(Checkpoint),
    /// The next call goes on.
    GoesOn {
        /// How many chains it has so far.
        chains: u64,
    },
}

/// One record's chain, for verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The record, erased ones as well.
    pub reference: Reference,
    /// Oldest first.
    pub lines: Vec<AuditEntry>,
    /// The hash that the record names as its last line.
    pub head: String,
}

/// Limits that all handlers share.
#[async_trait]
pub trait Throttle: Send + Sync {
    /// Counts an attempt in the bucket's window that ends at `window_end`; answers how many there were in it,
    /// this one included.
    async fn attempt(&self, bucket: &KeyedHash, window_end: Timestamp) -> Result<u32, StoreError>;
}

/// Regular work.
#[async_trait]
pub trait Upkeep: Send + Sync {
    /// Removes what expired: files staged before `staged_before`, parcels, tokens and windows that ended by `now`.
    async fn sweep(&self, now: Timestamp, staged_before: Timestamp) -> Result<Swept, StoreError>;

    /// Records of a retention class whose period is over: `trigger` was at or before `before`. At most `limit`.
    async fn expired(
        &self,
        class: &str,
        trigger: Trigger,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError>;

    /// Records whose person is due to be asked "still correct?" at `now`. At most `limit`.
    async fn renewals_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Reference>, StoreError>;

    /// The audit chains after a reference, in the order of the references; for verification.
    async fn chains(&self, after: Option<&Reference>, limit: usize) -> Result<Vec<Chain>, StoreError>;

    /// Signs the heads of all chains, and keeps it. Where that takes longer than a process lives, it stops soon after
    /// `may_go_on` says no, and the next call goes on there: with the moment of the first. Whoever finds at the end that
    /// another process was faster answers with that one's checkpoint.
    async fn checkpoint(
        &self,
        now: Timestamp,
        may_go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Signing, StoreError>;

    /// All checkpoints, oldest first.
    async fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError>;
}
