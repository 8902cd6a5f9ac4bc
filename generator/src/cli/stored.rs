//! The submissions and the keys that belong to them, for commands that work on both.

use std::future::Future;
use std::path::Path;

use sealing::{HashKeys, Keys};
use store_sqlite::{FILE_NAME, SqliteStore};

use super::Ended;
use super::terminal::Terminal;
use crate::error::EnvironmentError;
use crate::records::Engine;

/// Where they lie.
pub(super) struct Places<'a> {
    pub(super) data: &'a Path,
    pub(super) keys: &'a Path,
}

impl Places<'_> {
    /// The keys that sign the audit trail.
    pub(super) fn audit_keys(&self) -> Result<HashKeys, Ended> {
        let keys = Keys::open(self.keys).map_err(EnvironmentError::from)?;
        Ok(keys.hashing.derive("audit"))
    }

    /// The store, which must be there: a command that looks makes nothing.
    pub(super) fn store(&self) -> Result<SqliteStore, Ended> {
        if !self.data.join(FILE_NAME).exists() {
            return Err(EnvironmentError::NoFolder { path: self.data.join(FILE_NAME) }.into());
        }
        Ok(SqliteStore::open(self.data, self.audit_keys()?).map_err(EnvironmentError::from)?)
    }
}

/// Waits for work of the store.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Ended> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| EnvironmentError::Other(error.to_string()))?;
    Ok(runtime.block_on(work))
}

/// Refuses a command that only the database of one machine knows, and says what does the same for a table.
pub(super) fn only_here(engine: Engine, (hr, en): (&str, &str), terminal: &Terminal) -> Result<(), Ended> {
    match engine {
        Engine::Sqlite => Ok(()),
        Engine::Dynamodb => Err(EnvironmentError::Other(terminal.text(hr, en).to_owned()).into()),
    }
}
