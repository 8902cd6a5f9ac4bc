//! Reading back: a whole record, and how many there are.

use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Row, params};
use store::{AuditEntry, ReceiptRecord, Record, Reference, StoreError, from_nanoseconds};

use crate::failure::store_error;

/// A submission and its audit trail, both of the same moment.
pub(crate) fn read(connection: &mut Connection, reference: &Reference) -> Result<Option<Record>, StoreError> {
    // One transaction: without it, a line could be added between reading the head and reading the lines.
    let transaction = connection.transaction().map_err(store_error)?;
    let Some(columns) = transaction
        .prepare_cached(
            "SELECT form, fingerprint, language, received_at, payload, facets, audit_head
             FROM submission WHERE reference = ?1",
        )
        .and_then(|mut statement| statement.query_row([reference.compact()], Columns::read).optional())
        .map_err(store_error)?
    else {
        return Ok(None);
    };
    let audit = audit(&transaction, reference)?;
    columns.record(reference, audit).map(Some)
}

/// How many submissions of a form were accepted on a UTC day.
pub(crate) fn count(connection: &Connection, form: &str, day: Date) -> Result<u64, StoreError> {
    let accepted: Option<i64> = connection
        .prepare_cached("SELECT accepted FROM counter WHERE form = ?1 AND day = ?2")
        .and_then(|mut statement| {
            statement.query_row(params![form, day.to_string()], |row| row.get(0)).optional()
        })
        .map_err(store_error)?;
    u64::try_from(accepted.unwrap_or(0)).map_err(|_| StoreError::Corrupt("a counter is negative".to_owned()))
}

struct Columns {
    form: String,
    fingerprint: String,
    language: String,
    received_at: i64,
    payload: Vec<u8>,
    facets: String,
    audit_head: String,
}

impl Columns {
    fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self {
            form: row.get(0)?,
            fingerprint: row.get(1)?,
            language: row.get(2)?,
            received_at: row.get(3)?,
            payload: row.get(4)?,
            facets: row.get(5)?,
            audit_head: row.get(6)?,
        })
    }

    fn record(self, reference: &Reference, audit: Vec<AuditEntry>) -> Result<Record, StoreError> {
        Ok(Record {
            receipt: ReceiptRecord {
                reference: reference.clone(),
                form: self.form,
                language: self.language,
                received_at: from_nanoseconds(self.received_at)?,
            },
            fingerprint: self.fingerprint,
            payload: self.payload,
            facets: serde_json::from_str(&self.facets)
                .map_err(|_| StoreError::Corrupt("stored facets are not JSON".to_owned()))?,
            audit,
            audit_head: self.audit_head,
        })
    }
}

fn audit(connection: &Connection, reference: &Reference) -> Result<Vec<AuditEntry>, StoreError> {
    let lines = connection
        .prepare_cached(
            "SELECT sequence, event, at, previous, hash FROM audit WHERE reference = ?1 ORDER BY sequence",
        )
        .and_then(|mut statement| {
            let rows = statement.query_map([reference.compact()], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })?;
            rows.collect::<Result<Vec<(i64, String, i64, String, String)>, _>>()
        })
        .map_err(store_error)?;
    lines
        .into_iter()
        .map(|(sequence, event, at, previous, hash)| {
            let sequence = u64::try_from(sequence)
                .map_err(|_| StoreError::Corrupt("an audit line has a negative number".to_owned()))?;
            Ok(AuditEntry { sequence, event, at: from_nanoseconds(at)?, previous, hash })
        })
        .collect()
}
