//! Messages that wait: claimed for a while, then delivered, due again, or given up.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use store::{
    FailedMessage, MessageState, MessageStatus, NewMessage, Outbox, OutboxEntry, Reference, StoreError,
    to_nanoseconds,
};

use crate::sql::{
    all, execute, exists, limit as sql_limit, moment_if_any, number, reference as reference_of,
};
use crate::vault::{Kind, RecordKey};
use crate::{SqliteStore, Tools};

const STATUS_COLUMNS: &str = "id, reference, attempt, delivered_at, given_up_at, bounced_at, reason";

#[async_trait]
impl Outbox for SqliteStore {
    async fn claim(
        &self,
        now: Timestamp,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<OutboxEntry>, StoreError> {
        let (now, lease_end) = leased(now, lease)?;
        // An empty look is no write: a worker that looks often does not wake the disk.
        if !self.look(move |connection| any_due(connection, now)).await? {
            return Ok(Vec::new());
        }
        let tools = self.tools();
        self.write(move |connection| claim(connection, &tools, None, now, lease_end, limit)).await
    }

    async fn claim_one(
        &self,
        id: &str,
        now: Timestamp,
        lease: Duration,
    ) -> Result<Option<OutboxEntry>, StoreError> {
        let (now, lease_end) = leased(now, lease)?;
        let (id, tools) = (id.to_owned(), self.tools());
        let claimed = self.write(move |connection| claim(connection, &tools, Some(&id), now, lease_end, 1));
        Ok(claimed.await?.pop())
    }

    async fn delivered(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        self.update(
            "UPDATE message SET delivered_at = ?2, sealed = NULL, given_up_at = NULL, reason = NULL
             WHERE id = ?1 AND delivered_at IS NULL",
            id,
            now,
            None,
        )
        .await?;
        Ok(())
    }

    async fn postponed(&self, id: &str, next: Timestamp) -> Result<(), StoreError> {
        self.update(
            "UPDATE message SET next_attempt_at = ?2
             WHERE id = ?1 AND delivered_at IS NULL AND given_up_at IS NULL",
            id,
            next,
            None,
        )
        .await?;
        Ok(())
    }

    async fn given_up(&self, id: &str, now: Timestamp, reason: &str) -> Result<(), StoreError> {
        self.update(
            "UPDATE message SET given_up_at = ?2, reason = ?3
             WHERE id = ?1 AND delivered_at IS NULL AND given_up_at IS NULL",
            id,
            now,
            Some(reason),
        )
        .await?;
        Ok(())
    }

    async fn retry(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        self.update(
            "UPDATE message SET given_up_at = NULL, reason = NULL, attempt = 0, next_attempt_at = ?2
             WHERE id = ?1 AND given_up_at IS NOT NULL",
            id,
            now,
            None,
        )
        .await
    }

    async fn bounced(&self, id: &str, now: Timestamp, reason: &str) -> Result<bool, StoreError> {
        self.update(
            "UPDATE message SET bounced_at = ?2, reason = ?3, delivered_at = coalesce(delivered_at, ?2),
                 sealed = NULL, given_up_at = NULL
             WHERE id = ?1 AND (delivered_at IS NOT NULL OR attempt > 0) AND bounced_at IS NULL",
            id,
            now,
            Some(reason),
        )
        .await?;
        let id = id.to_owned();
        self.look(move |connection| exists(connection, "SELECT 1 FROM message WHERE id = ?1", [id])).await
    }

    async fn failed(&self, limit: usize) -> Result<Vec<FailedMessage>, StoreError> {
        self.look(move |connection| {
            let sql = format!(
                "SELECT {STATUS_COLUMNS} FROM message WHERE given_up_at IS NOT NULL OR bounced_at IS NOT NULL
                 ORDER BY coalesce(bounced_at, given_up_at) DESC, number DESC LIMIT ?1"
            );
            all(connection, &sql, [sql_limit(limit)], |row| {
                Ok(FailedMessage { message: status(row)?, reference: reference_of(row, "reference")? })
            })
        })
        .await
    }
}

impl SqliteStore {
    /// Changes one message (`?1` its id, `?2` a moment, `?3` a reason); false if the statement changed none.
    async fn update(
        &self,
        sql: &'static str,
        id: &str,
        moment: Timestamp,
        reason: Option<&str>,
    ) -> Result<bool, StoreError> {
        let moment = to_nanoseconds(moment)?;
        let (id, reason) = (id.to_owned(), reason.map(str::to_owned));
        self.write(move |connection| {
            let changed = match &reason {
                Some(reason) => execute(connection, sql, params![id, moment, reason])?,
                None => execute(connection, sql, params![id, moment])?,
            };
            Ok(changed > 0)
        })
        .await
    }
}

/// Adds messages of a record, due at once. Without its key, they outlive the record.
pub(crate) fn write(
    connection: &Connection,
    key: Option<&RecordKey>,
    reference: &Reference,
    messages: &[NewMessage],
    due: Timestamp,
) -> Result<(), StoreError> {
    let due = to_nanoseconds(due)?;
    for message in messages {
        let sealed = match key {
            Some(key) => key.encrypt(Kind::Message, &message.sealed)?,
            None => message.sealed.clone(),
        };
        execute(
            connection,
            "INSERT INTO message (id, reference, record_key, sealed, attempt, next_attempt_at)
             VALUES (?1, ?2, ?3, ?4, 0, ?5)",
            params![message.id, reference.compact(), key.map_or("", RecordKey::id), sealed, due],
        )?;
    }
    Ok(())
}

/// What became of a record's messages, oldest first.
pub(crate) fn of_record(
    connection: &Connection,
    reference: &Reference,
) -> Result<Vec<MessageStatus>, StoreError> {
    let sql = format!("SELECT {STATUS_COLUMNS} FROM message WHERE reference = ?1 ORDER BY number");
    all(connection, &sql, [reference.compact()], status)
}

fn any_due(connection: &Connection, now: i64) -> Result<bool, StoreError> {
    exists(
        connection,
        "SELECT 1 FROM message
         WHERE delivered_at IS NULL AND given_up_at IS NULL AND next_attempt_at <= ?1",
        [now],
    )
}

fn leased(now: Timestamp, lease: Duration) -> Result<(i64, i64), StoreError> {
    let now = to_nanoseconds(now)?;
    Ok((now, now.saturating_add(i64::try_from(lease.as_nanos()).unwrap_or(i64::MAX))))
}

/// Claims the messages that have been due longest; only the one with the id, where one is given.
fn claim(
    connection: &Connection,
    tools: &Tools,
    id: Option<&str>,
    now: i64,
    lease_end: i64,
    limit: usize,
) -> Result<Vec<OutboxEntry>, StoreError> {
    let claimed: Vec<(String, OutboxEntry)> = all(
        connection,
        "SELECT id, record_key, sealed, attempt + 1 AS attempt FROM message
         WHERE delivered_at IS NULL AND given_up_at IS NULL AND next_attempt_at <= ?1
           AND (?3 IS NULL OR id = ?3)
         ORDER BY next_attempt_at LIMIT ?2",
        params![now, sql_limit(limit), id],
        |row| {
            let (id, sealed) = (row.get("id")?, row.get("sealed")?);
            Ok((row.get("record_key")?, OutboxEntry { id, sealed, attempt: number(row, "attempt")? }))
        },
    )?;
    let mut opened = Vec::with_capacity(claimed.len());
    for (key_id, mut entry) in claimed {
        execute(
            connection,
            "UPDATE message SET attempt = ?2, next_attempt_at = ?3 WHERE id = ?1",
            params![entry.id, entry.attempt, lease_end],
        )?;
        if !key_id.is_empty() {
            // Without its key, nobody can send it: it is claimed, and stays where it is.
            let Some(key) = tools.vault.key_if_any(&key_id)? else { continue };
            entry.sealed = key.decrypt(Kind::Message, &entry.sealed)?;
        }
        opened.push(entry);
    }
    Ok(opened)
}

fn status(row: &Row<'_>) -> Result<MessageStatus, rusqlite::Error> {
    let reason = || Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>("reason")?.unwrap_or_default());
    let state = if let Some(at) = moment_if_any(row, "bounced_at")? {
        MessageState::Bounced { at, reason: reason()? }
    } else if let Some(at) = moment_if_any(row, "delivered_at")? {
        MessageState::Delivered(at)
    } else if let Some(at) = moment_if_any(row, "given_up_at")? {
        MessageState::GivenUp { at, reason: reason()? }
    } else {
        MessageState::Waiting { attempts: number(row, "attempt")? }
    };
    Ok(MessageStatus { id: row.get("id")?, state })
}
