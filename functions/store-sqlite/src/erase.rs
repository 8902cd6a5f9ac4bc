//! Taking a record's content away for ever; its reference, form and audit lines stay.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use sealing::HashKey;
use store::{Changed, Erasure, Reference, StoreError, to_nanoseconds};

use crate::change::{add_line, forget_answers, refusal, use_up};
use crate::sql::{all, execute, moment, reference as reference_of};
use crate::{files, outbox, record};

pub(crate) fn erase(
    connection: &Connection,
    key: &HashKey,
    erasure: &Erasure,
) -> Result<Changed, StoreError> {
    let reference = &erasure.reference;
    let Some(head) = record::head(connection, reference)? else {
        return Ok(Changed::Missing);
    };
    if let Some(refusal) = refusal(connection, erasure.uses.as_ref(), erasure.version, &head)? {
        return Ok(refusal);
    }
    let version = head.version.saturating_add(1);
    remove_content(connection, reference)?;
    let at = to_nanoseconds(erasure.at)?;
    execute(
        connection,
        "UPDATE record SET fingerprint = '', language = '', facets = '{}', doubts = '[]', promised = NULL,
         notice = NULL, contact_key_id = NULL, contact_hash = NULL, contact_sealed = NULL,
         contact_confirmed_at = NULL, renewal_due_at = NULL, answers_key_id = '', answers_hash = '',
         version = ?2, changed_at = ?3, erased_at = ?3
         WHERE reference = ?1",
        params![reference.compact(), i64::try_from(version).unwrap_or(i64::MAX), at],
    )?;
    execute(
        connection,
        "INSERT INTO erasure (reference, at) VALUES (?1, ?2)",
        params![reference.compact(), at],
    )?;
    outbox::write(connection, reference, &erasure.messages, erasure.at)?;
    use_up(connection, erasure.uses.as_ref())?;
    add_line(connection, key, reference, &erasure.event, erasure.at)?;
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

/// Erased references, oldest first.
pub(crate) fn journal(connection: &Connection) -> Result<Vec<(Reference, Timestamp)>, StoreError> {
    all(connection, "SELECT reference, at FROM erasure ORDER BY at, number", [], |row| {
        Ok((reference_of(row, "reference")?, moment(row, "at")?))
    })
}
