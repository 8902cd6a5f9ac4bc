//! Making the table, for tests and for engines other than AWS; on AWS the deployment template makes it.

use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use store::StoreError;

use crate::failure::store_error;
use crate::keys::{DUE_INDEX, NEXT_ATTEMPT_AT, OUTBOX_SHARD, PK, SK};

/// How long a new table may take until it can be used.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// Makes the table with its index, and waits until it can be used.
pub async fn create_table(client: &Client, name: &str) -> Result<(), StoreError> {
    let index = GlobalSecondaryIndex::builder()
        .index_name(DUE_INDEX)
        .key_schema(key(OUTBOX_SHARD, KeyType::Hash)?)
        .key_schema(key(NEXT_ATTEMPT_AT, KeyType::Range)?)
        .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
        .build()
        .map_err(not_built)?;
    client
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute(PK, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(SK, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(OUTBOX_SHARD, ScalarAttributeType::S)?)
        .attribute_definitions(attribute(NEXT_ATTEMPT_AT, ScalarAttributeType::N)?)
        .key_schema(key(PK, KeyType::Hash)?)
        .key_schema(key(SK, KeyType::Range)?)
        .global_secondary_indexes(index)
        .send()
        .await
        .map_err(|error| store_error(&error))?;
    client
        .wait_until_table_exists()
        .table_name(name)
        .wait(READY_WITHIN)
        .await
        .map_err(|_| StoreError::Busy("DynamoDB: the new table cannot be used yet".to_owned()))?;
    Ok(())
}

fn key(name: &str, kind: KeyType) -> Result<KeySchemaElement, StoreError> {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().map_err(not_built)
}

fn attribute(name: &str, kind: ScalarAttributeType) -> Result<AttributeDefinition, StoreError> {
    AttributeDefinition::builder().attribute_name(name).attribute_type(kind).build().map_err(not_built)
}

fn not_built(_: BuildError) -> StoreError {
    StoreError::Failed("a request could not be built".to_owned())
}
