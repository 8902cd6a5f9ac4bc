//! Reading back: a head, a whole record, and how many there are.

use async_trait::async_trait;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};
use store::{Addition, Head, Record, Records, Reference, StoreError};

use crate::SqliteStore;
use crate::audit::{self, End};
use crate::sql::{
    all, date_if_any, from_json, hash_if_any, moment, moment_if_any, number, one, reference as reference_of,
    unexpected,
};
use crate::{files, outbox};

/// The columns that [`head_of`] reads, of `record`.
pub(crate) const HEAD_COLUMNS: &str = "reference, form, fingerprint, language, received_at, retention, facets, \
     stage, stage_since, version, changed_at, promised, notice, contact_key_id, contact_hash, contact_sealed, \
     contact_confirmed_at, renewal_due_at, doubts";

#[async_trait]
impl Records for SqliteStore {
    async fn read(&self, reference: &Reference) -> Result<Option<Record>, StoreError> {
        let reference = reference.clone();
        self.look(move |connection| read(connection, &reference)).await
    }

    async fn count(&self, form: &str, day: Date) -> Result<u64, StoreError> {
        let form = form.to_owned();
        self.look(move |connection| count(connection, &form, day)).await
    }
}

/// The head of a record that was not erased.
pub(crate) fn head(connection: &Connection, reference: &Reference) -> Result<Option<Head>, StoreError> {
    let sql = format!("SELECT {HEAD_COLUMNS} FROM record WHERE reference = ?1 AND erased_at IS NULL");
    one(connection, &sql, [reference.compact()], head_of)?
        .map(|head| with_files(connection, head))
        .transpose()
}

/// Adds the record's attachments to a head without them.
pub(crate) fn with_files(connection: &Connection, mut head: Head) -> Result<Head, StoreError> {
    head.files = files::of_record(connection, &head.reference)?;
    Ok(head)
}

/// A head as its row holds it: without attachments.
pub(crate) fn head_of(row: &Row<'_>) -> Result<Head, rusqlite::Error> {
    Ok(Head {
        reference: reference_of(row, "reference")?,
        form: row.get("form")?,
        fingerprint: row.get("fingerprint")?,
        language: row.get("language")?,
        received_at: moment(row, "received_at")?,
        retention: row.get("retention")?,
        facets: from_json(row, "facets")?,
        stage: row.get::<_, String>("stage")?.parse().map_err(unexpected)?,
        stage_since: moment(row, "stage_since")?,
        version: number(row, "version")?,
        changed_at: moment(row, "changed_at")?,
        promised: date_if_any(row, "promised")?,
        notice: row.get("notice")?,
        contact: hash_if_any(row, "contact_key_id", "contact_hash")?,
        contact_sealed: row.get("contact_sealed")?,
        contact_confirmed_at: moment_if_any(row, "contact_confirmed_at")?,
        renewal_due_at: moment_if_any(row, "renewal_due_at")?,
        doubts: from_json(row, "doubts")?,
        files: Vec::new(),
    })
}

/// A record and its audit trail, both of the same moment.
fn read(connection: &mut Connection, reference: &Reference) -> Result<Option<Record>, StoreError> {
    // One transaction: without it, a line could be added between reading the head and reading the lines.
    let transaction = connection.transaction().map_err(crate::failure::store_error)?;
    let Some(head) = head(&transaction, reference)? else {
        return Ok(None);
    };
    let key = [reference.compact()];
    let payload =
        one(&transaction, "SELECT payload FROM content WHERE reference = ?1", key, |row| row.get(0))?
            .ok_or_else(|| StoreError::Corrupt("a record has no content".to_owned()))?;
    let end =
        one(&transaction, "SELECT audit_lines, audit_head FROM record WHERE reference = ?1", key, End::read)?
            .ok_or_else(|| StoreError::Corrupt("a record has no audit trail".to_owned()))?;
    Ok(Some(Record {
        head,
        payload,
        additions: additions(&transaction, reference)?,
        messages: outbox::of_record(&transaction, reference)?,
        audit: audit::read(&transaction, reference)?,
        audit_head: end.head,
    }))
}

fn additions(connection: &Connection, reference: &Reference) -> Result<Vec<Addition>, StoreError> {
    all(
        connection,
        "SELECT kind, at, sealed FROM addition WHERE reference = ?1 ORDER BY number",
        [reference.compact()],
        |row| Ok(Addition { kind: row.get("kind")?, at: moment(row, "at")?, sealed: row.get("sealed")? }),
    )
}

/// How many submissions of a form were accepted on a UTC day.
fn count(connection: &Connection, form: &str, day: Date) -> Result<u64, StoreError> {
    let sql = "SELECT accepted FROM counter WHERE form = ?1 AND day = ?2";
    let accepted = one(connection, sql, params![form, day.to_string()], |row| number(row, 0))?;
    Ok(accepted.unwrap_or(0))
}
