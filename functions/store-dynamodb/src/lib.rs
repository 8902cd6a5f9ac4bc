//! Submissions in one DynamoDB table: the store of the distributed engine.
//!
//! ```text
//! Settings ─► client       endpoint, credentials, time limits
//! accept ───► intake       one TransactWriteItems; reasons of a cancellation → Outcome
//!             transaction  what an arrival writes
//! claim ────► outbox       sparse index of what is due → conditional lease
//! read ─────► records
//!             keys, item   names of keys and attributes, values in and out
//!             failure      errors → StoreError, never a stored value
//! ```
//!
//! # The table
//!
//! Key `pk` (S), `sk` (S); billing by request. One global index, **`outbox-due`**: key `outbox_shard` (S),
//! `next_attempt_at` (N), projection KEYS_ONLY. [`create_table`] makes it so, and a deployment template must
//! give it the same schema. Encryption at rest and point-in-time recovery are the template's.
//!
//! | item | pk | sk | attributes |
//! |---|---|---|---|
//! | submission | `record#<reference>` | `submission` | form, fingerprint, language, received_at, facets, audit_head |
//! | its payload | `record#<reference>` | `payload` | payload (apart: a change of status must not rewrite 300 kB) |
//! | audit line | `record#<reference>` | `audit#<sequence, 10 digits>` | sequence, event, at, previous, hash |
//! | check key | `check#<hash>#<key id>` | `check` | reference, form, answers_key_id, answers_hash |
//! | answers | `answers#<hash>#<key id>` | `<form>` | reference, received_at |
//! | message | `outbox#<id>` | `message` | reference, attempt; while it waits: sealed, outbox_shard, next_attempt_at; then delivered_at |
//! | counter | `count#<shard>#<day>#<form>` | `count` | accepted |
//!
//! Times are whole nanoseconds since 1970 (N). No partition grows hot: every key but the counter's holds
//! something random, and counters and the index are spread over shards.
//!
//! A function needs `dynamodb:PutItem`, `UpdateItem`, `GetItem`, `BatchGetItem` and `Query` on the table, and
//! `Query` on `table/…/index/outbox-due`.

mod client;
mod failure;
mod intake;
mod item;
mod keys;
mod outbox;
mod records;
mod table;
mod transaction;

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use jiff::Timestamp;
use jiff::civil::Date;
use store::{
    Arrival, Intake, Outbox, OutboxEntry, Outcome, ReceiptRecord, Record, Records, Reference, StoreError,
};

pub use client::{Credentials, Settings, SettingsError};
pub use table::create_table;

/// The store over one DynamoDB table; clones share the connections.
#[derive(Clone)]
pub struct DynamoStore {
    client: Client,
    table: String,
}

impl DynamoStore {
    /// The store over an existing table. Nothing is asked of DynamoDB before the first use.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self { client, table: table.into() }
    }

    /// The store that the settings describe.
    pub fn open(settings: &Settings) -> Self {
        Self::new(settings.client(), &settings.table)
    }
}

#[async_trait]
impl Intake for DynamoStore {
    async fn accept(&self, arrival: &Arrival) -> Result<Outcome, StoreError> {
        intake::accept(self, arrival).await
    }

    async fn receipt(&self, reference: &Reference) -> Result<Option<ReceiptRecord>, StoreError> {
        intake::receipt(self, reference).await
    }
}

#[async_trait]
impl Outbox for DynamoStore {
    async fn claim(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        outbox::claim(self, now, lease, limit).await
    }

    async fn delivered(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        outbox::delivered(self, id, now).await
    }

    async fn postponed(&self, id: &str, next: Timestamp) -> Result<(), StoreError> {
        outbox::postponed(self, id, next).await
    }
}

#[async_trait]
impl Records for DynamoStore {
    async fn read(&self, reference: &Reference) -> Result<Option<Record>, StoreError> {
        records::read(self, reference).await
    }

    async fn count(&self, form: &str, day: Date) -> Result<u64, StoreError> {
        records::count(self, form, day).await
    }
}
