//! Statements with the store's errors, and values as columns hold them.

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Params, Row, RowIndex};
use serde::de::DeserializeOwned;
use store::{KeyedHash, Reference, StoreError, from_nanoseconds, to_nanoseconds};

use crate::failure::store_error;

/// How many rows the statement changed.
pub(crate) fn execute(connection: &Connection, sql: &str, values: impl Params) -> Result<usize, StoreError> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute(values)).map_err(store_error)
}

/// The first row, if there is one.
pub(crate) fn one<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, rusqlite::Error>,
) -> Result<Option<T>, StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_row(values, read).optional())
        .map_err(store_error)
}

/// All rows.
pub(crate) fn all<T>(
    connection: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T, rusqlite::Error>,
) -> Result<Vec<T>, StoreError> {
    connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.query_map(values, read)?.collect())
        .map_err(store_error)
}

/// Whether there is a row.
pub(crate) fn exists(connection: &Connection, sql: &str, values: impl Params) -> Result<bool, StoreError> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.exists(values)).map_err(store_error)
}

/// A moment as its column holds it.
pub(crate) fn nanoseconds(moment: Option<Timestamp>) -> Result<Option<i64>, StoreError> {
    moment.map(to_nanoseconds).transpose()
}

/// A list or map as its column holds it.
pub(crate) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|_| StoreError::Failed("a list of values cannot be written".to_owned()))
}

/// A limit as SQL takes it.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(crate) fn moment(row: &Row<'_>, column: &str) -> Result<Timestamp, rusqlite::Error> {
    from_nanoseconds(row.get(column)?).map_err(unexpected)
}

pub(crate) fn moment_if_any(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>, rusqlite::Error> {
    row.get::<_, Option<i64>>(column)?.map(from_nanoseconds).transpose().map_err(unexpected)
}

pub(crate) fn date_if_any(row: &Row<'_>, column: &str) -> Result<Option<Date>, rusqlite::Error> {
    row.get::<_, Option<String>>(column)?.map(|date| date.parse()).transpose().map_err(unexpected)
}

pub(crate) fn reference(row: &Row<'_>, column: &str) -> Result<Reference, rusqlite::Error> {
    row.get::<_, String>(column)?.parse().map_err(unexpected)
}

pub(crate) fn number<N: TryFrom<i64>>(row: &Row<'_>, column: impl RowIndex) -> Result<N, rusqlite::Error>
where
    N::Error: std::error::Error + Send + Sync + 'static,
{
    row.get::<_, i64>(column)?.try_into().map_err(unexpected)
}

pub(crate) fn from_json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<T, rusqlite::Error> {
    serde_json::from_str(&row.get::<_, String>(column)?).map_err(unexpected)
}

pub(crate) fn hash_if_any(
    row: &Row<'_>,
    key_id: &str,
    hash: &str,
) -> Result<Option<KeyedHash>, rusqlite::Error> {
    let hash: Option<String> = row.get(hash)?;
    hash.map(|hash| Ok(KeyedHash { key_id: row.get(key_id)?, hash })).transpose()
}

/// A stored value that is not what this program writes; the store's error then says no more than that.
pub(crate) fn unexpected(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Null, Box::new(error))
}
