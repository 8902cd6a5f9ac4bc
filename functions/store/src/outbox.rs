//! Letters that wait, were sent, or could not be.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::{Reference, StoreError};

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

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MessageState {
    /// It waits for its first or next attempt.
    Waiting {
        /// Attempts so far.
        attempts: u32,
    },
    /// Handed over.
    Delivered(Timestamp),
    /// The last attempt failed.
    GivenUp {
        /// When.
        at: Timestamp,
        /// Why, without anything personal.
        reason: String,
    },
    /// It was handed over and came back.
    Bounced {
        /// When that was noticed.
        at: Timestamp,
        /// A status code of RFC 3463.
        reason: String,
    },
}

/// A record's message without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageStatus {
    /// The message's id.
    pub id: String,
    /// What became of it.
    pub state: MessageState,
}

/// A message that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedMessage {
    /// The message.
    pub message: MessageStatus,
    /// The record that caused it.
    pub reference: Reference,
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

    /// Claims one message, if it is due at `now`: for whoever just heard of it. Nothing if it is not there, not due, or
    /// another worker was faster.
    async fn claim_one(
        &self,
        id: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<OutboxEntry>, StoreError>;

    /// The message was handed over: it never becomes due again, and its bytes are dropped. Reporting it twice is
    /// no error, nor is postponing it afterwards (a slow worker's late report changes nothing).
    async fn delivered(&self, id: &str, now: Timestamp) -> Result<(), StoreError>;

    /// The attempt failed: due again at `next`.
    async fn postponed(&self, id: &str, next: Timestamp) -> Result<(), StoreError>;

    /// The last attempt failed: it never becomes due by itself again, its bytes stay until somebody retries it
    /// or the record is erased. `reason` holds nothing personal. Reports that come later change nothing, except
    /// that it was delivered after all.
    async fn given_up(&self, id: &str, now: Timestamp, reason: &str) -> Result<(), StoreError>;

    /// A given-up message is due again now, with a new count of attempts; false if it was not given up.
    async fn retry(&self, id: &str, now: Timestamp) -> Result<bool, StoreError>;

    /// A message came back; the first return counts. `reason` is a status code such as `5.1.1`. False for an unknown id.
    /// The return may be faster than the report of the delivery: one that was tried is delivered by this, for whoever
    /// returned it has had it. One that nobody tried yet stays as it is.
    async fn bounced(&self, id: &str, now: Timestamp, reason: &str) -> Result<bool, StoreError>;

    /// Messages that were given up or came back, newest first, at most `limit`.
    async fn failed(&self, limit: usize) -> Result<Vec<FailedMessage>, StoreError>;
}
