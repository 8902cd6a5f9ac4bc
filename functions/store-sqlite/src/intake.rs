//! Taking an arrival in: all of it or nothing.

use async_trait::async_trait;
use rusqlite::{Connection, params};
use store::{
    Arrival, AuditEntry, Doubles, EVENT_RECEIVED, Intake, Outcome, PAYLOAD_LIMIT_BYTES, ReceiptRecord,
    Reference, StoreError, payload_sha256, to_nanoseconds, utc_day,
};

use crate::sql::{
    date_if_any, execute, exists, json, moment, nanoseconds, one, reference as reference_of, unexpected,
};
use crate::vault::{Kind, RecordKey};
use crate::{SqliteStore, Tools};
use crate::{audit, change, files, outbox};

#[async_trait]
impl Intake for SqliteStore {
    async fn accept(&self, arrival: &Arrival) -> Result<Outcome, StoreError> {
        within_limit(&arrival.payload)?;
        arrival.parcels.iter().try_for_each(|parcel| within_limit(&parcel.sealed))?;
        let (arrival, tools) = (arrival.clone(), self.tools());
        self.write(move |connection| accept(connection, &tools, &arrival)).await
    }

    async fn receipt(&self, reference: &Reference) -> Result<Option<ReceiptRecord>, StoreError> {
        let reference = reference.clone();
        self.look(move |connection| {
            one(
                connection,
                "SELECT reference, form, language, received_at, stage, promised, payload_sha256 FROM record
                 WHERE reference = ?1 AND erased_at IS NULL",
                [reference.compact()],
                |row| {
                    Ok(ReceiptRecord {
                        reference: reference_of(row, "reference")?,
                        form: row.get("form")?,
                        language: row.get("language")?,
                        received_at: moment(row, "received_at")?,
                        stage: row.get::<_, String>("stage")?.parse().map_err(unexpected)?,
                        promised: date_if_any(row, "promised")?,
                        payload_sha256: row.get("payload_sha256")?,
                    })
                },
            )
        })
        .await
    }
}

/// Refuses sealed bytes that the other store could not take either.
pub(crate) fn within_limit(sealed: &[u8]) -> Result<(), StoreError> {
    if sealed.len() > PAYLOAD_LIMIT_BYTES {
        return Err(StoreError::Failed(format!("a payload is larger than {PAYLOAD_LIMIT_BYTES} bytes")));
    }
    Ok(())
}

/// Decides what an arrival is and, if it is new, writes it.
fn accept(connection: &Connection, tools: &Tools, arrival: &Arrival) -> Result<Outcome, StoreError> {
    if let Some(refusal) = refusal(connection, arrival)? {
        return Ok(refusal);
    }
    let key = tools.vault.fresh()?;
    write_record(connection, tools, &key, arrival)?;
    write_keys(connection, arrival)?;
    let reference = &arrival.reference;
    if let Some((_, ids)) = &arrival.files {
        files::attach(connection, reference, ids)?;
    }
    change::write_parcels(connection, &key, reference, &arrival.parcels)?;
    outbox::write(connection, Some(&key), reference, &arrival.messages, arrival.received_at)?;
    execute(
        connection,
        "INSERT INTO counter (form, day, accepted) VALUES (?1, ?2, 1)
         ON CONFLICT (form, day) DO UPDATE SET accepted = accepted + 1",
        params![arrival.form, utc_day(arrival.received_at).to_string()],
    )?;
    Ok(Outcome::Accepted)
}

fn refusal(connection: &Connection, arrival: &Arrival) -> Result<Option<Outcome>, StoreError> {
    if let Some(outcome) = check_key_used(connection, arrival)? {
        return Ok(Some(outcome));
    }
    if let Doubles::RefuseSince(since) = arrival.doubles {
        let since = to_nanoseconds(since)?;
        if let Some(reference) = equal_answers(connection, arrival, since)? {
            return Ok(Some(Outcome::Double(reference)));
        }
    }
    if let Some((batch, ids)) = &arrival.files
        && !files::all_wait(connection, batch, &arrival.form, ids)?
    {
        return Ok(Some(Outcome::FilesMissing));
    }
    let taken =
        exists(connection, "SELECT 1 FROM record WHERE reference = ?1", [arrival.reference.compact()])?;
    Ok(taken.then_some(Outcome::ReferenceTaken))
}

