//! Attachments in a bucket: what the rule of the bucket may take, and what lies there after an end between two steps.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use store::conformance::audit_keys;
use store::{
    Arrival, Change, Changed, Changes as _, Doubles, FILE_LIMIT_BYTES, Files as _, Intake as _, Outcome,
    PAYLOAD_LIMIT_BYTES, Records as _, Reference, Replacement, Staged, StagedFile, StoreError, Upkeep as _,
};
use store_dynamodb::{Bucket, DynamoStore, Orphans, Settings};

use crate::steps::{arrival, at, erasure, file, hash, mark, reference};
use crate::{on_a_new_table, settings};

/// Where the buckets are; an engine of tables alone has none.
pub fn endpoint() -> Option<String> {
    std::env::var("ZAVICAJ_TEST_S3").ok().filter(|endpoint| !endpoint.is_empty())
}

/// A new bucket.
pub fn make(name: &str) -> Bucket {
    let Some(endpoint) = endpoint() else {
        panic!(
            "ZAVICAJ_TEST_S3 is not set: this test needs buckets; `tests/run stores` starts an engine that has some"
        );
    };
    let bucket =
        Bucket { name: format!("zavicaj-test-{}-{name}", std::process::id()), endpoint: Some(endpoint) };
    let place = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    assert_eq!(ask(&bucket, "PUT", "", place).0, 200);
    bucket
}

