//! The capabilities of a store, each led to where it is done.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use store::{
    Arrival, Chain, Change, Changed, Changes, Checkpoint, Erasure, FailedMessage, FileHead, Files, Head,
    Intake, KeyedHash, Outbox, OutboxEntry, Outcome, Queue, QueueFilter, QueuePage, ReceiptRecord, Record,
    Records, Reference, Signing, Staged, StagedFile, StoreError, Swept, Throttle, Trigger, Upkeep,
};

use crate::item::Reader;
use crate::read::submission;
use crate::{
    DynamoStore, chains, changes, checkpoint, erase, files, intake, outbox, queue, records, sweep, throttle,
};

#[async_trait]
impl Intake for DynamoStore {
    async fn accept(&self, arrival: &Arrival) -> Result<Outcome, StoreError> {
        intake::accept(self, arrival).await
    }

    async fn receipt(&self, reference: &Reference) -> Result<Option<ReceiptRecord>, StoreError> {
        let item = submission(self, reference).await?;
        item.map(|item| crate::submission::receipt(reference, &Reader(&item))).transpose()
    }
}

#[async_trait]
impl Changes for DynamoStore {
    async fn change(&self, change: &Change) -> Result<Changed, StoreError> {
        changes::change(self, change).await
    }

    async fn erase(&self, erasure: &Erasure) -> Result<Changed, StoreError> {
        erase::erase(self, erasure).await
    }

    async fn erasures(&self) -> Result<Vec<(Reference, Timestamp)>, StoreError> {
        erase::journal(self).await
    }

    async fn parcel(
        &self,
        id: &KeyedHash,
        now: Timestamp,
    ) -> Result<Option<(Reference, Vec<u8>)>, StoreError> {
        changes::parcel(self, id, now).await
    }

    async fn is_used(&self, token: &KeyedHash) -> Result<bool, StoreError> {
        changes::is_used(self, token).await
    }
}

#[async_trait]
impl Files for DynamoStore {
    async fn stage(&self, file: &StagedFile, most: usize) -> Result<Staged, StoreError> {
        files::stage(self, file, most).await
    }

    async fn staged(&self, batch: &KeyedHash) -> Result<Vec<FileHead>, StoreError> {
        files::staged(self, batch).await
    }

    async fn unstage(&self, batch: &KeyedHash, id: &str) -> Result<bool, StoreError> {
        files::unstage(self, batch, id).await
    }

    async fn file(&self, reference: &Reference, id: &str) -> Result<Option<Vec<u8>>, StoreError> {
        files::file(self, reference, id).await
    }
}

#[async_trait]
impl Queue for DynamoStore {
    async fn list(
        &self,
        filter: &QueueFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<QueuePage, StoreError> {
        queue::list(self, filter, after, limit).await
    }

    async fn head(&self, reference: &Reference) -> Result<Option<Head>, StoreError> {
        let item = submission(self, reference).await?;
        item.map(|item| crate::submission::head(reference, &Reader(&item))).transpose()
    }

    async fn by_contact(&self, form: &str, contact: &KeyedHash) -> Result<Vec<Reference>, StoreError> {
        queue::by_contact(self, form, contact).await
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

    async fn claim_one(
        &self,
        id: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<OutboxEntry>, StoreError> {
        outbox::claim_one(self, id, now, lease).await
    }

    async fn delivered(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        outbox::delivered(self, id, now).await
    }

    async fn postponed(&self, id: &str, next: Timestamp) -> Result<(), StoreError> {
        outbox::postponed(self, id, next).await
    }

    async fn given_up(&self, id: &str, now: Timestamp, reason: &str) -> Result<(), StoreError> {
        outbox::given_up(self, id, now, reason).await
    }

    async fn retry(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        outbox::retry(self, id, now).await
    }

    async fn bounced(&self, id: &str, now: Timestamp, reason: &str) -> Result<bool, StoreError> {
        outbox::bounced(self, id, now, reason).await
    }

    async fn failed(&self, limit: usize) -> Result<Vec<FailedMessage>, StoreError> {
        outbox::failed(self, limit).await
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

#[async_trait]
impl Throttle for DynamoStore {
    async fn attempt(&self, bucket: &KeyedHash, window_end: Timestamp) -> Result<u32, StoreError> {
        throttle::attempt(self, bucket, window_end).await
    }
}

#[async_trait]
impl Upkeep for DynamoStore {
    async fn sweep(&self, now: Timestamp, staged_before: Timestamp) -> Result<Swept, StoreError> {
        sweep::sweep(self, now, staged_before).await
    }

    async fn expired(
        &self,
        class: &str,
        trigger: Trigger,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError> {
        queue::expired(self, class, trigger, before, limit).await
    }

    async fn renewals_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Reference>, StoreError> {
        queue::renewals_due(self, now, limit).await
    }

    async fn chains(&self, after: Option<&Reference>, limit: usize) -> Result<Vec<Chain>, StoreError> {
        chains::chains(self, after, limit).await
    }

    async fn checkpoint(
        &self,
        now: Timestamp,
        may_go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Signing, StoreError> {
        checkpoint::sign(self, now, may_go_on).await
    }

    async fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        checkpoint::all(self).await
    }
}
