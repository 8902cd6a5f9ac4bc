//! Reading back: a whole record, and how many there are.

use std::time::Duration;

use aws_sdk_dynamodb::types::KeysAndAttributes;
use jiff::civil::Date;
use store::{AuditEntry, Record, Reference, StoreError};

use crate::DynamoStore;
use crate::failure::store_error;
use crate::intake::receipt_of;
use crate::item::{Attributes, Reader, text};
use crate::keys::{self, AUDIT_PREFIX, COUNTER_SHARDS, Key, PAYLOAD, PK, SK, SUBMISSION};

/// How often keys that DynamoDB left unread are asked for again.
const ATTEMPTS: u32 = 5;

/// A submission, its payload and its audit trail: one partition, read consistently.
pub(crate) async fn read(store: &DynamoStore, reference: &Reference) -> Result<Option<Record>, StoreError> {
    let (mut submission, mut payload, mut audit) = (None, None, Vec::new());
    for item in partition(store, reference).await? {
        let reader = Reader(&item);
        match reader.text(SK)?.as_str() {
            SUBMISSION => submission = Some(item),
            PAYLOAD => payload = Some(reader.bytes("payload")?),
            // In order: the sort key is the line's number in ten digits.
            line if line.starts_with(AUDIT_PREFIX) => audit.push(audit_line(&reader)?),
            // An item of a kind that came with a later version.
            _ => {}
        }
    }
    let Some(submission) = submission else {
        return Ok(None);
    };
    let submission = Reader(&submission);
    Ok(Some(Record {
        receipt: receipt_of(reference, &submission)?,
        fingerprint: submission.text("fingerprint")?,
        payload: payload
            .ok_or_else(|| StoreError::Corrupt("DynamoDB: a record has no payload".to_owned()))?,
        facets: submission.texts("facets")?,
        audit,
        audit_head: submission.text("audit_head")?,
    }))
}

/// The sum of a day's counter over its shards.
pub(crate) async fn count(store: &DynamoStore, form: &str, day: Date) -> Result<u64, StoreError> {
    let keys = (0..COUNTER_SHARDS).map(|shard| Key::counter(shard, day, form).attributes()).collect();
    let mut left = Some(
        KeysAndAttributes::builder()
            .set_keys(Some(keys))
            .consistent_read(true)
            .build()
            .map_err(|_| StoreError::Failed("a request could not be built".to_owned()))?,
    );
    let mut sum: u64 = 0;
    for attempt in 0..ATTEMPTS {
        let Some(wanted) = left.take() else {
            return Ok(sum);
        };
        tokio::time::sleep(Duration::from_millis(50).saturating_mul(attempt)).await;
        let request = store.client.batch_get_item().request_items(&store.table, wanted);
        let answer = request.send().await.map_err(|error| store_error(&error))?;
        for item in answer.responses().and_then(|tables| tables.get(&store.table)).into_iter().flatten() {
            sum = sum.saturating_add(Reader(item).number("accepted")?);
        }
        left = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&store.table));
    }
    if left.is_none() { Ok(sum) } else { Err(StoreError::Busy("DynamoDB: a count was not read".to_owned())) }
}

async fn partition(store: &DynamoStore, reference: &Reference) -> Result<Vec<Attributes>, StoreError> {
    let mut items = Vec::new();
    let mut from = None;
    loop {
        let answer = store
            .client
            .query()
            .table_name(&store.table)
            .key_condition_expression("#pk = :pk")
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":pk", text(keys::record(reference)))
            .consistent_read(true)
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| store_error(&error))?;
        items.extend(answer.items.unwrap_or_default());
        from = answer.last_evaluated_key.filter(|key| !key.is_empty());
        if from.is_none() {
            return Ok(items);
        }
    }
}

fn audit_line(item: &Reader<'_>) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        sequence: item.number("sequence")?,
        event: item.text("event")?,
        at: item.moment("at")?,
        previous: item.text("previous")?,
        hash: item.text("hash")?,
    })
}
