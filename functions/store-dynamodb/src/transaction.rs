//! What an arrival writes, as the actions of one transaction.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::builders::PutBuilder;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use store::{Arrival, AuditEntry, Doubles, EVENT_RECEIVED, StoreError, utc_day};

use crate::item::{Attributes, bytes, item, moment, number, text, texts};
use crate::keys::{self, COUNTER_SHARDS, Key, NEXT_ATTEMPT_AT, OUTBOX_SHARD, OUTBOX_SHARDS};

const NEW: &str = "attribute_not_exists(pk)";

/// What an action of the transaction is for, so that the reason of a cancellation can be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// The check key is used up.
    CheckKey,
    /// The newest equal answers.
    Answers,
    /// The submission, its payload and the first line of its audit trail.
    Record,
    /// A message that waits.
    Message,
    /// The day's counter.
    Counter,
}

/// The actions, in the order in which their refusals count. `attempt` chooses the counter's shard: an attempt
/// after a conflict takes the next one, so that two arrivals never meet on a counter for long.
pub(crate) fn actions(
    table: &str,
    arrival: &Arrival,
    attempt: usize,
) -> Result<Vec<(Purpose, TransactWriteItem)>, StoreError> {
    let received_at = moment(arrival.received_at)?;
    let audit = AuditEntry::first(&arrival.reference, EVENT_RECEIVED, arrival.received_at);
    let reference = || text(arrival.reference.compact());
    let new = |item| put(Put::builder().table_name(table).set_item(Some(item)).condition_expression(NEW));

    let check = item(
        Key::check(&arrival.check_key),
        [
            ("reference", reference()),
            ("form", text(&arrival.form)),
            ("answers_key_id", text(&arrival.answers.key_id)),
            ("answers_hash", text(&arrival.answers.hash)),
        ],
    );
    let submission = item(
        Key::submission(&arrival.reference),
        [
            ("form", text(&arrival.form)),
            ("fingerprint", text(&arrival.fingerprint)),
            ("language", text(&arrival.language)),
            ("received_at", received_at.clone()),
            ("facets", texts(&arrival.facets)),
            ("audit_head", text(&audit.hash)),
        ],
    );
    let payload = item(Key::payload(&arrival.reference), [("payload", bytes(&arrival.payload))]);
    let line = item(
        Key::audit(&arrival.reference, audit.sequence),
        [
            ("sequence", number(audit.sequence)),
            ("event", text(audit.event)),
            ("at", received_at.clone()),
            ("previous", text(audit.previous)),
            ("hash", text(audit.hash)),
        ],
    );
    let mut actions = vec![
        (Purpose::CheckKey, new(check)?),
        (Purpose::Answers, answers(table, arrival)?),
        (Purpose::Record, new(submission)?),
        (Purpose::Record, new(payload)?),
        (Purpose::Record, new(line)?),
    ];
    for message in &arrival.messages {
        let shard = keys::shard_of(&message.id, 0, OUTBOX_SHARDS);
        let message = item(
            Key::message(&message.id),
            [
                ("reference", reference()),
                ("sealed", bytes(&message.sealed)),
                ("attempt", number(0)),
                (OUTBOX_SHARD, text(keys::outbox_shard(shard))),
                (NEXT_ATTEMPT_AT, received_at.clone()),
            ],
        );
        actions.push((Purpose::Message, new(message)?));
    }
    actions.push((Purpose::Counter, counter(table, arrival, attempt)?));
    Ok(actions)
}

/// The newest submission leads: it takes the place of older equal answers.
fn answers(table: &str, arrival: &Arrival) -> Result<TransactWriteItem, StoreError> {
    let answers: Attributes = item(
        Key::answers(&arrival.answers, &arrival.form),
        [("reference", text(arrival.reference.compact())), ("received_at", moment(arrival.received_at)?)],
    );
    let builder = Put::builder().table_name(table).set_item(Some(answers));
    put(match arrival.doubles {
        Doubles::Accept => builder,
        Doubles::RefuseSince(since) => builder
            .condition_expression("attribute_not_exists(pk) OR received_at < :since")
            .expression_attribute_values(":since", moment(since)?),
    })
}

fn counter(table: &str, arrival: &Arrival, attempt: usize) -> Result<TransactWriteItem, StoreError> {
    let shard = keys::shard_of(arrival.reference.compact(), attempt, COUNTER_SHARDS);
    let key = Key::counter(shard, utc_day(arrival.received_at), &arrival.form);
    let update = Update::builder()
        .table_name(table)
        .set_key(Some(key.attributes()))
        .update_expression("ADD accepted :one")
        .expression_attribute_values(":one", number(1))
        .build()
        .map_err(not_built)?;
    Ok(TransactWriteItem::builder().update(update).build())
}

fn put(builder: PutBuilder) -> Result<TransactWriteItem, StoreError> {
    let put = builder.build().map_err(not_built)?;
    Ok(TransactWriteItem::builder().put(put).build())
}

fn not_built(_: BuildError) -> StoreError {
    StoreError::Failed("a request could not be built".to_owned())
}
