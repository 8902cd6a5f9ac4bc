//! The keys of all items, in one place: the table in the crate's documentation, as code.
//!
//! Where a key is put together, the parts of known length come first, so that no two sets of parts share a key.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::civil::Date;
use store::{KeyedHash, Reference};

pub(crate) const PK: &str = "pk";
pub(crate) const SK: &str = "sk";
/// The index of messages that wait.
pub(crate) const DUE_INDEX: &str = "outbox-due";
/// Partition key of [`DUE_INDEX`]; only messages that wait have it.
pub(crate) const OUTBOX_SHARD: &str = "outbox_shard";
/// Sort key of [`DUE_INDEX`].
pub(crate) const NEXT_ATTEMPT_AT: &str = "next_attempt_at";

pub(crate) const SUBMISSION: &str = "submission";
pub(crate) const PAYLOAD: &str = "payload";
pub(crate) const AUDIT_PREFIX: &str = "audit#";
const OUTBOX_PREFIX: &str = "outbox#";

/// How many items one counter is spread over, so that arrivals of one moment seldom meet on one.
pub(crate) const COUNTER_SHARDS: usize = 16;
/// How many partitions the index of due messages is spread over.
pub(crate) const OUTBOX_SHARDS: usize = 4;

/// The key of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

impl Key {
    pub(crate) fn submission(reference: &Reference) -> Self {
        Self::new(record(reference), SUBMISSION)
    }

    pub(crate) fn payload(reference: &Reference) -> Self {
        Self::new(record(reference), PAYLOAD)
    }

    pub(crate) fn audit(reference: &Reference, sequence: u64) -> Self {
        Self::new(record(reference), format!("{AUDIT_PREFIX}{sequence:010}"))
    }

    pub(crate) fn check(key: &KeyedHash) -> Self {
        Self::new(format!("check#{}#{}", key.hash, key.key_id), "check")
    }

    pub(crate) fn answers(answers: &KeyedHash, form: &str) -> Self {
        Self::new(format!("answers#{}#{}", answers.hash, answers.key_id), form)
    }

    pub(crate) fn message(id: &str) -> Self {
        Self::new(format!("{OUTBOX_PREFIX}{id}"), "message")
    }

    pub(crate) fn counter(shard: usize, day: Date, form: &str) -> Self {
        Self::new(format!("count#{shard:02}#{day}#{form}"), "count")
    }

    fn new(pk: String, sk: impl Into<String>) -> Self {
        Self { pk, sk: sk.into() }
    }

    /// As DynamoDB takes it.
    pub(crate) fn attributes(self) -> HashMap<String, AttributeValue> {
        HashMap::from([
            (PK.to_owned(), AttributeValue::S(self.pk)),
            (SK.to_owned(), AttributeValue::S(self.sk)),
        ])
    }
}

/// The partition of a submission, its payload and its audit lines.
pub(crate) fn record(reference: &Reference) -> String {
    format!("record#{}", reference.compact())
}

/// The id in a message's partition key.
pub(crate) fn message_id(pk: &str) -> Option<&str> {
    pk.strip_prefix(OUTBOX_PREFIX)
}

/// The index partition of a shard.
pub(crate) fn outbox_shard(shard: usize) -> String {
    format!("due#{shard}")
}

/// The shard that a name belongs to; `turn` moves on to the next ones.
pub(crate) fn shard_of(name: &str, turn: usize, shards: usize) -> usize {
    let sum: usize = name.bytes().map(usize::from).sum();
    sum.wrapping_add(turn) % shards
}
