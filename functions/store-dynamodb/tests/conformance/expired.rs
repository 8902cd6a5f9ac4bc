//! What has expired and still lies in the table, for the time to live takes its time: nobody is shown it.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::Select;
use store::{
    Arrival, Change, Changed, Changes as _, Intake as _, Outcome, Parcel, Swept, Throttle as _, Upkeep as _,
};

use crate::on_a_new_table;
use crate::steps::{arrival, at, hash, reference};

/// How many items with a time to live lie in the table.
async fn mortal(client: &Client, table: &str) -> i32 {
    let request = client.scan().table_name(table).select(Select::Count).consistent_read(true);
    request.filter_expression("attribute_exists(removable_from_s)").send().await.unwrap().count()
}

#[tokio::test]
async fn what_expired_and_was_not_removed_yet_is_never_shown() {
    on_a_new_table("expired", |store, client, table| async move {
        let parcel = |name: &str, end| Parcel { id: hash(name), sealed: vec![7], expires_at: at(end) };
        let arrival = Arrival { parcels: vec![parcel("copy", 200), parcel("longer", 900)], ..arrival(&[]) };
        assert_eq!(store.accept(&arrival).await.unwrap(), Outcome::Accepted);
        for count in 1..=3 {
            assert_eq!(store.attempt(&hash("network"), at(200)).await.unwrap(), count);
        }
        let confirms = Change {
            uses: Some((hash("token"), at(200))),
            ..Change::new(reference(), 1, at(150), "proof-confirmed")
        };
        assert_eq!(store.change(&confirms).await.unwrap(), Changed::Done(2));
        assert_eq!(mortal(&client, &table).await, 4, "two copies, a window, a token");

        // Their time is over, and the engine has removed nothing.
        assert!(store.parcel(&hash("copy"), at(199)).await.unwrap().is_some());
        assert_eq!(store.parcel(&hash("copy"), at(200)).await.unwrap(), None);
        assert!(store.parcel(&hash("longer"), at(200)).await.unwrap().is_some());
        assert_eq!(store.attempt(&hash("network"), at(260)).await.unwrap(), 1, "the next window begins anew");
        // Whose link is over cannot use it anyway; that it was used stays true as long as anybody knows it.
        assert!(store.is_used(&hash("token")).await.unwrap());
        assert_eq!(mortal(&client, &table).await, 5, "all of it is still there");

        let swept = Swept { parcels: 1, tokens: 1, windows: 1, ..Swept::default() };
        assert_eq!(store.sweep(at(210), at(0)).await.unwrap(), swept);
        assert_eq!(mortal(&client, &table).await, 2);
    })
    .await;
}
