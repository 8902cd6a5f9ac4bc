//! Taking an arrival in: one immediate transaction that writes everything or nothing.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use store::{
    Arrival, AuditEntry, Doubles, EVENT_RECEIVED, Outcome, PAYLOAD_LIMIT_BYTES, ReceiptRecord, Reference,
    StoreError, from_nanoseconds, to_nanoseconds, utc_day,
};

use crate::failure::store_error;

/// Decides what an arrival is and, if it is new, stores it; returns after the bytes are on the disk.
pub(crate) fn accept(connection: &mut Connection, arrival: &Arrival) -> Result<Outcome, StoreError> {
    if arrival.payload.len() > PAYLOAD_LIMIT_BYTES {
        return Err(StoreError::Failed(format!("a payload is larger than {PAYLOAD_LIMIT_BYTES} bytes")));
    }
    // Immediate: the look-ups already hold the write lock, so nobody can get between them and the writes.
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
    if let Some(refusal) = refusal(&transaction, arrival)? {
        return Ok(refusal);
    }
    write(&transaction, arrival)?;
    transaction.commit().map_err(store_error)?;
    Ok(Outcome::Accepted)
}

/// What the receipt of a reference may show.
pub(crate) fn receipt(
    connection: &Connection,
    reference: &Reference,
) -> Result<Option<ReceiptRecord>, StoreError> {
    let found = connection
        .prepare_cached("SELECT form, language, received_at FROM submission WHERE reference = ?1")
        .and_then(|mut statement| {
            statement
                .query_row([reference.compact()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
                .optional()
        })
        .map_err(store_error)?;
    found
        .map(|(form, language, received_at): (String, String, i64)| {
            let received_at = from_nanoseconds(received_at)?;
            Ok(ReceiptRecord { reference: reference.clone(), form, language, received_at })
        })
        .transpose()
}

fn refusal(transaction: &Transaction<'_>, arrival: &Arrival) -> Result<Option<Outcome>, StoreError> {
    if let Some(outcome) = check_key_used(transaction, arrival)? {
        return Ok(Some(outcome));
    }
    if let Doubles::RefuseSince(since) = arrival.doubles {
        let since = to_nanoseconds(since)?;
        if let Some(reference) = equal_answers(transaction, arrival, since)? {
            return Ok(Some(Outcome::Double(reference)));
        }
    }
    let taken = transaction
        .prepare_cached("SELECT 1 FROM submission WHERE reference = ?1")
        .and_then(|mut statement| statement.exists([arrival.reference.compact()]))
        .map_err(store_error)?;
    Ok(taken.then_some(Outcome::ReferenceTaken))
}

fn check_key_used(transaction: &Transaction<'_>, arrival: &Arrival) -> Result<Option<Outcome>, StoreError> {
    let found: Option<(String, bool)> = transaction
        .prepare_cached(
            "SELECT reference, form = ?3 AND answers_key_id = ?4 AND answers_hash = ?5
             FROM check_key WHERE key_id = ?1 AND hash = ?2",
        )
        .and_then(|mut statement| {
            let (key, answers) = (&arrival.check_key, &arrival.answers);
            statement
                .query_row(params![key.key_id, key.hash, arrival.form, answers.key_id, answers.hash], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()
        })
        .map_err(store_error)?;
    match found {
        None => Ok(None),
        Some((_, false)) => Ok(Some(Outcome::KeyUsed)),
        Some((reference, true)) => Ok(Some(Outcome::Replayed(stored_reference(&reference)?))),
    }
}

fn equal_answers(
    transaction: &Transaction<'_>,
    arrival: &Arrival,
    since: i64,
) -> Result<Option<Reference>, StoreError> {
    let found: Option<String> = transaction
        .prepare_cached(
            "SELECT reference FROM answers
             WHERE form = ?1 AND key_id = ?2 AND hash = ?3 AND received_at >= ?4",
        )
        .and_then(|mut statement| {
            let answers = &arrival.answers;
            statement
                .query_row(params![arrival.form, answers.key_id, answers.hash, since], |row| row.get(0))
                .optional()
        })
        .map_err(store_error)?;
    found.as_deref().map(stored_reference).transpose()
}

fn write(transaction: &Transaction<'_>, arrival: &Arrival) -> Result<(), StoreError> {
    let reference = arrival.reference.compact();
    let received_at = to_nanoseconds(arrival.received_at)?;
    let audit = AuditEntry::first(&arrival.reference, EVENT_RECEIVED, arrival.received_at);
    let facets = serde_json::to_string(&arrival.facets)
        .map_err(|_| StoreError::Failed("the facets cannot be written".to_owned()))?;
    let (key, answers) = (&arrival.check_key, &arrival.answers);
    let execute = |sql: &str, values: &[&dyn rusqlite::ToSql]| {
        transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(store_error)
    };
    execute(
        "INSERT INTO submission
         (reference, form, fingerprint, language, received_at, payload, facets, audit_head)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            reference,
            arrival.form,
            arrival.fingerprint,
            arrival.language,
            received_at,
            arrival.payload,
            facets,
            audit.hash
        ],
    )?;
    execute(
        "INSERT INTO check_key (key_id, hash, reference, form, answers_key_id, answers_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![key.key_id, key.hash, reference, arrival.form, answers.key_id, answers.hash],
    )?;
    execute(
        "INSERT OR REPLACE INTO answers (form, key_id, hash, reference, received_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![arrival.form, answers.key_id, answers.hash, reference, received_at],
    )?;
    execute(
        "INSERT INTO audit (reference, sequence, event, at, previous, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            reference,
            i64::try_from(audit.sequence).unwrap_or(i64::MAX),
            audit.event,
            received_at,
            audit.previous,
            audit.hash
        ],
    )?;
    for message in &arrival.messages {
        execute(
            "INSERT INTO outbox (id, reference, sealed, attempt, next_attempt_at) VALUES (?1, ?2, ?3, 0, ?4)",
            params![message.id, reference, message.sealed, received_at],
        )?;
    }
    let day = utc_day(arrival.received_at).to_string();
    execute(
        "INSERT INTO counter (form, day, accepted) VALUES (?1, ?2, 1)
         ON CONFLICT (form, day) DO UPDATE SET accepted = accepted + 1",
        params![arrival.form, day],
    )?;
    Ok(())
}

fn stored_reference(text: &str) -> Result<Reference, StoreError> {
    text.parse().map_err(|_| StoreError::Corrupt("a stored reference is none".to_owned()))
}
