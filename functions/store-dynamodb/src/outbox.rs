//! Messages that wait: found by the index, claimed by a conditional write, then delivered or due again.

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use jiff::Timestamp;
use store::{FailedMessage, MessageState, MessageStatus, OutboxEntry, StoreError, to_nanoseconds};

use crate::DynamoStore;
use crate::failure::{store_error, unless_refused};
use crate::item::{Reader, number, text};
use crate::keys::{
    self, DUE_INDEX, Key, Line, NEXT_ATTEMPT_AT, OUTBOX_SHARD, OUTBOX_SHARDS, PK, TIMELINE_SHARDS,
};
use crate::read::{get, get_all};
use crate::timeline;

/// The most messages that one claim looks at in a shard.
const LARGEST_PAGE: usize = 100;

/// Only what still waits may be changed: what was delivered has left the index and stays out.
const WAITS: &str = "attribute_exists(outbox_shard)";

/// Claims the messages that have been due longest. The index may lag behind the table, so what it names is only
/// a candidate: the lease is taken by a conditional write on the message itself.
pub(crate) async fn claim(
    store: &DynamoStore,
    now: Timestamp,
    lease: Duration,
    limit: usize,
) -> Result<Vec<OutboxEntry>, StoreError> {
    let (now, lease_end) = leased(now, lease)?;
    let mut claimed = Vec::new();
    for id in due(store, now, limit).await? {
        if claimed.len() >= limit {
            break;
        }
        match take(store, &id, now, lease_end).await {
            Ok(entry) => claimed.extend(entry),
            // What is claimed already must reach the caller, or it would wait for the end of its lease.
            Err(_) if !claimed.is_empty() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(claimed)
}

/// Claims one message, without the index.
pub(crate) async fn claim_one(
    store: &DynamoStore,
    id: &str,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<OutboxEntry>, StoreError> {
    let (now, lease_end) = leased(now, lease)?;
    take(store, id, now, lease_end).await
}

fn leased(now: Timestamp, lease: Duration) -> Result<(i64, i64), StoreError> {
    let now = to_nanoseconds(now)?;
    Ok((now, now.saturating_add(i64::try_from(lease.as_nanos()).unwrap_or(i64::MAX))))
}

/// Takes a message out of the index for ever and drops its bytes; also one that was given up, if a late report says
/// that it was handed over after all.
pub(crate) async fn delivered(store: &DynamoStore, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let expression = "SET delivered_at = :now \
        REMOVE sealed, outbox_shard, next_attempt_at, given_up_at, reason, timeline, timeline_at";
    let values = vec![(":now", number(to_nanoseconds(now)?))];
    update(store, id, expression, "attribute_exists(sealed)", values).await.map(drop)
}

/// Makes a message due at `next`, unless it was delivered meanwhile.
pub(crate) async fn postponed(store: &DynamoStore, id: &str, next: Timestamp) -> Result<(), StoreError> {
    let values = vec![(":next", number(to_nanoseconds(next)?))];
    update(store, id, "SET next_attempt_at = :next", WAITS, values).await.map(drop)
}

/// Takes a message out of the index and puts it on the list of those that somebody has to look at.
pub(crate) async fn given_up(
    store: &DynamoStore,
    id: &str,
    now: Timestamp,
    reason: &str,
) -> Result<(), StoreError> {
    let expression = "SET given_up_at = :now, reason = :reason, timeline = :line, timeline_at = :now \
        REMOVE outbox_shard, next_attempt_at";
    update(store, id, expression, WAITS, failure(id, now, reason)?).await.map(drop)
}

/// A given-up message is due again, with a new count of attempts.
pub(crate) async fn retry(store: &DynamoStore, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    let expression = "SET outbox_shard = :shard, next_attempt_at = :now, attempt = :none \
        REMOVE given_up_at, reason, timeline, timeline_at";
    let shard = keys::shard_of(id, 0, OUTBOX_SHARDS);
    let values = vec![
        (":shard", text(keys::outbox_shard(shard))),
        (":now", number(to_nanoseconds(now)?)),
        (":none", number(0)),
    ];
    update(store, id, expression, "attribute_exists(given_up_at)", values).await
}

/// A message that was tried came back, perhaps before anybody said that it was delivered; the first report counts.
pub(crate) async fn bounced(
    store: &DynamoStore,
    id: &str,
    now: Timestamp,
    reason: &str,
) -> Result<bool, StoreError> {
    let expression = "SET bounced_at = :now, delivered_at = if_not_exists(delivered_at, :now), reason = :reason, \
        timeline = :line, timeline_at = :now REMOVE sealed, outbox_shard, next_attempt_at, given_up_at";
    let condition =
        "(attribute_exists(delivered_at) OR attempt > :none) AND attribute_not_exists(bounced_at)";
    let mut values = failure(id, now, reason)?;
    values.push((":none", number(0)));
    Ok(update(store, id, expression, condition, values).await?
        || get(store, Key::message(id)).await?.is_some())
}

/// Messages that were given up or came back, newest first.
pub(crate) async fn failed(store: &DynamoStore, limit: usize) -> Result<Vec<FailedMessage>, StoreError> {
    let mut newest = Vec::new();
    for shard in 0..TIMELINE_SHARDS {
        newest.extend(timeline::latest(store, Line::Failed, shard, limit).await?);
    }
    newest.sort_by(|(one, _), (other, _)| other.cmp(one));
    newest.truncate(limit);
    let keys: Vec<_> = newest.into_iter().map(|(_, key)| key).collect();
    let mut failed = Vec::new();
    for item in get_all(store, keys).await? {
        let item = Reader(&item);
        let message = status_of(&item)?;
        // The index may lag behind a retry.
        if let MessageState::GivenUp { at, .. } | MessageState::Bounced { at, .. } = &message.state {
            failed.push((*at, FailedMessage { reference: item.reference("reference")?, message }));
        }
    }
    failed.sort_by(|(one_at, one), (other_at, other)| {
        (other_at, &other.message.id).cmp(&(one_at, &one.message.id))
    });
    Ok(failed.into_iter().map(|(_, message)| message).collect())
}

/// What became of a message.
pub(crate) fn status_of(item: &Reader<'_>) -> Result<MessageStatus, StoreError> {
    let pk = item.text(PK)?;
    let state = if item.has("bounced_at") {
        MessageState::Bounced { at: item.moment("bounced_at")?, reason: item.text("reason")? }
    } else if item.has("delivered_at") {
        MessageState::Delivered(item.moment("delivered_at")?)
    } else if item.has("given_up_at") {
        MessageState::GivenUp { at: item.moment("given_up_at")?, reason: item.text("reason")? }
    } else {
        MessageState::Waiting { attempts: item.number("attempt")? }
    };
    Ok(MessageStatus { id: id_in(&pk)?.to_owned(), state })
}

fn id_in(pk: &str) -> Result<&str, StoreError> {
    keys::message_id(pk)
        .ok_or_else(|| StoreError::Corrupt("DynamoDB: the index holds a foreign item".to_owned()))
}

fn failure<'a>(id: &str, now: Timestamp, reason: &str) -> Result<Vec<(&'a str, AttributeValue)>, StoreError> {
    Ok(vec![
        (":now", number(to_nanoseconds(now)?)),
        (":reason", text(reason)),
        (":line", text(Line::Failed.shard_for(id))),
    ])
}

/// Changes a message if the condition holds for it; whether it did.
async fn update(
    store: &DynamoStore,
    id: &str,
    expression: &str,
    condition: &str,
    values: Vec<(&str, AttributeValue)>,
) -> Result<bool, StoreError> {
    let mut update = store
        .client
        .update_item()
        .table_name(&store.table)
        .set_key(Some(Key::message(id).attributes()))
        .update_expression(expression)
        .condition_expression(condition);
    for (name, value) in values {
        update = update.expression_attribute_values(name, value);
    }
    Ok(unless_refused(update.send().await)?.is_some())
}

/// Ids of messages that the index shows as due, the longest due first.
async fn due(store: &DynamoStore, now: i64, limit: usize) -> Result<Vec<String>, StoreError> {
    let page = limit.min(LARGEST_PAGE);
    if page == 0 {
        return Ok(Vec::new());
    }
    let mut due = Vec::new();
    for shard in 0..OUTBOX_SHARDS {
        let answer = store
            .client
            .query()
            .table_name(&store.table)
            .index_name(DUE_INDEX)
            .key_condition_expression("#shard = :shard AND #next <= :now")
            .expression_attribute_names("#shard", OUTBOX_SHARD)
            .expression_attribute_names("#next", NEXT_ATTEMPT_AT)
            .expression_attribute_values(":shard", text(keys::outbox_shard(shard)))
            .expression_attribute_values(":now", number(now))
            .limit(i32::try_from(page).unwrap_or(i32::MAX))
            .send()
            .await
            .map_err(|error| store_error(&error))?;
        for item in answer.items() {
            let item = Reader(item);
            let at: i64 = item.number(NEXT_ATTEMPT_AT)?;
            let pk = item.text(PK)?;
            due.push((at, id_in(&pk)?.to_owned()));
        }
    }
    due.sort();
    Ok(due.into_iter().map(|(_, id)| id).collect())
}

/// Takes the lease of one message; `None` if another worker was faster.
async fn take(
    store: &DynamoStore,
    id: &str,
    now: i64,
    lease_end: i64,
) -> Result<Option<OutboxEntry>, StoreError> {
    let update = store.client.update_item().table_name(&store.table);
    let answer = update
        .set_key(Some(Key::message(id).attributes()))
        .update_expression("SET next_attempt_at = :lease_end ADD attempt :one")
        .condition_expression(format!("{WAITS} AND next_attempt_at <= :now"))
        .expression_attribute_values(":lease_end", number(lease_end))
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":now", number(now))
        .return_values(ReturnValue::AllNew)
        .send()
        .await;
    let Some(item) = unless_refused(answer)?.and_then(|answer| answer.attributes) else {
        return Ok(None);
    };
    let item = Reader(&item);
    Ok(Some(OutboxEntry {
        id: id.to_owned(),
        sealed: item.bytes("sealed")?,
        attempt: item.number("attempt")?,
    }))
}
