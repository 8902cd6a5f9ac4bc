//! Messages that wait: claimed for a while, then delivered or due again.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, params};
use store::{OutboxEntry, StoreError, to_nanoseconds};

use crate::failure::store_error;

/// Claims the messages that have been due longest.
pub(crate) fn claim(
    connection: &mut Connection,
    now: Timestamp,
    lease: Duration,
    limit: usize,
) -> Result<Vec<OutboxEntry>, StoreError> {
    let now = to_nanoseconds(now)?;
    let lease_end = now.saturating_add(i64::try_from(lease.as_nanos()).unwrap_or(i64::MAX));
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
    let claimed = transaction
        .prepare_cached(
            "SELECT id, sealed, attempt + 1 FROM outbox
             WHERE delivered_at IS NULL AND next_attempt_at <= ?1 ORDER BY next_attempt_at LIMIT ?2",
        )
        .and_then(|mut statement| {
            let rows = statement.query_map(params![now, limit], |row| {
                Ok(OutboxEntry { id: row.get(0)?, sealed: row.get(1)?, attempt: row.get(2)? })
            })?;
            rows.collect::<Result<Vec<_>, _>>()
        })
        .map_err(store_error)?;
    for entry in &claimed {
        transaction
            .prepare_cached("UPDATE outbox SET attempt = ?2, next_attempt_at = ?3 WHERE id = ?1")
            .and_then(|mut statement| statement.execute(params![entry.id, entry.attempt, lease_end]))
            .map_err(store_error)?;
    }
    transaction.commit().map_err(store_error)?;
    Ok(claimed)
}

/// Takes a message out for ever; its bytes are overwritten.
pub(crate) fn delivered(connection: &Connection, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let now = to_nanoseconds(now)?;
    connection
        .prepare_cached(
            "UPDATE outbox SET delivered_at = ?2, sealed = NULL WHERE id = ?1 AND delivered_at IS NULL",
        )
        .and_then(|mut statement| statement.execute(params![id, now]))
        .map_err(store_error)?;
    Ok(())
}

/// Makes a message due at `next`, unless it was delivered meanwhile.
pub(crate) fn postponed(connection: &Connection, id: &str, next: Timestamp) -> Result<(), StoreError> {
    let next = to_nanoseconds(next)?;
    connection
        .prepare_cached("UPDATE outbox SET next_attempt_at = ?2 WHERE id = ?1 AND delivered_at IS NULL")
        .and_then(|mut statement| statement.execute(params![id, next]))
        .map_err(store_error)?;
    Ok(())
}
