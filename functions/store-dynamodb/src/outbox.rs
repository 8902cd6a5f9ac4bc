//! Messages that wait: found by the index, claimed by a conditional write, then delivered or due again.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;
use store::{OutboxEntry, StoreError, to_nanoseconds};

use crate::DynamoStore;
use crate::failure::store_error;
use crate::item::{Reader, number, text};
use crate::keys::{self, DUE_INDEX, Key, NEXT_ATTEMPT_AT, OUTBOX_SHARD, OUTBOX_SHARDS, PK};

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
    let now = to_nanoseconds(now)?;
    let lease_end = now.saturating_add(i64::try_from(lease.as_nanos()).unwrap_or(i64::MAX));
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

/// Takes a message out of the index for ever and drops its bytes.
pub(crate) async fn delivered(store: &DynamoStore, id: &str, now: Timestamp) -> Result<(), StoreError> {
    let update = store.client.update_item().table_name(&store.table);
    let answer = update
        .set_key(Some(Key::message(id).attributes()))
        .update_expression("SET delivered_at = :now REMOVE sealed, outbox_shard, next_attempt_at")
        .condition_expression(WAITS)
        .expression_attribute_values(":now", number(to_nanoseconds(now)?))
        .send()
        .await;
    unless_refused(answer).map(drop)
}

/// Makes a message due at `next`, unless it was delivered meanwhile.
pub(crate) async fn postponed(store: &DynamoStore, id: &str, next: Timestamp) -> Result<(), StoreError> {
    let update = store.client.update_item().table_name(&store.table);
    let answer = update
        .set_key(Some(Key::message(id).attributes()))
        .update_expression("SET next_attempt_at = :next")
        .condition_expression(WAITS)
        .expression_attribute_values(":next", number(to_nanoseconds(next)?))
        .send()
        .await;
    unless_refused(answer).map(drop)
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
            let id = keys::message_id(&pk)
                .ok_or_else(|| StoreError::Corrupt("DynamoDB: the index holds a foreign item".to_owned()))?;
            due.push((at, id.to_owned()));
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

/// A condition that does not hold is an answer, not an error.
fn unless_refused<T, E, R>(answer: Result<T, SdkError<E, R>>) -> Result<Option<T>, StoreError>
where
    E: ProvideErrorMetadata,
{
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(SdkError::ServiceError(error))
            if error.err().code() == Some("ConditionalCheckFailedException") =>
        {
            Ok(None)
        }
        Err(error) => Err(store_error(&error)),
    }
}
