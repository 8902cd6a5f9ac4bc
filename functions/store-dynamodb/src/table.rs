//! Making the table, for tests and for engines other than AWS; on AWS the deployment template makes it.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType,
    PointInTimeRecoveryStatus, Projection, ProjectionType, ScalarAttributeType,
};
use store::StoreError;

use crate::failure::store_error;
use crate::keys::{
    DUE_INDEX, NEXT_ATTEMPT_AT, OUTBOX_SHARD, PK, QUEUE_HOLDS, QUEUE_INDEX, QUEUE_ORDER, QUEUE_SHARD, SK,
    TIMELINE, TIMELINE_AT, TIMELINE_INDEX,
};
use crate::transaction::not_built;

/// How long a new table may take until it can be used.
const READY_WITHIN: Duration = Duration::from_secs(60);
/// How far back DynamoDB goes where nobody said otherwise.
const RECOVERY_DAYS: i32 = 35;

/// Makes the table with its indexes unless it is there, and waits until it can be used.
///
/// Without a time to live: what expires is swept. The deployment template sets one.
pub async fn create_table(client: &Client, name: &str) -> Result<(), StoreError> {
    let (text, number) = (ScalarAttributeType::S, ScalarAttributeType::N);
    let keys_only = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    let some = Projection::builder()
        .projection_type(ProjectionType::Include)
        .set_non_key_attributes(Some(QUEUE_HOLDS.map(str::to_owned).to_vec()))
        .build();
    let made = client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute(PK, text.clone())?)
        .attribute_definitions(attribute(SK, text.clone())?)
        .attribute_definitions(attribute(OUTBOX_SHARD, text.clone())?)
        .attribute_definitions(attribute(NEXT_ATTEMPT_AT, number.clone())?)
        .attribute_definitions(attribute(QUEUE_SHARD, text.clone())?)
        .attribute_definitions(attribute(QUEUE_ORDER, text.clone())?)
        .attribute_definitions(attribute(TIMELINE, text)?)
        .attribute_definitions(attribute(TIMELINE_AT, number)?)
        .key_schema(key(PK, KeyType::Hash)?)
        .key_schema(key(SK, KeyType::Range)?)
        .global_secondary_indexes(index(DUE_INDEX, OUTBOX_SHARD, NEXT_ATTEMPT_AT, keys_only.clone())?)
        .global_secondary_indexes(index(QUEUE_INDEX, QUEUE_SHARD, QUEUE_ORDER, some)?)
        .global_secondary_indexes(index(TIMELINE_INDEX, TIMELINE, TIMELINE_AT, keys_only)?)
        .send()
        .await;
    match made {
        Ok(_) => {}
        // Somebody else was faster, or the answer to the first attempt was lost.
        Err(error) if error.code() == Some("ResourceInUseException") => {}
        Err(error) => return Err(store_error(&error)),
    }
    client
        .wait_until_table_exists()
        .table_name(name)
        .wait(READY_WITHIN)
        .await
        .map_err(|_| StoreError::Busy("DynamoDB: the new table cannot be used yet".to_owned()))?;
    Ok(())
}

/// Whether there is a table with this name.
pub async fn table_exists(client: &Client, name: &str) -> Result<bool, StoreError> {
    match client.describe_table().table_name(name).send().await {
        Ok(_) => Ok(true),
        Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(false),
        Err(error) => Err(store_error(&error)),
    }
}

/// To how many days back the table can be recovered as it was at any second; none where that is off.
pub async fn recovery_days(client: &Client, name: &str) -> Result<Option<i32>, StoreError> {
    let answer = client.describe_continuous_backups().table_name(name).send().await;
    let answer = answer.map_err(|error| store_error(&error))?;
    let on = answer
        .continuous_backups_description()
        .and_then(|backups| backups.point_in_time_recovery_description())
        .filter(|it| it.point_in_time_recovery_status() == Some(&PointInTimeRecoveryStatus::Enabled));
    Ok(on.map(|it| it.recovery_period_in_days().unwrap_or(RECOVERY_DAYS)))
}

fn index(
    name: &str,
    partition_key: &str,
    sort_key: &str,
    projection: Projection,
) -> Result<GlobalSecondaryIndex, StoreError> {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(key(partition_key, KeyType::Hash)?)
        .key_schema(key(sort_key, KeyType::Range)?)
        .projection(projection)
        .build()
        .map_err(not_built)
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, StoreError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(not_built)
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, StoreError> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().map_err(not_built)
}
