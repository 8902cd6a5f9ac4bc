//! The items that arrivals, changes and erasures write beside the submission.

use jiff::Timestamp;
use sealing::HashKey;
use store::{
    Addition, AuditEntry, KeyedHash, NewMessage, PAYLOAD_LIMIT_BYTES, Parcel, Reference, StoreError,
};

use crate::item::{Attributes, Reader, bytes, expiring, item, moment, number, text};
use crate::keys::{self, Key, NEXT_ATTEMPT_AT, OUTBOX_SHARD, OUTBOX_SHARDS};
use crate::transaction::{Purpose, Transaction};

/// A line of the audit chain.
pub(crate) fn audit_line(reference: &Reference, line: &AuditEntry) -> Result<Attributes, StoreError> {
    Ok(item(
        Key::audit(reference, line.sequence),
        [
            ("sequence", number(line.sequence)),
            ("event", text(&line.event)),
            ("at", moment(line.at)?),
            ("previous", text(&line.previous)),
            ("key_id", text(&line.key_id)),
            ("hash", text(&line.hash)),
        ],
    ))
}

/// The line of the audit chain that follows a submission's last.
pub(crate) fn next_line(
    key: &HashKey,
    reference: &Reference,
    submission: &Reader<'_>,
    event: &str,
    at: Timestamp,
) -> Result<AuditEntry, StoreError> {
    let sequence = submission.number::<u64>("audit_lines")?.saturating_add(1);
    let previous = submission.text("audit_head")?;
    Ok(AuditEntry::line(key, reference, sequence, event, at, &previous))
}

/// Messages that are due at once.
pub(crate) fn messages(
    transaction: &mut Transaction<'_>,
    reference: &Reference,
    messages: &[NewMessage],
    at: Timestamp,
) -> Result<(), StoreError> {
    for message in messages {
        let shard = keys::shard_of(&message.id, 0, OUTBOX_SHARDS);
        let attributes = [
            ("reference", text(reference.compact())),
            ("sealed", bytes(&message.sealed)),
            ("attempt", number(0)),
            (OUTBOX_SHARD, text(keys::outbox_shard(shard))),
            (NEXT_ATTEMPT_AT, moment(at)?),
        ];
        transaction.put_new(Purpose::Id, item(Key::message(&message.id), attributes))?;
    }
    Ok(())
}

/// Bytes for the applicant.
pub(crate) fn parcels(
    transaction: &mut Transaction<'_>,
    reference: &Reference,
    parcels: &[Parcel],
) -> Result<(), StoreError> {
    for parcel in parcels {
        let attributes = [
            ("reference", text(reference.compact())),
            ("sealed", bytes(small_enough(&parcel.sealed)?)),
            ("expires_at", moment(parcel.expires_at)?),
        ];
        let mut parcel_item = item(Key::parcel(&parcel.id), attributes);
        parcel_item.extend(expiring(&parcel.id.hash, parcel.expires_at)?);
        transaction.put_new(Purpose::Id, parcel_item)?;
    }
    Ok(())
}

/// What came later, sealed to the desk.
pub(crate) fn additions(
    transaction: &mut Transaction<'_>,
    reference: &Reference,
    version: u64,
    additions: &[Addition],
) -> Result<(), StoreError> {
    for (number, addition) in additions.iter().enumerate() {
        let attributes = [
            ("kind", text(&addition.kind)),
            ("at", moment(addition.at)?),
            ("sealed", bytes(small_enough(&addition.sealed)?)),
        ];
        let key = Key::addition(reference, version, number);
        transaction.put_if(Purpose::Unconditional, item(key, attributes), None)?;
    }
    Ok(())
}

/// Uses a one-time token up; the first action, so that its refusal counts first.
pub(crate) fn token(
    transaction: &mut Transaction<'_>,
    uses: Option<&(KeyedHash, Timestamp)>,
) -> Result<(), StoreError> {
    if let Some((token, until)) = uses {
        let mut token_item = item(Key::token(token), []);
        token_item.extend(expiring(&token.hash, *until)?);
        transaction.put_new(Purpose::Token, token_item)?;
    }
    Ok(())
}

/// Leads from equal answers to the newest submission that has them.
pub(crate) fn answers(
    answers: &KeyedHash,
    form: &str,
    reference: &Reference,
    received_at: Timestamp,
) -> Result<Attributes, StoreError> {
    let attributes = [("reference", text(reference.compact())), ("received_at", moment(received_at)?)];
    Ok(item(Key::answers(answers, form), attributes))
}

/// Every sealed value has the same limit: an item of DynamoDB holds at most 400 KB.
pub(crate) fn small_enough(sealed: &[u8]) -> Result<&[u8], StoreError> {
    if sealed.len() > PAYLOAD_LIMIT_BYTES {
        return Err(StoreError::Failed(format!("a payload is larger than {PAYLOAD_LIMIT_BYTES} bytes")));
    }
    Ok(sealed)
}
