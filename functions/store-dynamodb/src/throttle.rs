//! Counting attempts, one item for each bucket and window.

use std::time::Duration;

use aws_sdk_dynamodb::types::ReturnValue;
use jiff::Timestamp;
use store::{KeyedHash, StoreError};

use crate::DynamoStore;
use crate::failure::store_error;
use crate::item::{Reader, expiring, number};
use crate::keys::Key;

/// Who cannot be counted by then is let through: the time that a request has is for the submission.
const COUNTED_WITHIN: Duration = Duration::from_secs(2);

/// Counts an attempt; answers how many there were in the window, this one included.
pub(crate) async fn attempt(
    store: &DynamoStore,
    bucket: &KeyedHash,
    window_end: Timestamp,
) -> Result<u32, StoreError> {
    let mut update = store
        .client
        .update_item()
        .table_name(&store.table)
        .set_key(Some(Key::window(bucket, window_end)?.attributes()))
        .expression_attribute_names("#attempts", "attempts")
        .expression_attribute_values(":one", number(1))
        .return_values(ReturnValue::AllNew);
    let mut sets = Vec::new();
    for (place, (name, value)) in expiring(&bucket.hash, window_end)?.into_iter().enumerate() {
        sets.push(format!("#name{place} = :value{place}"));
        update = update
            .expression_attribute_names(format!("#name{place}"), name)
            .expression_attribute_values(format!(":value{place}"), value);
    }
    let update = update.update_expression(format!("ADD #attempts :one SET {}", sets.join(", ")));
    let Ok(answer) = tokio::time::timeout(COUNTED_WITHIN, update.send()).await else {
        return Err(StoreError::Busy("DynamoDB: an attempt was not counted in time".to_owned()));
    };
    let answer = answer.map_err(|error| store_error(&error))?;
    Reader(&answer.attributes.unwrap_or_default()).number("attempts")
}
