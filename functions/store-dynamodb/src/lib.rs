//! Submissions in one DynamoDB table: the store of the distributed engine.
//!
//! ```text
//! Settings ─► client       endpoint, credentials, time limits
//! accept ───► intake       one TransactWriteItems; reasons of a cancellation → Outcome
//! change ───► changes      read, then one transaction on the version that was read
//! erase ────► erase        one transaction; what does not fit is named, and removed after
//! stage ────► files        content, then the head that makes it a file
//!             objects      content in a bucket;  large: payloads there
//! claim ────► outbox       sparse index of what is due → conditional lease
//! list ─────► queue        index of arrivals → heads as they are now
//! read ─────► records, chains;  checkpoint: the signed state of all chains
//! sweep ────► sweep        timeline → conditional removals;  throttle: one counter for each window
//!             submission, beside, keys, item, timeline   items, names of keys and attributes, values in and out
//!             transaction, read, failure                 requests; errors → StoreError, never a stored value
//! ```
//!
//! # The table
//!
//! Key `pk` (S), `sk` (S); billing by request. [`create_table`] makes it with its three global indexes, and a
//! deployment template must give it the same schema. Encryption at rest and point-in-time recovery are the template's.
//!
//! | index | key | holds | for |
//! |---|---|---|---|
//! | `outbox-due` | `outbox_shard` (S), `next_attempt_at` (N) | keys | messages that wait |
//! | `queue` | `queue_shard` (S), `queue_order` (S) | keys, stage, form, retention, changed_at, closed_at | records by stage and arrival, and those whose time is over |
//! | `timeline` | `timeline` (S), `timeline_at` (N) | keys | what expires, was staged, is due to be asked, failed, is being erased |
//!
//! | item | pk | sk | attributes |
//! |---|---|---|---|
//! | submission | `record#<reference>` | `submission` | everything of a head; version, audit_head, audit_lines; names of messages, parcels, files |
//! | its payload | `record#<reference>` | `payload` | payload (apart: a change of status must not rewrite 300 kB); over 64 KB object, if there is a bucket |
//! | payload that may be nobody's | `large#<reference>` | `<object>` | |
//! | first audit line | `chains#<first character>` | `<reference>` | sequence, event, at, previous, key_id, hash (the list of all chains; it stays when the record is erased) |
//! | later audit line | `record#<reference>` | `audit#<sequence, 10 digits>` | the same |
//! | addition | `record#<reference>` | `addition#<version>#<number>` | kind, at, sealed |
//! | check key | `check#<hash>#<key id>` | `check` | reference, form, answers (until the record is erased) |
//! | answers | `answers#<hash>#<key id>` | `<form>` | reference, received_at |
//! | contact | `contact#<hash>#<key id>` | `<form>#<arrival>#<reference>` | |
//! | message | `outbox#<id>` | `message` | reference, attempt; while it waits: sealed, outbox_shard, next_attempt_at; then delivered_at, given_up_at, bounced_at, reason |
//! | parcel | `parcel#<hash>#<key id>` | `parcel` | reference, sealed, expires_at |
//! | used token | `token#<hash>#<key id>` | `token` | |
//! | file | `batch#<hash>#<key id>` | `head#<id>` | form, field, kind, size, digest, staged_at, parts or object; reference when it is a record's |
//! | its content | `batch#<hash>#<key id>` | `part#<id>#<number>` | sealed (up to 350 KB); in the bucket instead, if there is one |
//! | broken upload | `batch#<hash>#<key id>` | `upload#<id>` | object |
//! | files of a batch | `batch#<hash>#<key id>` | `batch` | files (how many are staged) |
//! | window | `window#<hash>#<key id>` | `<end>` | attempts |
//! | counter | `count#<shard>#<day>#<form>` | `count` | accepted |
//! | erasure | `journal` | `<moment>#<reference>` | reference, at |
//! | checkpoint | `checkpoints` | `<moment>` | at, chains, digest |
//! | the next one | `signing` | `signing` | newest_at (of the newest checkpoint); while it is unfinished: at, after, chains, so_far, signature |
//!
//! Times are whole nanoseconds since 1970 (N). No partition grows hot: every key that a submission writes but the
//! counter's holds something random, and counters and indexes are spread over shards. Parcels, tokens and windows
//! carry `removable_from_s` (seconds since 1970), for a time to live of the table; where there is none, the sweep
//! removes them.
//!
//! # The bucket
//!
//! Where [`Settings::files`] names one, the content of attachments lies there: key `files/<id>-<SHA-256 of the sealed
//! content>`, tag `state=staged` until a record holds it. So do payloads over 64 KB (`payloads/<reference>-<SHA-256>`). The deployment gives the bucket a rule that removes what has
//! this tag after two days or more, encrypts it at rest, and keeps no old versions: an erased file is gone at once.
//! Attachments that lie in the table already stay there and are found. A table that was recovered from an earlier
//! moment names no object that came after it; such objects are not tagged, and [`DynamoStore::orphans`] finds them.
//!
//! # What an erasure cannot reach
//!
//! Point-in-time recovery keeps what the table held for as many days as it is set to (35 at most), and nothing can be
//! taken out of it; after that time an erased record is nowhere. A table that was recovered from it has to erase the
//! journal's references again: [`Changes::erasures`](store::Changes::erasures) of the table it replaces names them.
//!
//! # Permissions
//!
//! A function that takes forms in needs `dynamodb:PutItem`, `UpdateItem`, `DeleteItem`, `GetItem`, `BatchGetItem` and
//! `Query` on the table; for attachments `s3:PutObject`, `PutObjectTagging`, `DeleteObjectTagging` and `DeleteObject` on
//! the bucket's objects and `s3:ListBucket` on the bucket (without it S3 calls what is gone forbidden). The desk, the
//! mail and the regular work need `Query` on the table's indexes as well, and the desk `s3:GetObject`.