fn check_key_used(connection: &Connection, arrival: &Arrival) -> Result<Option<Outcome>, StoreError> {
    let (key, answers) = (&arrival.check_key, &arrival.answers);
    let found = one(
        connection,
        "SELECT reference, form = ?3 AND answers_key_id = ?4 AND answers_hash = ?5 AS same
         FROM check_key WHERE key_id = ?1 AND hash = ?2",
        params![key.key_id, key.hash, arrival.form, answers.key_id, answers.hash],
        |row| Ok((reference_of(row, "reference")?, row.get("same")?)),
    )?;
    Ok(found.map(|(reference, same)| if same { Outcome::Replayed(reference) } else { Outcome::KeyUsed }))
}

fn equal_answers(
    connection: &Connection,
    arrival: &Arrival,
    since: i64,
) -> Result<Option<Reference>, StoreError> {
    for answers in std::iter::once(&arrival.answers).chain(&arrival.answers_by_other_keys) {
        let found = one(
            connection,
            "SELECT reference FROM answers
             WHERE form = ?1 AND key_id = ?2 AND hash = ?3 AND received_at >= ?4",
            params![arrival.form, answers.key_id, answers.hash, since],
            |row| reference_of(row, "reference"),
        )?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

fn write_record(
    connection: &Connection,
    tools: &Tools,
    key: &RecordKey,
    arrival: &Arrival,
) -> Result<(), StoreError> {
    let reference = arrival.reference.compact();
    let received_at = to_nanoseconds(arrival.received_at)?;
    let line =
        AuditEntry::first(tools.audit.current(), &arrival.reference, EVENT_RECEIVED, arrival.received_at);
    execute(
        connection,
        "INSERT INTO record
         (reference, form, fingerprint, language, received_at, retention, facets, stage, stage_since, version,
          changed_at, promised, contact_key_id, contact_hash, contact_sealed, renewal_due_at, doubts,
          payload_sha256, check_key_id, check_key_hash, answers_key_id, answers_hash, record_key, audit_lines,
          audit_head)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?5, 1, ?5, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
                 ?19, ?20, 1, ?21)",
        params![
            reference,
            arrival.form,
            arrival.fingerprint,
            arrival.language,
            received_at,
            arrival.retention,
            json(&arrival.facets)?,
            arrival.stage.name(),
            arrival.promised.map(|date| date.to_string()),
            arrival.contact.as_ref().map(|contact| &contact.key_id),
            arrival.contact.as_ref().map(|contact| &contact.hash),
            encrypted(key, Kind::Contact, arrival.contact_sealed.as_deref())?,
            nanoseconds(arrival.renewal_due_at)?,
            json(&arrival.doubts)?,
            payload_sha256(&arrival.payload),
            arrival.check_key.key_id,
            arrival.check_key.hash,
            arrival.answers.key_id,
            arrival.answers.hash,
            key.id(),
            line.hash
        ],
    )?;
    execute(
        connection,
        "INSERT INTO content (reference, payload) VALUES (?1, ?2)",
        params![reference, key.encrypt(Kind::Payload, &arrival.payload)?],
    )?;
    audit::write(connection, &arrival.reference, &line)
}

/// Bytes that may be absent, as the record keeps them.
pub(crate) fn encrypted(
    key: &RecordKey,
    kind: Kind,
    bytes: Option<&[u8]>,
) -> Result<Option<Vec<u8>>, StoreError> {
    bytes.map(|bytes| key.encrypt(kind, bytes)).transpose()
}

fn write_keys(connection: &Connection, arrival: &Arrival) -> Result<(), StoreError> {
    let (key, answers) = (&arrival.check_key, &arrival.answers);
    execute(
        connection,
        "INSERT INTO check_key (key_id, hash, reference, form, answers_key_id, answers_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            key.key_id,
            key.hash,
            arrival.reference.compact(),
            arrival.form,
            answers.key_id,
            answers.hash
        ],
    )?;
    write_answers(connection, &arrival.reference, &arrival.form, answers, arrival.received_at)
}

/// From now on, these are the newest equal answers.
pub(crate) fn write_answers(
    connection: &Connection,
    reference: &Reference,
    form: &str,
    answers: &store::KeyedHash,
    at: jiff::Timestamp,
) -> Result<(), StoreError> {
    execute(
        connection,
        "INSERT OR REPLACE INTO answers (form, key_id, hash, reference, received_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![form, answers.key_id, answers.hash, reference.compact(), to_nanoseconds(at)?],
    )?;
    Ok(())
}
