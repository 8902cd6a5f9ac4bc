//! The suite that every store passes, on tables of a DynamoDB API; and what only this store has to do in steps.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail like tests")]

mod bucket;
mod chains;
mod checkpoint;
mod expired;
mod faults;
mod proxy;
mod steps;

use std::sync::Arc;

use aws_sdk_dynamodb::Client;
use store::conformance::{audit_keys, cases};
use store_dynamodb::{Credentials, DynamoStore, Settings, create_table};

/// Where the DynamoDB API is, for example `http://127.0.0.1:4566`.
const ENDPOINT: &str = "ZAVICAJ_TEST_DYNAMODB";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn dynamodb_keeps_every_rule_of_a_store() {
    let client = settings("unused").client();
    // Attachments lie in a bucket where the engine has buckets, else in the table.
    let files = bucket::endpoint().map(|_| bucket::make("suite"));
    let mut failures = Vec::new();
    for (number, case) in (1..).zip(cases()) {
        let table = format!("zavicaj-test-{}-{number}", std::process::id());
        create_table(&client, &table).await.unwrap();
        let settings = Settings { files: files.clone(), ..settings(&table) };
        if let Err(failure) = case.run(Arc::new(DynamoStore::open(&settings, audit_keys()))).await {
            failures.push(failure);
        }
        client.delete_table().table_name(&table).send().await.unwrap();
    }
    assert!(failures.is_empty(), "{} cases do not hold:\n{}", failures.len(), failures.join("\n"));
}

/// Runs a test on a new table, with a client that looks into it.
async fn on_a_new_table<F, Fut>(name: &str, test: F)
where
    F: FnOnce(DynamoStore, Client, String) -> Fut,
    Fut: Future<Output = ()>,
{
    let client = settings("unused").client();
    let table = format!("zavicaj-test-{}-{name}", std::process::id());
    create_table(&client, &table).await.unwrap();
    test(DynamoStore::open(&settings(&table), audit_keys()), client.clone(), table.clone()).await;
    client.delete_table().table_name(&table).send().await.unwrap();
}

fn settings(table: &str) -> Settings {
    let Some(endpoint) = std::env::var(ENDPOINT).ok().filter(|endpoint| !endpoint.is_empty()) else {
        panic!(
            "{ENDPOINT} is not set: this test needs a DynamoDB API; `tests/run stores` starts one and runs it"
        );
    };
    Settings {
        table: table.to_owned(),
        region: "eu-central-1".to_owned(),
        endpoint: Some(endpoint),
        // Unless a test says otherwise.
        files: None,
        credentials: Credentials {
            access_key_id: "test".to_owned(),
            secret_access_key: "test".to_owned(),
            session_token: None,
        },
    }
}