/// What lies in a bucket, asked without the store: status and body.
fn ask(bucket: &Bucket, method: &str, path: &str, body: &str) -> (u16, String) {
    let address = bucket.endpoint.as_deref().unwrap().trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(&address).unwrap();
    let name = &bucket.name;
    write!(
        connection,
        "{method} /{name}{path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\
         Authorization: AWS4-HMAC-SHA256 Credential=test/20261127/eu-central-1/s3/aws4_request, \
         SignedHeaders=host, Signature=00\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

/// The keys of all objects, and whether the rule of the bucket would remove each after its days.
fn objects(bucket: &Bucket) -> Vec<(String, bool)> {
    let (status, list) = ask(bucket, "GET", "?list-type=2", "");
    assert_eq!(status, 200, "{list}");
    let keys = list.split("<Key>").skip(1).map(|rest| rest.split_once("</Key>").unwrap().0.to_owned());
    keys.map(|key| {
        let (status, tags) = ask(bucket, "GET", &format!("/{key}?tagging"), "");
        assert_eq!(status, 200, "{tags}");
        (key, tags.contains("<Key>state</Key><Value>staged</Value>"))
    })
    .collect()
}

fn without_tag(bucket: &Bucket, key: &str) {
    assert_eq!(ask(bucket, "DELETE", &format!("/{key}?tagging"), "").0, 204);
}

/// A store whose bucket is not there, over the same table.
fn without_bucket(table: &str, bucket: &Bucket) -> DynamoStore {
    // Port 1 is reserved, and nothing listens there.
    let files = Some(Bucket { endpoint: Some("http://127.0.0.1:1".to_owned()), ..bucket.clone() });
    DynamoStore::open(&Settings { files, ..settings(table) }, audit_keys())
}

async fn with_a_bucket<F, Fut>(name: &'static str, test: F)
where
    F: FnOnce(DynamoStore, Bucket, Client, String) -> Fut,
    Fut: Future<Output = ()>,
{
    let bucket = make(name);
    on_a_new_table(&format!("bucket-{name}"), |_, client, table| {
        let settings = Settings { files: Some(bucket.clone()), ..settings(&table) };
        test(DynamoStore::open(&settings, audit_keys()), bucket, client, table)
    })
    .await;
}

async fn stage(store: &DynamoStore, file: &StagedFile) {
    assert_eq!(store.stage(file, 5).await.unwrap(), Staged::Stored);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rule_may_take_a_staged_object_and_none_that_a_record_holds() {
    with_a_bucket("rule", |store, bucket, client, table| async move {
        let files = [file(1, FILE_LIMIT_BYTES), file(2, 0)];
        for file in &files {
            stage(&store, file).await;
        }
        let staged = objects(&bucket);
        assert!(staged.len() == 2 && staged.iter().all(|(_, removable)| *removable), "{staged:?}");
        assert_eq!(store.accept(&arrival(&files)).await.unwrap(), Outcome::Accepted);
        // A late repetition must not give the tag back, and the mark that its twin left must not take the object.
        stage(&store, &files[0]).await;
        let object = staged.iter().find(|(key, _)| key.contains(&files[0].head.id)).unwrap();
        mark(&client, &table, &files[0].head.id, Some(&object.0)).await;
        let held = objects(&bucket);
        assert!(held.len() == 2 && held.iter().all(|(_, removable)| !removable), "{held:?}");
        for file in &files {
            let content = store.file(&reference(), &file.head.id).await.unwrap();
            assert!(content.as_ref() == Some(&file.sealed), "{}", file.sealed.len());
        }
        assert_eq!(store.sweep(at(1_000_000), at(1_000_000)).await.unwrap().staged_files, 0);
        assert_eq!(objects(&bucket), held);
        assert_eq!(store.erase(&erasure()).await.unwrap(), Changed::Done(2));
        assert_eq!(objects(&bucket), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_that_was_written_before_an_end_stays_for_ever() {
    with_a_bucket("end", |store, bucket, client, table| async move {
        // The end came after the tag was taken away, before the transaction.
        let held = file(1, 100);
        stage(&store, &held).await;
        without_tag(&bucket, &objects(&bucket)[0].0);
        assert_eq!(store.sweep(at(0), at(1)).await.unwrap().staged_files, 0, "not before its time");
        assert_eq!(objects(&bucket).len(), 1);
        assert_eq!(store.sweep(at(0), at(2)).await.unwrap().staged_files, 1);
        assert_eq!(objects(&bucket), []);

        // The end came after the object, before the head.
        let broken = file(2, 100);
        stage(&store, &broken).await;
        let object = objects(&bucket)[0].0.clone();
        let pk = AttributeValue::S(format!("batch#{}#k1", hash("batch").hash));
        let delete = client.delete_item().table_name(&table).key("pk", pk.clone());
        delete.key("sk", AttributeValue::S(format!("head#{}", broken.head.id))).send().await.unwrap();
        client
            .put_item()
            .table_name(&table)
            .item("pk", pk)
            .item("sk", AttributeValue::S(format!("upload#{}", broken.head.id)))
            .item("object", AttributeValue::S(object))
            .item("timeline", AttributeValue::S("staged#0".to_owned()))
            .item("timeline_at", AttributeValue::N((at(2).as_nanosecond()).to_string()))
            .send()
            .await
            .unwrap();
        assert_eq!(store.accept(&arrival(&[broken])).await.unwrap(), Outcome::FilesMissing);
        store.sweep(at(0), at(3)).await.unwrap();
        assert_eq!(objects(&bucket), []);

        // The end came after the erasure's transaction: the bucket was out of reach.
        let last = file(3, 100);
        stage(&store, &last).await;
        assert_eq!(store.accept(&arrival(std::slice::from_ref(&last))).await.unwrap(), Outcome::Accepted);
        assert_eq!(without_bucket(&table, &bucket).erase(&erasure()).await.unwrap(), Changed::Done(2));
        assert_eq!(objects(&bucket).len(), 1);
        assert_eq!(store.file(&reference(), &last.head.id).await.unwrap(), None, "erased is erased");
        store.sweep(at(6000), at(0)).await.unwrap();
        assert_eq!(objects(&bucket), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_whose_object_is_gone_or_too_old_stops_the_arrival() {
    with_a_bucket("gone", |store, bucket, _, _| async move {
        let files = [file(1, 100), file(2, 100)];
        for file in &files {
            stage(&store, file).await;
        }
        // The rule may remove it in this moment: it must not become part of a record.
        let late = Arrival { received_at: at(2 + 24 * 3600), ..arrival(&files) };
        assert_eq!(store.accept(&late).await.unwrap(), Outcome::FilesMissing);
        let key = objects(&bucket)[0].0.clone();
        assert_eq!(ask(&bucket, "DELETE", &format!("/{key}"), "").0, 204);
        assert_eq!(store.accept(&arrival(&files)).await.unwrap(), Outcome::FilesMissing);
        assert_eq!(store.receipt(&reference()).await.unwrap(), None);

        // What was not taken can be removed and attached anew.
        for file in &files {
            assert!(store.unstage(&hash("batch"), &file.head.id).await.unwrap());
        }
        assert_eq!(objects(&bucket), []);
        stage(&store, &files[0]).await;
        assert_eq!(store.accept(&arrival(&files[..1])).await.unwrap(), Outcome::Accepted);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_bucket_is_out_of_reach_nothing_is_acknowledged_and_nothing_is_lost() {
    with_a_bucket("away", |store, bucket, _, table| async move {
        let away = without_bucket(&table, &bucket);
        let file = file(1, 100);
        let answer = away.stage(&file, 5).await;
        assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
        assert_eq!(store.staged(&hash("batch")).await.unwrap(), []);
        stage(&store, &file).await;
        let arrival = arrival(std::slice::from_ref(&file));
        let answer = away.accept(&arrival).await;
        assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
        assert_eq!(store.receipt(&reference()).await.unwrap(), None);
        assert_eq!(store.accept(&arrival).await.unwrap(), Outcome::Accepted);
        let answer = away.file(&reference(), &file.head.id).await;
        assert!(matches!(answer, Err(StoreError::Busy(_))), "not there is another answer: {answer:?}");
    })
    .await;
}

/// An arrival without files, with a payload of so many bytes.
fn heavy(size: usize) -> Arrival {
    Arrival { payload: (0..size).map(|place| (place % 249) as u8).collect(), ..arrival(&[]) }
}

fn replacement(version: u64, size: usize) -> Change {
    let mut change = Change::new(reference(), version, at(300), "corrected by applicant");
    let Arrival { payload, fingerprint, language, facets, .. } = heavy(size);
    let answers = hash(&format!("answers{size}"));
    change.replacement = Some(Replacement { payload, fingerprint, language, facets, answers });
    change
}

async fn payload(store: &DynamoStore) -> Vec<u8> {
    store.read(&reference()).await.unwrap().unwrap().payload
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_payload_lies_in_the_bucket_as_long_as_the_record_has_it() {
    with_a_bucket("payload", |store, bucket, _, _| async move {
        let first = heavy(PAYLOAD_LIMIT_BYTES);
        assert_eq!(store.accept(&first).await.unwrap(), Outcome::Accepted);
        let held = objects(&bucket);
        assert!(held.len() == 1 && held[0].0.starts_with("payloads/") && !held[0].1, "{held:?}");
        assert!(payload(&store).await == first.payload);

        // A repeated confirmation meets its own object; what its mark names is the record's all the same.
        assert_eq!(store.accept(&first).await.unwrap(), Outcome::Replayed(reference()));
        store.sweep(at(1_000_000), at(1_000_000)).await.unwrap();
        assert_eq!(objects(&bucket), held);
        assert!(payload(&store).await == first.payload);

        assert_eq!(store.change(&replacement(1, 100_000)).await.unwrap(), Changed::Done(2));
        assert!(payload(&store).await == heavy(100_000).payload);
        let replaced = objects(&bucket);
        assert!(replaced.len() == 1 && replaced != held, "what was replaced is gone: {replaced:?}");
        assert_eq!(store.change(&replacement(2, 1000)).await.unwrap(), Changed::Done(3));
        assert!(payload(&store).await == heavy(1000).payload);
        assert_eq!(objects(&bucket), []);
        assert_eq!(store.change(&replacement(3, 90_000)).await.unwrap(), Changed::Done(4));
        assert_eq!(store.erase(&erasure()).await.unwrap(), Changed::Done(5));
        assert_eq!(objects(&bucket), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payload_that_no_record_took_goes_with_the_sweep() {
    with_a_bucket("nobody", |store, bucket, _, table| async move {
        let away = without_bucket(&table, &bucket);
        let answer = away.accept(&heavy(100_000)).await;
        assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
        assert_eq!(store.receipt(&reference()).await.unwrap(), None);
        assert_eq!(store.accept(&heavy(100_000)).await.unwrap(), Outcome::Accepted);
        let held = objects(&bucket);

        // Refused after its payload was written: the same answers within a day.
        let reference = Reference::from_random([9, 9, 9, 9, 9, 9, 9]);
        let double = Arrival { reference, check_key: hash("check2"), ..heavy(100_000) };
        assert!(matches!(double.doubles, Doubles::RefuseSince(_)));
        assert!(matches!(store.accept(&double).await.unwrap(), Outcome::Double(_)));
        assert_eq!(objects(&bucket).len(), 2);
        store.sweep(at(0), at(101)).await.unwrap();
        assert_eq!(objects(&bucket), held);
        assert!(payload(&store).await == heavy(100_000).payload);

        // Somebody took it out of the bucket.
        let key = &held[0].0;
        assert_eq!(ask(&bucket, "DELETE", &format!("/{key}"), "").0, 204);
        let answer = store.read(&crate::steps::reference()).await;
        assert!(
            matches!(answer, Err(StoreError::Corrupt(_))),
            "a record without its payload is told: {answer:?}"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_recovered_table_knows_nothing_of_is_found_and_removed() {
    with_a_bucket("recovered", |store, bucket, client, table| async move {
        let files = [file(1, 100), file(2, 100)];
        for file in &files {
            stage(&store, file).await;
        }
        assert_eq!(
            store.accept(&Arrival { files: arrival(&files).files, ..heavy(100_000) }).await.unwrap(),
            Outcome::Accepted
        );
        let staged = file(3, 100);
        stage(&store, &staged).await;
        let keys: Vec<String> = objects(&bucket).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys.len(), 4, "{keys:?}");
        let later = Timestamp::now() + SignedDuration::from_hours(4 * 24);
        let whole = Orphans { keys: Vec::new(), named: 4 };
        assert_eq!(store.orphans(later).await.unwrap(), whole, "all of them have a name");

        // The table of a moment before any of it, into which one of the files came again.
        let earlier = format!("{table}-earlier");
        store_dynamodb::create_table(&client, &earlier).await.unwrap();
        let settings = Settings { files: Some(bucket.clone()), ..settings(&earlier) };
        let recovered = DynamoStore::open(&settings, audit_keys());
        assert_eq!(recovered.orphans(Timestamp::now()).await.unwrap(), Orphans::default(), "too young");
        stage(&recovered, &files[0]).await;
        let orphans = recovered.orphans(later).await.unwrap();
        let named = |key: &String| key.contains(&files[0].head.id);
        assert_eq!(orphans.keys, keys.iter().filter(|key| !named(key)).cloned().collect::<Vec<_>>());
        assert_eq!(orphans.named, 1);
        // A table that names nothing of it is not the bucket's.
        let foreign = Orphans { named: 0, ..orphans.clone() };
        assert!(matches!(recovered.remove_orphans(&foreign).await, Err(StoreError::Failed(_))));
        assert_eq!(objects(&bucket).len(), 4, "nothing was removed");
        recovered.remove_orphans(&orphans).await.unwrap();
        assert_eq!(objects(&bucket).into_iter().map(|(key, _)| key).filter(|key| !named(key)).count(), 0);
        assert_eq!(objects(&bucket).len(), 1);
        assert_eq!(recovered.orphans(later).await.unwrap(), Orphans { keys: Vec::new(), named: 1 });
    })
    .await;
}
