//! Audit lines: written with the change that they tell of, read back whole.

use rusqlite::{Connection, Row, params};
use sealing::HashKey;
use store::{AuditEntry, Reference, StoreError, to_nanoseconds};

use crate::sql::{all, execute, moment, number};

/// Writes a line that [`AuditEntry::first`] or [`AuditEntry::line`] made.
pub(crate) fn write(
    connection: &Connection,
    reference: &Reference,
    line: &AuditEntry,
) -> Result<(), StoreError> {
    execute(
        connection,
        "INSERT INTO audit_line (reference, sequence, event, at, previous, key_id, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            reference.compact(),
            i64::try_from(line.sequence).unwrap_or(i64::MAX),
            line.event,
            to_nanoseconds(line.at)?,
            line.previous,
            line.key_id,
            line.hash
        ],
    )?;
    Ok(())
}

/// Where a chain ends.
pub(crate) struct End {
    pub(crate) lines: u64,
    pub(crate) head: String,
}

impl End {
    /// Reads `audit_lines` and `audit_head` of a record.
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self { lines: number(row, "audit_lines")?, head: row.get("audit_head")? })
    }

    /// The line after the end.
    pub(crate) fn next(
        &self,
        key: &HashKey,
        reference: &Reference,
        event: &str,
        at: jiff::Timestamp,
    ) -> AuditEntry {
        AuditEntry::line(key, reference, self.lines.saturating_add(1), event, at, &self.head)
    }
}

/// A chain, oldest line first.
pub(crate) fn read(connection: &Connection, reference: &Reference) -> Result<Vec<AuditEntry>, StoreError> {
    all(
        connection,
        "SELECT sequence, event, at, previous, key_id, hash FROM audit_line
         WHERE reference = ?1 ORDER BY sequence",
        [reference.compact()],
        line,
    )
}

fn line(row: &Row<'_>) -> Result<AuditEntry, rusqlite::Error> {
    Ok(AuditEntry {
        sequence: number(row, "sequence")?,
        event: row.get("event")?,
        at: moment(row, "at")?,
        previous: row.get("previous")?,
        key_id: row.get("key_id")?,
        hash: row.get("hash")?,
    })
}
