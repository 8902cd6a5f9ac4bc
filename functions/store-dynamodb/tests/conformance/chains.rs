//! The first line of an audit chain lies apart from the others, in the list of all chains: what happens to it is seen.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use store::conformance::audit_keys;
use store::{
    Arrival, Change, Changed, Changes as _, Intake as _, Outcome, Records as _, Reference, Upkeep as _,
    verify_all,
};

use crate::on_a_new_table;
use crate::steps::{arrival, at, hash, reference};

fn other() -> Reference {
    Reference::from_random([9, 2, 3, 4, 5, 6, 7])
}

/// The key of the first line of [`reference`]'s chain.
fn first_line() -> [(&'static str, AttributeValue); 2] {
    let reference = reference().compact().to_owned();
    [("pk", AttributeValue::S(format!("chains#{}", &reference[..1]))), ("sk", AttributeValue::S(reference))]
}

async fn alter(client: &Client, table: &str) {
    let [pk, sk] = first_line().map(|(_, value)| value);
    let request = client.update_item().table_name(table).key("pk", pk).key("sk", sk);
    let request = request
        .update_expression("SET #event = :other")
        .condition_expression("#event = :received")
        .expression_attribute_names("#event", "event")
        .expression_attribute_values(":received", AttributeValue::S("received".to_owned()))
        .expression_attribute_values(":other", AttributeValue::S("accepted".to_owned()));
    request.send().await.unwrap();
}

async fn remove(client: &Client, table: &str) {
    let [pk, sk] = first_line().map(|(_, value)| value);
    client.delete_item().table_name(table).key("pk", pk).key("sk", sk).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_first_line_that_was_altered_or_removed_is_seen() {
    on_a_new_table("chains", |store, client, table| async move {
        assert_eq!(store.accept(&arrival(&[])).await.unwrap(), Outcome::Accepted);
        let second = Arrival {
            reference: other(),
            check_key: hash("other check"),
            answers: hash("other answers"),
            parcels: Vec::new(),
            messages: Vec::new(),
            ..arrival(&[])
        };
        assert_eq!(store.accept(&second).await.unwrap(), Outcome::Accepted);
        let change = Change::new(reference(), 1, at(200), "noted by office");
        assert_eq!(store.change(&change).await.unwrap(), Changed::Done(2));
        store.checkpoint(at(300), &|| true).await.unwrap();
        assert!(verify_all(&store, &audit_keys()).await.unwrap().holds());

        alter(&client, &table).await;
        let record = store.read(&reference()).await.unwrap().unwrap();
        assert_eq!(record.audit.len(), 2);
        assert!(record.verify_audit(&audit_keys()).is_err());
        let report = verify_all(&store, &audit_keys()).await.unwrap();
        let broken: Vec<_> = report.broken.iter().map(|(reference, _)| reference.clone()).collect();
        assert_eq!((broken, report.chains), (vec![reference()], 2));

        remove(&client, &table).await;
        let record = store.read(&reference()).await.unwrap().unwrap();
        assert_eq!(record.audit.len(), 1);
        assert!(record.verify_audit(&audit_keys()).is_err());
        let report = verify_all(&store, &audit_keys()).await.unwrap();
        assert!(!report.holds(), "a checkpoint knows of two chains: {report:?}");
        assert_eq!(report.chains, 1);
    })
    .await;
}
