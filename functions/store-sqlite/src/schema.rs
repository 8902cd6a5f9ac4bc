//! The tables, and how a database of an older version becomes one of this version.

use rusqlite::{Connection, Transaction, TransactionBehavior};
use store::StoreError;

use crate::fresh::State;

/// The tables of one of the two files.
pub(crate) struct Schema {
    /// One step for each version; `user_version` counts the steps that a database has gone. Steps are never edited
    /// once released, only added.
    steps: &'static [&'static str],
    /// Marks the file as ours, so that another program's database is never written to.
    application_id: i32,
}

/// What people sent.
pub(crate) const SUBMISSIONS: Schema = Schema {
    steps: &[include_str!("schema/1.sql"), include_str!("schema/2.sql")],
    application_id: i32::from_be_bytes(*b"Zavi"),
};

/// The keys of single records.
pub(crate) const KEYS: Schema =
    Schema { steps: &[include_str!("schema/keys-1.sql")], application_id: i32::from_be_bytes(*b"ZavK") };

/// Why a database cannot be brought to this version.
pub(crate) enum SchemaError {
    /// It belongs to another program.
    Foreign,
    /// It holds nothing, and was not made just now.
    Emptied,
    /// A newer version of this program wrote it.
    Newer { found: i64, known: i64 },
    /// SQLite failed.
    Sqlite(rusqlite::Error),
    /// What an older version stored could not be brought over.
    Store(StoreError),
}

impl From<rusqlite::Error> for SchemaError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// Brings the database to this version in one transaction, so that two programs starting at once cannot meet.
/// `finish` does what SQL cannot, if there were steps to go.
pub(crate) fn migrate(
    connection: &mut Connection,
    schema: &Schema,
    state: State,
    finish: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError>,
) -> Result<(), SchemaError> {
    check_owner(connection, schema, state)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = pragma(&transaction, "user_version")?;
    let known = i64::try_from(schema.steps.len()).unwrap_or(i64::MAX);
    let gone = usize::try_from(found).unwrap_or(usize::MAX);
    let Some(steps) = schema.steps.get(gone..) else {
        return Err(SchemaError::Newer { found, known });
    };
    if !steps.is_empty() {
        for step in steps {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "application_id", schema.application_id)?;
        transaction.pragma_update(None, "user_version", known)?;
        finish(&transaction).map_err(SchemaError::Store)?;
    }
    transaction.commit()?;
    Ok(())
}

/// Refuses a database that this program did not make; an empty one is free to take while it is new.
pub(crate) fn check_owner(connection: &Connection, schema: &Schema, state: State) -> Result<(), SchemaError> {
    // Both in one view of the file: another program may be making the tables right now.
    let view = connection.unchecked_transaction()?;
    let owner = pragma(&view, "application_id")?;
    if owner == i64::from(schema.application_id) {
        return Ok(());
    }
    let tables: i64 = view.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (owner, tables, state) {
        (0, 0, State::New) => Ok(()),
        (0, 0, State::Made | State::Emptied) => Err(SchemaError::Emptied),
        _ => Err(SchemaError::Foreign),
    }
}

fn pragma(connection: &Connection, name: &str) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}
