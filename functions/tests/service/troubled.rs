//! A real store, with trouble on demand.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use store::{
    Arrival, Chain, Change, Changed, Changes, Checkpoint, Erasure, FailedMessage, FileHead, Files, Head,
    Intake, KeyedHash, Outbox, OutboxEntry, Outcome, Queue, QueueFilter, QueuePage, ReceiptRecord, Record,
    Records, Reference, Signing, Staged, StagedFile, StoreError, Swept, Throttle, Trigger, Upkeep,
};
use store_sqlite::SqliteStore;

pub const WELL: u8 = 0;
pub const BUSY: u8 = 1;
pub const PANICS: u8 = 2;
pub const TAKEN: u8 = 3;
pub const LOST_ANSWER: u8 = 4;

/// SQLite, and trouble on demand; it also keeps a list of what was asked of it.
pub struct Troubled {
    inner: SqliteStore,
    trouble: Arc<AtomicU8>,
    calls: Mutex<Vec<&'static str>>,
}

impl Troubled {
    pub fn new(inner: SqliteStore, trouble: Arc<AtomicU8>) -> Self {
        Self { inner, trouble, calls: Mutex::default() }
    }

    /// What was asked since [`Troubled::forget`], in order.
    pub fn calls(&self) -> Vec<&'static str> {
        self.calls.lock().unwrap().clone()
    }

    pub fn forget(&self) {
        self.calls.lock().unwrap().clear();
    }

    fn called(&self, call: &'static str) -> Result<(), StoreError> {
        self.calls.lock().unwrap().push(call);
        match self.trouble.load(Ordering::SeqCst) {
            BUSY => Err(StoreError::Busy("throttled by table zavicaj-test".to_owned())),
            _ => Ok(()),
        }
    }
}

#[async_trait]
impl Intake for Troubled {
    async fn accept(&self, arrival: &Arrival) -> Result<Outcome, StoreError> {
        match self.trouble.load(Ordering::SeqCst) {
            BUSY => Err(StoreError::Busy("throttled by table zavicaj-test".to_owned())),
            PANICS => panic!("a bug"),
            TAKEN => {
                self.trouble.store(WELL, Ordering::SeqCst);
                Ok(Outcome::ReferenceTaken)
            }
            LOST_ANSWER => {
                self.inner.accept(arrival).await?;
                Err(StoreError::Failed("connection reset".to_owned()))
            }
            _ => self.inner.accept(arrival).await,
        }
    }

    async fn receipt(&self, reference: &Reference) -> Result<Option<ReceiptRecord>, StoreError> {
        match self.trouble.load(Ordering::SeqCst) {
            BUSY => Err(StoreError::Busy("throttled by table zavicaj-test".to_owned())),
            _ => self.inner.receipt(reference).await,
        }
    }
}

#[async_trait]
impl Changes for Troubled {
    async fn change(&self, change: &Change) -> Result<Changed, StoreError> {
        self.called("change")?;
        self.inner.change(change).await
    }

    async fn erase(&self, erasure: &Erasure) -> Result<Changed, StoreError> {
        self.called("erase")?;
        self.inner.erase(erasure).await
    }

    async fn erasures(&self) -> Result<Vec<(Reference, Timestamp)>, StoreError> {
        self.inner.erasures().await
    }

    async fn parcel(
        &self,
        id: &KeyedHash,
        now: Timestamp,
    ) -> Result<Option<(Reference, Vec<u8>)>, StoreError> {
        self.called("parcel")?;
        self.inner.parcel(id, now).await
    }

    async fn is_used(&self, token: &KeyedHash) -> Result<bool, StoreError> {
        self.called("is_used")?;
        self.inner.is_used(token).await
    }
}

#[async_trait]
impl Files for Troubled {
    async fn stage(&self, file: &StagedFile, most: usize) -> Result<Staged, StoreError> {
        match self.trouble.load(Ordering::SeqCst) {
            BUSY => Err(StoreError::Busy("throttled by table zavicaj-test".to_owned())),
            _ => self.inner.stage(file, most).await,
        }
    }

    async fn staged(&self, batch: &KeyedHash) -> Result<Vec<FileHead>, StoreError> {
        self.inner.staged(batch).await
    }

    async fn unstage(&self, batch: &KeyedHash, id: &str) -> Result<bool, StoreError> {
        self.inner.unstage(batch, id).await
    }

    async fn file(&self, reference: &Reference, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.file(reference, id).await
    }
}

#[async_trait]
impl Queue for Troubled {
    async fn list(
        &self,
        filter: &QueueFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<QueuePage, StoreError> {
        self.inner.list(filter, after, limit).await
    }

    async fn head(&self, reference: &Reference) -> Result<Option<Head>, StoreError> {
        self.called("head")?;
        self.inner.head(reference).await
    }

    async fn by_contact(&self, form: &str, contact: &KeyedHash) -> Result<Vec<Reference>, StoreError> {
        self.called("by_contact")?;
        self.inner.by_contact(form, contact).await
    }
}

#[async_trait]
impl Outbox for Troubled {
    async fn claim(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.inner.claim(now, lease, limit).await
    }

    async fn claim_one(
        &self,
        id: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<OutboxEntry>, StoreError> {
        self.inner.claim_one(id, now, lease).await
    }

    async fn delivered(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.inner.delivered(id, now).await
    }

    async fn postponed(&self, id: &str, next: Timestamp) -> Result<(), StoreError> {
        self.inner.postponed(id, next).await
    }

    async fn given_up(&self, id: &str, now: Timestamp, reason: &str) -> Result<(), StoreError> {
        self.inner.given_up(id, now, reason).await
    }

    async fn retry(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.inner.retry(id, now).await
    }

    async fn bounced(&self, id: &str, now: Timestamp, reason: &str) -> Result<bool, StoreError> {
        self.inner.bounced(id, now, reason).await
    }

    async fn failed(&self, limit: usize) -> Result<Vec<FailedMessage>, StoreError> {
        self.inner.failed(limit).await
    }
}

#[async_trait]
impl Records for Troubled {
    async fn read(&self, reference: &Reference) -> Result<Option<Record>, StoreError> {
        self.inner.read(reference).await
    }

    async fn count(&self, form: &str, day: Date) -> Result<u64, StoreError> {
        self.inner.count(form, day).await
    }
}

#[async_trait]
impl Throttle for Troubled {
    async fn attempt(&self, bucket: &KeyedHash, window_end: Timestamp) -> Result<u32, StoreError> {
        self.called("attempt")?;
        self.inner.attempt(bucket, window_end).await
    }
}

#[async_trait]
impl Upkeep for Troubled {
    async fn sweep(&self, now: Timestamp, staged_before: Timestamp) -> Result<Swept, StoreError> {
        self.inner.sweep(now, staged_before).await
    }

    async fn expired(
        &self,
        class: &str,
        trigger: Trigger,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError> {
        self.inner.expired(class, trigger, before, limit).await
    }

    async fn renewals_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Reference>, StoreError> {
        self.inner.renewals_due(now, limit).await
    }

    async fn chains(&self, after: Option<&Reference>, limit: usize) -> Result<Vec<Chain>, StoreError> {
        self.inner.chains(after, limit).await
    }

    async fn checkpoint(
        &self,
        now: Timestamp,
        may_go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Signing, StoreError> {
        self.inner.checkpoint(now, may_go_on).await
    }

    async fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        self.inner.checkpoints().await
    }
}
