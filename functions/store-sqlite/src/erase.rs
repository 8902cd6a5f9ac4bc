//! Taking a record's content away for ever; its reference, form and audit lines stay.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use store::{Changed, Erasure, Reference, StoreError, to_nanoseconds};

use crate::change::{add_line, forget_answers, refusal, use_up};
use crate::sql::{all, execute, moment, reference as reference_of};
use crate::vault::Worthless;
use crate::{SqliteStore, Tools, files, outbox, record};

pub(crate) fn erase(
    connection: &Connection,
    tools: &Tools,
    erasure: &Erasure,
) -> Result<Changed, StoreError> {
    let reference = &erasure.reference;
    let Some(found) = record::find(connection, reference)? else {
        return Ok(Changed::Missing);
    };
    if let Some(refusal) = refusal(connection, erasure.uses.as_ref(), erasure.version, &found.head)? {
        return Ok(refusal);
    }
    let version = found.head.version.saturating_add(1);
    remove_content(connection, reference)?;
    let at = to_nanoseconds(erasure.at)?;
    execute(
        connection,
        "INSERT INTO worthless_key (id, reference, at) VALUES (?1, ?2, ?3)",
        params![found.key_id, reference.compact(), at],
    )?;
    execute(
        connection,
        "UPDATE record SET fingerprint = '', language = '', facets = '{}', doubts = '[]', promised = NULL,
         notice = NULL, contact_key_id = NULL, contact_hash = NULL, contact_sealed = NULL,
         contact_confirmed_at = NULL, renewal_due_at = NULL, payload_sha256 = NULL,
         answers_key_id = '', answers_hash = '', record_key = '',
         version = ?2, changed_at = ?3, erased_at = ?3
         WHERE reference = ?1",
        params![reference.compact(), i64::try_from(version).unwrap_or(i64::MAX), at],
    )?;
    execute(
        connection,
        "INSERT INTO erasure (reference, at) VALUES (?1, ?2)",
        params![reference.compact(), at],
    )?;
    outbox::write(connection, None, reference, &erasure.messages, erasure.at)?;
    use_up(connection, erasure.uses.as_ref())?;
    add_line(connection, tools, reference, &erasure.event, erasure.at)?;
    Ok(Changed::Done(version))
}

fn remove_content(connection: &Connection, reference: &Reference) -> Result<(), StoreError> {
    files::remove_of_record(connection, reference)?;
    forget_answers(connection, reference)?;
    // The key stays used for ever, but it no longer tells whether somebody's answers were these.
    execute(
        connection,
        "UPDATE check_key SET answers_key_id = '', answers_hash = '' WHERE (key_id, hash) =
         (SELECT check_key_id, check_key_hash FROM record WHERE reference = ?1)",
        [reference.compact()],
    )?;
    for sql in [
        "DELETE FROM content WHERE reference = ?1",
        "DELETE FROM addition WHERE reference = ?1",
        "DELETE FROM parcel WHERE reference = ?1",
        "DELETE FROM message WHERE reference = ?1",
    ] {
        execute(connection, sql, [reference.compact()])?;
    }
    Ok(())
}

impl SqliteStore {
    /// Deletes the keys of what is erased by now. What a stop in between leaves, the next call deletes.
    pub(crate) async fn delete_keys(&self) -> Result<(), StoreError> {
        let tools = self.tools();
        let deleted = self
            .look(move |connection| {
                let worthless = worthless(connection)?;
                if !worthless.is_empty() {
                    tools.vault.delete(&worthless)?;
                }
                Ok(worthless)
            })
            .await?;
        if deleted.is_empty() {
            return Ok(());
        }
        self.write(move |connection| {
            for key in &deleted {
                execute(connection, "DELETE FROM worthless_key WHERE id = ?1", [&key.id])?;
            }
            Ok(())
        })
        .await
    }
}

/// Keys that are still to be deleted.
pub(crate) fn worthless(connection: &Connection) -> Result<Vec<Worthless>, StoreError> {
    all(connection, "SELECT id, reference, at FROM worthless_key", [], |row| {
        let at: Option<i64> = row.get("at")?;
        let erased =
            at.map(|at| Ok::<_, rusqlite::Error>((reference_of(row, "reference")?, at))).transpose()?;
        Ok(Worthless { id: row.get("id")?, erased })
    })
}

/// Erased references, oldest first.
pub(crate) fn journal(connection: &Connection) -> Result<Vec<(Reference, Timestamp)>, StoreError> {
    all(connection, "SELECT reference, at FROM erasure ORDER BY at, number", [], |row| {
        Ok((reference_of(row, "reference")?, moment(row, "at")?))
    })
}
