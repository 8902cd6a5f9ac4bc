//! Regular work: limits, sweeps, what is due, and the signed state of the audit chains.

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};
use store::{
    Chain, Checkpoint, CheckpointDigest, KeyedHash, Reference, Signing, Stage, StoreError, Swept, Throttle,
    Trigger, Upkeep, to_nanoseconds,
};

use crate::SqliteStore;
use crate::sql::{all, execute, limit as sql_limit, moment, number, one, reference as reference_of};
use crate::{audit, files};

/// How many chains are in memory at once.
const CHAINS_AT_ONCE: usize = 500;

#[async_trait]
impl Throttle for SqliteStore {
    async fn attempt(&self, bucket: &KeyedHash, window_end: Timestamp) -> Result<u32, StoreError> {
        let (bucket, window_end) = (bucket.clone(), to_nanoseconds(window_end)?);
        self.write(move |connection| {
            let attempts = one(
                connection,
                "INSERT INTO throttle (key_id, hash, window_end, attempts) VALUES (?1, ?2, ?3, 1)
                 ON CONFLICT (key_id, hash, window_end) DO UPDATE SET attempts = min(attempts + 1, 4294967295)
                 RETURNING attempts",
                params![bucket.key_id, bucket.hash, window_end],
                |row| number(row, 0),
            )?;
            attempts.ok_or_else(|| StoreError::Corrupt("an attempt was not counted".to_owned()))
        })
        .await
    }
}

#[async_trait]
impl Upkeep for SqliteStore {
    async fn sweep(&self, now: Timestamp, staged_before: Timestamp) -> Result<Swept, StoreError> {
        let (now, staged_before) = (to_nanoseconds(now)?, to_nanoseconds(staged_before)?);
        let swept = self.write(move |connection| sweep(connection, now, staged_before)).await?;
        self.delete_keys().await?;
        Ok(swept)
    }

    async fn expired(
        &self,
        class: &str,
        trigger: Trigger,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Reference>, StoreError> {
        let (class, before) = (class.to_owned(), to_nanoseconds(before)?);
        self.look(move |connection| expired(connection, &class, trigger, before, limit)).await
    }

    async fn renewals_due(&self, now: Timestamp, limit: usize) -> Result<Vec<Reference>, StoreError> {
        let now = to_nanoseconds(now)?;
        self.look(move |connection| {
            all(
                connection,
                "SELECT reference FROM record WHERE renewal_due_at <= ?1 AND erased_at IS NULL
                 ORDER BY renewal_due_at, reference LIMIT ?2",
                params![now, sql_limit(limit)],
                |row| reference_of(row, "reference"),
            )
        })
        .await
    }

    async fn chains(&self, after: Option<&Reference>, limit: usize) -> Result<Vec<Chain>, StoreError> {
        let after = after.cloned();
        self.look(move |connection| {
            let view = connection.transaction().map_err(crate::failure::store_error)?;
            chains(&view, after.as_ref(), limit)
        })
        .await
    }

    /// All at once: a chain takes microseconds here.
    async fn checkpoint(
        &self,
        now: Timestamp,
        _may_go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Signing, StoreError> {
        let tools = self.tools();
        self.write(move |connection| {
            let previous = checkpoints(connection)?.pop();
            let mut digest = CheckpointDigest::start(tools.audit.current(), previous.as_ref(), now);
            let mut after = None;
            loop {
                let part = chains(connection, after.as_ref(), CHAINS_AT_ONCE)?;
                part.iter().for_each(|chain| digest.add(chain));
                match part.into_iter().next_back() {
                    Some(last) => after = Some(last.reference),
                    None => break,
                }
            }
            let checkpoint = digest.finish();
            execute(
                connection,
                "INSERT INTO checkpoint (at, chains, key_id, hash) VALUES (?1, ?2, ?3, ?4)",
                params![
                    to_nanoseconds(checkpoint.at)?,
                    i64::try_from(checkpoint.chains).unwrap_or(i64::MAX),
                    checkpoint.digest.key_id,
                    checkpoint.digest.hash
                ],
            )?;
            Ok(Signing::Done(checkpoint))
        })
        .await
    }

    async fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        self.look(|connection| checkpoints(connection)).await
    }
}

fn sweep(connection: &Connection, now: i64, staged_before: i64) -> Result<Swept, StoreError> {
    let remove = |sql: &str| execute(connection, sql, [now]).map(|removed| removed as u64);
    Ok(Swept {
        staged_files: files::remove_staged_before(connection, staged_before)?,
        parcels: remove("DELETE FROM parcel WHERE expires_at <= ?1")?,
        tokens: remove("DELETE FROM used_token WHERE useless_from <= ?1")?,
        windows: remove("DELETE FROM throttle WHERE window_end <= ?1")?,
    })
}

fn expired(
    connection: &Connection,
    class: &str,
    trigger: Trigger,
    before: i64,
    limit: usize,
) -> Result<Vec<Reference>, StoreError> {
    let column = match trigger {
        Trigger::Received => "received_at",
        Trigger::Closed => "stage_since",
        Trigger::LastChange => "changed_at",
    };
    let mut sql =
        format!("SELECT reference FROM record WHERE retention = ?1 AND {column} <= ?2 AND erased_at IS NULL");
    if trigger == Trigger::Closed {
        let names: Vec<_> = Stage::ALL
            .into_iter()
            .filter(|stage| stage.is_final())
            .map(|stage| format!("'{}'", stage.name()))
            .collect();
        sql.push_str(&format!(" AND stage IN ({})", names.join(", ")));
    }
    sql.push_str(&format!(" ORDER BY {column}, reference LIMIT ?3"));
    all(connection, &sql, params![class, before, sql_limit(limit)], |row| reference_of(row, "reference"))
}

fn chains(
    connection: &Connection,
    after: Option<&Reference>,
    limit: usize,
) -> Result<Vec<Chain>, StoreError> {
    let ends = all(
        connection,
        "SELECT reference, audit_head FROM record WHERE reference > ?1 ORDER BY reference LIMIT ?2",
        params![after.map_or("", Reference::compact), sql_limit(limit)],
        |row| Ok((reference_of(row, "reference")?, row.get("audit_head")?)),
    )?;
    ends.into_iter()
        .map(|(reference, head)| Ok(Chain { lines: audit::read(connection, &reference)?, reference, head }))
        .collect()
}

fn checkpoints(connection: &Connection) -> Result<Vec<Checkpoint>, StoreError> {
    all(connection, "SELECT at, chains, key_id, hash FROM checkpoint ORDER BY number", [], checkpoint_of)
}

fn checkpoint_of(row: &Row<'_>) -> Result<Checkpoint, rusqlite::Error> {
    Ok(Checkpoint {
        at: moment(row, "at")?,
        chains: number(row, "chains")?,
        digest: KeyedHash { key_id: row.get("key_id")?, hash: row.get("hash")? },
    })
}
