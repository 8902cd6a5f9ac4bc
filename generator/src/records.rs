//! Where submissions lie: in the database of this machine, or in a DynamoDB table that functions share.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use sealing::HashKeys;
use store::Store;
use store_sqlite::SqliteStore;

use crate::error::EnvironmentError;

/// Looks a variable of the environment up.
pub type Variable = fn(&str) -> Option<String>;

/// The engine below the forms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Engine {
    /// A file in the folder of the submissions.
    #[default]
    Sqlite,
    /// A table that the environment names (`ZAVICAJ_DYNAMODB_TABLE`, `AWS_REGION`, …).
    Dynamodb,
}

impl Engine {
    /// Where the submissions lie, for people.
    pub fn place(self, data: &Path, variable: Variable) -> String {
        match self {
            Self::Sqlite => format!("{} (SQLite)", data.display()),
            Self::Dynamodb => {
                format!("{} (DynamoDB)", variable("ZAVICAJ_DYNAMODB_TABLE").unwrap_or_default())
            }
        }
    }

    /// Whether there are submissions that new keys would not fit. Asked before keys are made.
    pub async fn holds_records(self, data: &Path, variable: Variable) -> Result<bool, EnvironmentError> {
        match self {
            Self::Sqlite => Ok(data.join(store_sqlite::FILE_NAME).exists()),
            Self::Dynamodb => table::holds_records(variable).await,
        }
    }

    /// The store for a server, made at the first start.
    pub async fn open_or_make(
        self,
        data: &Path,
        audit: HashKeys,
        variable: Variable,
    ) -> Result<Arc<dyn Store>, EnvironmentError> {
        match self {
            Self::Sqlite => Ok(Arc::new(SqliteStore::open(data, audit)?)),
            Self::Dynamodb => table::open(audit, variable, table::Absent::Make).await,
        }
    }

    /// The store for somebody who looks, and makes nothing; none where there is none.
    pub async fn open(
        self,
        data: &Path,
        audit: HashKeys,
        variable: Variable,
    ) -> Result<Option<Arc<dyn Store>>, EnvironmentError> {
        match self {
            Self::Sqlite if !data.join(store_sqlite::FILE_NAME).exists() => Ok(None),
            Self::Sqlite => Ok(Some(Arc::new(SqliteStore::open(data, audit)?))),
            Self::Dynamodb => table::open(audit, variable, table::Absent::IsAnError).await.map(Some),
        }
    }
}

/// The objects of the bucket that nothing in the table names; they are removed if that is wanted.
pub async fn orphans(
    variable: Variable,
    now: Timestamp,
    remove: bool,
) -> Result<Vec<String>, EnvironmentError> {
    table::orphans(variable, now, remove).await
}

/// To how many days back the table can be recovered; none where that is off.
pub async fn recovery_days(variable: Variable) -> Result<Option<i32>, EnvironmentError> {
    table::recovery_days(variable).await
}

#[cfg(feature = "aws")]
mod table {
    use sealing::HashKey;
    use store::Upkeep as _;
    use store_dynamodb::{DynamoStore, Settings, create_table, table_exists};

    use super::{Arc, EnvironmentError, HashKeys, Store, Timestamp, Variable};

    /// What becomes of a table that is not there.
    #[derive(Clone, Copy, PartialEq, Eq)]
    pub(super) enum Absent {
        Make,
        IsAnError,
    }

    pub(super) async fn open(
        audit: HashKeys,
        variable: Variable,
        absent: Absent,
    ) -> Result<Arc<dyn Store>, EnvironmentError> {
        let settings = settings(variable)?;
        let client = settings.client();
        if !table_exists(&client, &settings.table).await? {
            // On AWS the deployment makes it, with its recovery, its key and its protection.
            if absent == Absent::IsAnError || settings.endpoint.is_none() {
                return Err(EnvironmentError::NoTable { table: settings.table });
            }
            create_table(&client, &settings.table).await?;
        }
        Ok(Arc::new(DynamoStore::open(&settings, audit)))
    }

    pub(super) async fn holds_records(variable: Variable) -> Result<bool, EnvironmentError> {
        let settings = settings(variable)?;
        if !table_exists(&settings.client(), &settings.table).await? {
            return Ok(false);
        }
        Ok(!unsigned(&settings).chains(None, 1).await?.is_empty())
    }

    pub(super) async fn orphans(
        variable: Variable,
        now: Timestamp,
        remove: bool,
    ) -> Result<Vec<String>, EnvironmentError> {
        let settings = settings(variable)?;
        if settings.files.is_none() {
            return Err(EnvironmentError::Unset { variable: "ZAVICAJ_S3_BUCKET" });
        }
        // A table that is not there would name nothing.
        if !table_exists(&settings.client(), &settings.table).await? {
            return Err(EnvironmentError::NoTable { table: settings.table });
        }
        let store = unsigned(&settings);
        let orphans = store.orphans(now).await?;
        if remove {
            store.remove_orphans(&orphans).await?;
        }
        Ok(orphans.keys)
    }

    pub(super) async fn recovery_days(variable: Variable) -> Result<Option<i32>, EnvironmentError> {
        let settings = settings(variable)?;
        Ok(store_dynamodb::recovery_days(&settings.client(), &settings.table).await?)
    }

    /// For what signs nothing, so that it does not matter with which key.
    fn unsigned(settings: &Settings) -> DynamoStore {
        DynamoStore::open(settings, HashKeys::new(HashKey::new([0; 32]), Vec::new()))
    }

    fn settings(variable: Variable) -> Result<Settings, EnvironmentError> {
        Settings::from_variables(variable).map_err(|missing| EnvironmentError::Unset { variable: missing.0 })
    }
}

#[cfg(not(feature = "aws"))]
mod table {
    use super::{Arc, EnvironmentError, HashKeys, Store, Timestamp, Variable};

    #[derive(Clone, Copy)]
    pub(super) enum Absent {
        Make,
        IsAnError,
    }

    pub(super) async fn open(
        _: HashKeys,
        _: Variable,
        _: Absent,
    ) -> Result<Arc<dyn Store>, EnvironmentError> {
        Err(EnvironmentError::WithoutAws)
    }

    pub(super) async fn holds_records(_: Variable) -> Result<bool, EnvironmentError> {
        Err(EnvironmentError::WithoutAws)
    }

    pub(super) async fn recovery_days(_: Variable) -> Result<Option<i32>, EnvironmentError> {
        Err(EnvironmentError::WithoutAws)
    }

    pub(super) async fn orphans(_: Variable, _: Timestamp, _: bool) -> Result<Vec<String>, EnvironmentError> {
        Err(EnvironmentError::WithoutAws)
    }
}
