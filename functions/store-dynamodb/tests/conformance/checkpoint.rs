//! The signature of all audit chains: in parts, by two processes at once, and after somebody laid hands on it.

use std::sync::mpsc;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use store::conformance::audit_keys;
use store::{Checkpoint, Intake as _, Outcome, Signing, StoreError, Upkeep as _, verify_all};
use store_dynamodb::DynamoStore;

use crate::on_a_new_table;
use crate::steps::{arrival, at};

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

async fn signed(store: &DynamoStore, seconds: i64) -> Checkpoint {
    match store.checkpoint(at(seconds), &|| true).await.unwrap() {
        Signing::Done(made) => made,
        Signing::GoesOn { chains } => panic!("it stopped after {chains}"),
    }
}

async fn put_aside(store: &DynamoStore, seconds: i64) {
    assert_eq!(store.checkpoint(at(seconds), &|| false).await.unwrap(), Signing::GoesOn { chains: 1 });
}

/// Changes an attribute of what was put aside.
async fn alter(client: &Client, table: &str, attribute: &str, value: AttributeValue) {
    let request =
        client.update_item().table_name(table).key("pk", text("signing")).key("sk", text("signing"));
    let request = request
        .update_expression("SET #attribute = :value")
        .condition_expression("attribute_exists(#attribute) AND #attribute <> :value")
        .expression_attribute_names("#attribute", attribute)
        .expression_attribute_values(":value", value);
    request.send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_put_aside_and_altered_is_begun_anew() {
    on_a_new_table("checkpoint-altered", |store, client, table| async move {
        assert_eq!(store.accept(&arrival(&[])).await.unwrap(), Outcome::Accepted);
        let values = [
            ("chains", AttributeValue::N("2".to_owned())),
            ("so_far", text("00".repeat(32))),
            ("so_far", text("not hexadecimal")),
            ("after", text("not a reference")),
            ("at", AttributeValue::N("250000000000".to_owned())),
        ];
        for (number, (attribute, value)) in (1..).zip(values) {
            put_aside(&store, 1_000 * number).await;
            alter(&client, &table, attribute, value).await;
            let made = signed(&store, 1_000 * number + 100).await;
            assert_eq!((made.at, made.chains), (at(1_000 * number + 100), 1), "{attribute}");
            assert!(verify_all(&store, &audit_keys()).await.unwrap().holds(), "{attribute}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_that_sign_at_once_one_is_kept() {
    on_a_new_table("checkpoint-twice", |store, _, _| async move {
        assert_eq!(store.accept(&arrival(&[])).await.unwrap(), Outcome::Accepted);
        for seconds in [1_000, 2_000] {
            let (reached, is_there) = mpsc::channel();
            let (go, may_go) = mpsc::channel();
            let may_go = std::sync::Mutex::new(may_go);
            let slow = tokio::spawn({
                let store = store.clone();
                async move {
                    let wait = move || {
                        reached.send(()).unwrap();
                        tokio::task::block_in_place(|| may_go.lock().unwrap().recv().unwrap())
                    };
                    store.checkpoint(at(seconds), &wait).await
                }
            });
            tokio::task::block_in_place(|| is_there.recv().unwrap());
            let faster = signed(&store, seconds + 100).await;
            go.send(true).unwrap();
            assert_eq!(slow.await.unwrap().unwrap(), Signing::Done(faster.clone()));
            assert_eq!(store.checkpoints().await.unwrap().pop(), Some(faster));
            assert!(verify_all(&store, &audit_keys()).await.unwrap().holds());
        }
        assert_eq!(store.checkpoints().await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_newest_checkpoint_that_was_taken_away_is_missed() {
    on_a_new_table("checkpoint-gone", |store, client, table| async move {
        assert_eq!(store.accept(&arrival(&[])).await.unwrap(), Outcome::Accepted);
        signed(&store, 1_000).await;
        signed(&store, 2_000).await;
        let query = client
            .query()
            .table_name(&table)
            .key_condition_expression("pk = :pk")
            .expression_attribute_values(":pk", text("checkpoints"));
        let newest = query.send().await.unwrap().items.unwrap().pop().unwrap();
        let remove = client.delete_item().table_name(&table);
        remove.key("pk", newest["pk"].clone()).key("sk", newest["sk"].clone()).send().await.unwrap();

        let error = store.checkpoint(at(3_000), &|| true).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
        assert_eq!(store.checkpoints().await.unwrap().len(), 1);
    })
    .await;
}