mod beside;
mod chains;
mod changes;
mod checkpoint;
mod client;
mod erase;
mod failure;
mod files;
#[cfg(test)]
mod heat;
mod intake;
mod item;
mod keys;
mod large;
mod objects;
mod orphans;
mod outbox;
mod queue;
mod read;
mod records;
mod store_impl;
mod submission;
mod sweep;
mod table;
mod throttle;
mod timeline;
mod transaction;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::SharedHttpClient;
use jiff::Timestamp;
use sealing::HashKeys;
use store::StoreError;

pub use client::{Bucket, Credentials, Settings, SettingsError, http};
pub use orphans::Orphans;
pub use table::{create_table, recovery_days, table_exists};

use crate::failure::store_error;
use crate::item::Attributes;
use crate::keys::Key;
use crate::objects::Objects;

/// Clients of a table and its bucket; no connection is open yet.
#[derive(Clone)]
pub struct Clients {
    client: Client,
    table: String,
    objects: Option<Arc<Objects>>,
}

impl Clients {
    /// The clients that the settings describe, over connections that other clients of AWS may use as well.
    pub fn new(settings: &Settings, http: SharedHttpClient) -> Self {
        let objects = settings.files.as_ref();
        let objects = objects.map(|files| Objects::new(files, &settings.region, &settings.credentials));
        Self {
            client: settings.client_over(http),
            table: settings.table.clone(),
            objects: objects.map(Arc::new),
        }
    }
}

/// The store over one DynamoDB table; clones share the connections.
#[derive(Clone)]
pub struct DynamoStore {
    client: Client,
    table: String,
    audit: Arc<HashKeys>,
    /// Where the content of new attachments goes; into the table if absent.
    objects: Option<Arc<Objects>>,
}

impl DynamoStore {
    /// The store over an existing table, with the keys that sign audit lines and checkpoints; attachments lie in the
    /// table. Nothing is asked of DynamoDB before the first use.
    pub fn new(client: Client, table: impl Into<String>, audit: HashKeys) -> Self {
        Self { client, table: table.into(), audit: Arc::new(audit), objects: None }
    }

    /// The store that the settings describe.
    pub fn open(settings: &Settings, audit: HashKeys) -> Self {
        Self::over(&Clients::new(settings, http()), audit)
    }

    /// The store over clients that were made before its keys were there.
    pub fn over(clients: &Clients, audit: HashKeys) -> Self {
        let Clients { client, table, objects } = clients.clone();
        Self { client, table, audit: Arc::new(audit), objects }
    }

    /// The objects of the bucket that nothing in the table names, though they are some days old.
    pub async fn orphans(&self, now: Timestamp) -> Result<Orphans, StoreError> {
        orphans::find(self, now).await
    }

    /// Removes objects that [`Self::orphans`] found, unless the table is certainly another one than the bucket's: what
    /// a mistake in a setting would remove does not come back.
    pub async fn remove_orphans(&self, orphans: &Orphans) -> Result<(), StoreError> {
        if orphans.named == 0 && !orphans.keys.is_empty() {
            let table = &self.table;
            return Err(StoreError::Failed(format!(
                "DynamoDB: {table} names nothing of what lies in the bucket, so it is another bucket's table"
            )));
        }
        for key in &orphans.keys {
            self.objects()?.remove(key).await?;
        }
        Ok(())
    }

    /// The bucket that an attachment of this store lies in.
    fn objects(&self) -> Result<&Objects, StoreError> {
        self.objects.as_deref().ok_or_else(|| {
            StoreError::Failed(
                "an attachment lies in a bucket, and none is set (ZAVICAJ_S3_BUCKET)".to_owned(),
            )
        })
    }

    /// Writes an item, whatever was in its place.
    async fn put(&self, item: Attributes) -> Result<(), StoreError> {
        let request = self.client.put_item().table_name(&self.table).set_item(Some(item));
        request.send().await.map(drop).map_err(|error| store_error(&error))
    }

    /// Removes an item, if it is there.
    async fn delete(&self, key: Key) -> Result<(), StoreError> {
        let request = self.client.delete_item().table_name(&self.table).set_key(Some(key.attributes()));
        request.send().await.map(drop).map_err(|error| store_error(&error))
    }
}
