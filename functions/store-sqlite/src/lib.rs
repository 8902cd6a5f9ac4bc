//! Submissions in one SQLite file: the store of one machine.
//!
//! ```text
//! SqliteStore::open ─► open     folder and file for their owner only, settings, health
//!                      fresh    a new database is one thing, an emptied one another
//!                      schema   tables, step by step from any older version
//! accept, receipt ───► intake   one immediate transaction, on the disk when it is answered
//! claim, delivered ──► outbox
//! read, count ───────► records
//!                      failure  SQLite's result codes → StoreError, never a stored value
//! ```
//!
//! One connection writes, one reads beside it (WAL); each is used by one caller at a time, on a thread that may
//! block. Other programs (the desk) may have the same file open. Nobody waits longer than five seconds, however
//! many wait: the time before the connection and the time before the file count together.

mod failure;
mod fresh;
mod intake;
mod open;
mod outbox;
mod records;
mod schema;
#[cfg(test)]
mod tests;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Connection;
use store::{
    Arrival, Intake, Outbox, OutboxEntry, Outcome, ReceiptRecord, Record, Records, Reference, StoreError,
};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

pub use open::{FILE_NAME, OpenError};

/// The store over one SQLite file; clones share the connections.
#[derive(Clone)]
pub struct SqliteStore {
    writer: Arc<Mutex<Connection>>,
    reader: Arc<Mutex<Connection>>,
    /// How long a call waits for its turn.
    patience: Duration,
}

impl SqliteStore {
    /// Opens the database [`FILE_NAME`] in `folder`, making both if they are missing; blocks meanwhile.
    ///
    /// The whole file is checked for damage. On Unix, folder and files that it makes are for their owner only.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        Self::open_waiting(folder, open::BUSY_TIMEOUT)
    }

    fn open_waiting(folder: &Path, busy_timeout: Duration) -> Result<Self, OpenError> {
        let connections = open::open(folder, busy_timeout)?;
        Ok(Self {
            writer: Arc::new(Mutex::new(connections.writer)),
            reader: Arc::new(Mutex::new(connections.reader)),
            patience: busy_timeout,
        })
    }

    /// Runs `work` where blocking is allowed, with one deadline for all its waiting. Callers wait for the
    /// connection *before* they take a thread, so a crowd of them cannot use up the threads that others need.
    async fn on<T: Send + 'static>(
        &self,
        connection: &Arc<Mutex<Connection>>,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let deadline = Instant::now() + self.patience;
        let mut connection = timeout_at(deadline, Arc::clone(connection).lock_owned())
            .await
            .map_err(|_| StoreError::Busy("others before this one still wait for the database".to_owned()))?;
        spawn_blocking(move || {
            let left = deadline.saturating_duration_since(Instant::now());
            connection.busy_timeout(left).map_err(failure::store_error)?;
            work(&mut connection)
        })
        .await
        .map_err(|_| StoreError::Failed("the work was interrupted".to_owned()))?
    }
}

#[async_trait]
impl Intake for SqliteStore {
    async fn accept(&self, arrival: &Arrival) -> Result<Outcome, StoreError> {
        let arrival = arrival.clone();
        self.on(&self.writer, move |connection| intake::accept(connection, &arrival)).await
    }

    async fn receipt(&self, reference: &Reference) -> Result<Option<ReceiptRecord>, StoreError> {
        let reference = reference.clone();
        self.on(&self.reader, move |connection| intake::receipt(connection, &reference)).await
    }
}

#[async_trait]
impl Outbox for SqliteStore {
    async fn claim(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        self.on(&self.writer, move |connection| outbox::claim(connection, now, lease, limit)).await
    }

    async fn delivered(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.on(&self.writer, move |connection| outbox::delivered(connection, &id, now)).await
    }

    async fn postponed(&self, id: &str, next: Timestamp) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.on(&self.writer, move |connection| outbox::postponed(connection, &id, next)).await
    }
}

#[async_trait]
impl Records for SqliteStore {
    async fn read(&self, reference: &Reference) -> Result<Option<Record>, StoreError> {
        let reference = reference.clone();
        self.on(&self.reader, move |connection| records::read(connection, &reference)).await
    }

    async fn count(&self, form: &str, day: Date) -> Result<u64, StoreError> {
        let form = form.to_owned();
        self.on(&self.reader, move |connection| records::count(connection, &form, day)).await
    }
}
