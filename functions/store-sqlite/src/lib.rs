//! Submissions in one SQLite file: the store of one machine.
//!
//! ```text
//! SqliteStore::open ─► open     folder and file for their owner only, settings, health
//!                      fresh    a new database is one thing, an emptied one another
//!                      schema   tables, step by step from any older version
//!                      unkeyed  audit lines of the first version get keyed hashes
//! every write ───────► group    those that wait at the same moment share one commit
//! accept ────────────► intake   everything of an arrival or nothing
//! change, erase ─────► change, erase, audit
//! stage, file ───────► files
//! claim, delivered ──► outbox
//! list, head, read ──► queue, record
//! sweep, checkpoint ─► upkeep
//! hash_uses ─────────► uses     what needs a key that somebody wants to take away
//!                      sql, failure  columns ↔ values; SQLite's codes → StoreError, never a stored value
//! ```
//!
//! One connection writes, one reads beside it (WAL); each is used by one caller at a time, on a thread that may
//! block. Other programs (the desk) may have the same file open. Nobody waits longer than five seconds, however
//! many wait: the time before the connection and the time before the file count together.

mod audit;
mod backup;
mod change;
mod erase;
mod failure;
mod files;
mod fresh;
mod group;
mod in_use;
mod intake;
mod open;
mod outbox;
mod queue;
mod record;
mod restore;
mod schema;
mod sql;
#[cfg(test)]
mod tests;
mod unkeyed;
mod upkeep;
mod uses;
mod vault;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::Connection;
use sealing::HashKeys;
use store::StoreError;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::{Instant, timeout_at};

use vault::Vault;

pub use backup::{Backup, BackupError, KEYS_SUFFIX, backup, last_backup};
pub use open::{FILE_NAME, KEYS_FILE_NAME, OpenError};
pub use restore::{RestoreError, Restored, restore};
pub use uses::{HashUses, SealedLetter};

/// The store over one SQLite file; clones share the connections.
#[derive(Clone)]
pub struct SqliteStore {
    writer: group::Writer,
    reader: Arc<Mutex<Connection>>,
    tools: Arc<Tools>,
    /// How long a call waits for its turn.
    patience: Duration,
}

/// What work on a connection needs beside it.
struct Tools {
    audit: HashKeys,
    vault: Vault,
    /// Keeps a restore away as long as any clone of the store is there.
    _in_use: File,
}

impl SqliteStore {
    /// Opens the databases [`FILE_NAME`] and [`KEYS_FILE_NAME`] in `folder`, making all that is missing; blocks
    /// meanwhile.
    ///
    /// The whole files are checked for damage. On Unix, folder and files that it makes are for their owner only.
    /// `audit` signs the lines of the audit chains.
    pub fn open(folder: &Path, audit: HashKeys) -> Result<Self, OpenError> {
        Self::open_waiting(folder, audit, open::BUSY_TIMEOUT)
    }

    fn open_waiting(folder: &Path, audit: HashKeys, busy_timeout: Duration) -> Result<Self, OpenError> {
        let opened = open::open(folder, &audit, busy_timeout)?;
        Ok(Self {
            writer: group::Writer::new(opened.writer),
            reader: Arc::new(Mutex::new(opened.reader)),
            tools: Arc::new(Tools { audit, vault: opened.vault, _in_use: opened.in_use }),
            patience: busy_timeout,
        })
    }

    fn tools(&self) -> Arc<Tools> {
        Arc::clone(&self.tools)
    }

    /// Writes; see [`group::Writer::write`].
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.write(self.patience, work).await
    }

    /// Reads where blocking is allowed, with one deadline for all its waiting. Callers wait for the connection
    /// *before* they take a thread, so a crowd of them cannot use up the threads that others need.
    async fn look<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let deadline = Instant::now() + self.patience;
        let mut connection = timeout_at(deadline, Arc::clone(&self.reader).lock_owned())
            .await
            .map_err(|_| group::too_late())?;
        spawn_blocking(move || {
            let left = deadline.saturating_duration_since(Instant::now());
            connection.busy_timeout(left).map_err(failure::store_error)?;
            work(&mut connection)
        })
        .await
        .map_err(|_| StoreError::Failed("the work was interrupted".to_owned()))?
    }
}
