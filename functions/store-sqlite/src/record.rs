//! Reading back: a head, a whole record, and how many there are.

use async_trait::async_trait;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};
use store::{Addition, Head, Record, Records, Reference, StoreError};

use crate::audit::{self, End};
use crate::sql::{
    all, date_if_any, from_json, hash_if_any, moment, moment_if_any, number, one, reference as reference_of,
    unexpected,
};
use crate::vault::{Kind, RecordKey};
use crate::{SqliteStore, Tools};
use crate::{files, outbox};

/// The columns that [`Found`] reads, of `record`.
pub(crate) const HEAD_COLUMNS: &str = "reference, form, fingerprint, language, received_at, retention, facets, \
     stage, stage_since, version, changed_at, promised, notice, contact_key_id, contact_hash, contact_sealed, \
     contact_confirmed_at, renewal_due_at, doubts, record_key";

#[async_trait]
impl Records for SqliteStore {
    async fn read(&self, reference: &Reference) -> Result<Option<Record>, StoreError> {
        let (reference, tools) = (reference.clone(), self.tools());
        self.look(move |connection| read(connection, &tools, &reference)).await
    }

    async fn count(&self, form: &str, day: Date) -> Result<u64, StoreError> {
        let form = form.to_owned();
        self.look(move |connection| count(connection, &form, day)).await
    }
}

/// The head of a record as its row holds it: without attachments, and with encrypted bytes.
pub(crate) struct Found {
    pub(crate) head: Head,
    /// The id of the record's key.
    pub(crate) key_id: String,
}

impl Found {
    /// Reads [`HEAD_COLUMNS`].
    pub(crate) fn read(row: &Row<'_>) -> Result<Self, rusqlite::Error> {
        Ok(Self { head: head_of(row)?, key_id: row.get("record_key")? })
    }

    /// The whole head. Where the key is gone, what it encrypted is gone, too.
    pub(crate) fn whole(self, connection: &Connection, tools: &Tools) -> Result<Head, StoreError> {
        let mut head = self.head;
        head.files = files::of_record(connection, &head.reference)?;
        if head.notice.is_some() || head.contact_sealed.is_some() {
            let key = tools.vault.key_if_any(&self.key_id)?;
            let open = |kind, bytes: Option<Vec<u8>>| match (&key, bytes) {
                (Some(key), Some(bytes)) => key.decrypt(kind, &bytes).map(Some),
                _ => Ok(None),
            };
            head.notice = open(Kind::Notice, head.notice)?;
            head.contact_sealed = open(Kind::Contact, head.contact_sealed)?;
        }
        Ok(head)
    }
}

/// A record that was not erased.
pub(crate) fn find(connection: &Connection, reference: &Reference) -> Result<Option<Found>, StoreError> {
    let sql = format!("SELECT {HEAD_COLUMNS} FROM record WHERE reference = ?1 AND erased_at IS NULL");
    one(connection, &sql, [reference.compact()], Found::read)
}

/// The head of a record that was not erased.
pub(crate) fn head(
    connection: &Connection,
    tools: &Tools,
    reference: &Reference,
) -> Result<Option<Head>, StoreError> {
    find(connection, reference)?.map(|found| found.whole(connection, tools)).transpose()
}

fn head_of(row: &Row<'_>) -> Result<Head, rusqlite::Error> {
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
fn read(
    connection: &mut Connection,
    tools: &Tools,
    reference: &Reference,
) -> Result<Option<Record>, StoreError> {
    // One transaction: without it, a line could be added between reading the head and reading the lines.
    let transaction = connection.transaction().map_err(crate::failure::store_error)?;
    let Some(found) = find(&transaction, reference)? else {
        return Ok(None);
    };
    let key = tools.vault.key(&found.key_id)?;
    let name = [reference.compact()];
    let payload: Vec<u8> =
        one(&transaction, "SELECT payload FROM content WHERE reference = ?1", name, |row| row.get(0))?
            .ok_or_else(|| StoreError::Corrupt("a record has no content".to_owned()))?;
    let end = one(
        &transaction,
        "SELECT audit_lines, audit_head FROM record WHERE reference = ?1",
        name,
        End::read,
    )?
    .ok_or_else(|| StoreError::Corrupt("a record has no audit trail".to_owned()))?;
    Ok(Some(Record {
        head: found.whole(&transaction, tools)?,
        payload: key.decrypt(Kind::Payload, &payload)?,
        additions: additions(&transaction, &key, reference)?,
        messages: outbox::of_record(&transaction, reference)?,
        audit: audit::read(&transaction, reference)?,
        audit_head: end.head,
    }))
}

fn additions(
    connection: &Connection,
    key: &RecordKey,
    reference: &Reference,
) -> Result<Vec<Addition>, StoreError> {
    let additions = all(
        connection,
        "SELECT kind, at, sealed FROM addition WHERE reference = ?1 ORDER BY number",
        [reference.compact()],
        |row| Ok(Addition { kind: row.get("kind")?, at: moment(row, "at")?, sealed: row.get("sealed")? }),
    )?;
    additions
        .into_iter()
        .map(|addition| Ok(Addition { sealed: key.decrypt(Kind::Addition, &addition.sealed)?, ..addition }))
        .collect()
}

/// How many submissions of a form were accepted on a UTC day.
fn count(connection: &Connection, form: &str, day: Date) -> Result<u64, StoreError> {
    let sql = "SELECT accepted FROM counter WHERE form = ?1 AND day = ?2";
    let accepted = one(connection, sql, params![form, day.to_string()], |row| number(row, 0))?;
    Ok(accepted.unwrap_or(0))
}
