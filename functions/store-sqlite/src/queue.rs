//! Finding records: the queue in parts, one head, and look-ups by the hash of an address.

use async_trait::async_trait;
use rusqlite::Connection;
use rusqlite::types::Value;
use store::{
    Head, KeyedHash, Queue, QueueFilter, QueuePage, Reference, StoreError, from_nanoseconds, to_nanoseconds,
};

use crate::record::{self, Found, HEAD_COLUMNS};
use crate::sql::{all, limit as sql_limit, reference as reference_of};
use crate::{SqliteStore, Tools};

/// How many records of one address are found.
const MOST_OF_A_CONTACT: i64 = 20;

#[async_trait]
impl Queue for SqliteStore {
    async fn list(
        &self,
        filter: &QueueFilter,
        after: Option<&str>,
        limit: usize,
    ) -> Result<QueuePage, StoreError> {
        let (filter, tools) = (filter.clone(), self.tools());
        let after = after.map(place).transpose()?;
        self.look(move |connection| list(connection, &tools, &filter, after, limit)).await
    }

    async fn head(&self, reference: &Reference) -> Result<Option<Head>, StoreError> {
        let (reference, tools) = (reference.clone(), self.tools());
        self.look(move |connection| record::head(connection, &tools, &reference)).await
    }

    async fn by_contact(&self, form: &str, contact: &KeyedHash) -> Result<Vec<Reference>, StoreError> {
        let (form, contact) = (form.to_owned(), contact.clone());
        self.look(move |connection| {
            all(
                connection,
                "SELECT reference FROM record
                 WHERE contact_hash = ?1 AND contact_key_id = ?2 AND form = ?3 AND erased_at IS NULL
                 ORDER BY received_at DESC, reference DESC LIMIT ?4",
                rusqlite::params![contact.hash, contact.key_id, form, MOST_OF_A_CONTACT],
                |row| reference_of(row, "reference"),
            )
        })
        .await
    }
}

/// Where a part of the list ended: the arrival of its last record, and the record.
type Place = (i64, String);

/// Reads what [`list`] wrote as `next`.
fn place(text: &str) -> Result<Place, StoreError> {
    let place = || {
        let (received_at, reference) = text.split_once('.')?;
        let received_at = received_at.parse().ok()?;
        from_nanoseconds(received_at).ok()?;
        Some((received_at, reference.parse::<Reference>().ok()?.compact().to_owned()))
    };
    place().ok_or_else(|| StoreError::Failed("this is no place in the list".to_owned()))
}

fn list(
    connection: &mut Connection,
    tools: &Tools,
    filter: &QueueFilter,
    after: Option<Place>,
    limit: usize,
) -> Result<QueuePage, StoreError> {
    // Heads and their files of the same moment.
    let view = connection.transaction().map_err(crate::failure::store_error)?;
    let mut sql = format!("SELECT {HEAD_COLUMNS} FROM record WHERE erased_at IS NULL");
    let mut values = Vec::new();
    if let Some((received_at, reference)) = after {
        sql.push_str(" AND (received_at, reference) > (?, ?)");
        values.extend([Value::Integer(received_at), Value::Text(reference)]);
    }
    if let Some(form) = &filter.form {
        sql.push_str(" AND form = ?");
        values.push(Value::Text(form.clone()));
    }
    if !filter.stages.is_empty() {
        sql.push_str(" AND stage IN (?");
        sql.push_str(&", ?".repeat(filter.stages.len() - 1));
        sql.push(')');
        values.extend(filter.stages.iter().map(|stage| Value::Text(stage.name().to_owned())));
    }
    sql.push_str(" ORDER BY received_at, reference LIMIT ?");
    values.push(Value::Integer(sql_limit(limit.saturating_add(1))));
    let mut found = all(&view, &sql, rusqlite::params_from_iter(values), Found::read)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = match found.last().map(|found| &found.head) {
        Some(last) if more => {
            Some(format!("{}.{}", to_nanoseconds(last.received_at)?, last.reference.compact()))
        }
        _ => None,
    };
    let heads = found.into_iter().map(|found| found.whole(&view, tools)).collect::<Result<_, _>>()?;
    Ok(QueuePage { heads, next })
}
