//! What does not fit into one item or one transaction: large files, erasing large records, interrupted work.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use store::{
    Addition, Arrival, Change, Changed, Changes as _, Doubles, Erasure, FILE_LIMIT_BYTES, FileHead,
    Files as _, Intake as _, KeyedHash, NewMessage, Outbox as _, Outcome, Parcel, Queue as _, QueueFilter,
    Records as _, Reference, Stage, Staged, StagedFile, Swept, Upkeep as _,
};
use store_dynamodb::DynamoStore;

use crate::on_a_new_table;

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_435_200 + seconds).unwrap()
}

pub fn hash(name: &str) -> KeyedHash {
    KeyedHash { key_id: "k1".to_owned(), hash: format!("{name:-<64}") }
}

pub fn reference() -> Reference {
    Reference::from_random([1, 2, 3, 4, 5, 6, 7])
}

pub fn file(number: u8, size: usize) -> StagedFile {
    let sealed: Vec<_> = (0..size).map(|place| (place % 251) as u8 ^ number).collect();
    StagedFile {
        batch: hash("batch"),
        form: "registracija".to_owned(),
        head: FileHead {
            id: format!("{number:032x}"),
            field: "identity".to_owned(),
            kind: "pdf".to_owned(),
            size_bytes: size as u64,
            digest: "ab".repeat(32),
            staged_at: at(i64::from(number)),
        },
        sealed,
    }
}

pub fn arrival(files: &[StagedFile]) -> Arrival {
    Arrival {
        reference: reference(),
        form: "registracija".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        language: "hr".to_owned(),
        received_at: at(100),
        payload: b"PAYLOAD".to_vec(),
        facets: BTreeMap::from([("country".to_owned(), "DE".to_owned())]),
        check_key: hash("check"),
        answers: hash("answers"),
        answers_by_other_keys: Vec::new(),
        doubles: Doubles::RefuseSince(at(-3600)),
        retention: "register".to_owned(),
        stage: Stage::Received,
        promised: None,
        contact: Some(hash("contact")),
        contact_sealed: Some(b"CONTACT".to_vec()),
        renewal_due_at: Some(at(10_000)),
        doubts: Vec::new(),
        files: (!files.is_empty())
            .then(|| (hash("batch"), files.iter().map(|file| file.head.id.clone()).collect())),
        parcels: vec![Parcel { id: hash("copy"), sealed: b"COPY".to_vec(), expires_at: at(3700) }],
        messages: vec![NewMessage { id: "letter".to_owned(), sealed: b"LETTER".to_vec() }],
    }
}

pub fn erasure() -> Erasure {
    Erasure {
        reference: reference(),
        version: None,
        at: at(5000),
        event: "erased by applicant".to_owned(),
        uses: None,
        messages: vec![NewMessage { id: "farewell".to_owned(), sealed: b"FAREWELL".to_vec() }],
    }
}

async fn items(client: &Client, table: &str) -> Vec<HashMap<String, AttributeValue>> {
    let mut items = Vec::new();
    let mut start = None;
    loop {
        let page = client.scan().table_name(table).set_exclusive_start_key(start).send().await.unwrap();
        items.extend(page.items.unwrap_or_default());
        start = page.last_evaluated_key.filter(|key| !key.is_empty());
        if start.is_none() {
            return items;
        }
    }
}

/// Partition and sort key of everything in the table, in order.
async fn keys(client: &Client, table: &str) -> Vec<String> {
    let key = |item: &HashMap<String, AttributeValue>, name| item[name].as_s().unwrap().clone();
    let mut keys: Vec<_> = items(client, table)
        .await
        .iter()
        .map(|item| format!("{} {}", key(item, "pk"), key(item, "sk")))
        .collect();
    keys.sort();
    keys
}

/// Five files of the largest size, and many additions, letters and parcels.
async fn large_record(store: &DynamoStore) {
    let files: Vec<_> = (1..=5).map(|number| file(number, FILE_LIMIT_BYTES)).collect();
    for file in &files {
        assert_eq!(store.stage(file, 5).await.unwrap(), Staged::Stored);
    }
    assert_eq!(store.accept(&arrival(&files)).await.unwrap(), Outcome::Accepted);
    for version in 1..=30 {
        let mut change = Change::new(reference(), version, at(200), "proof_sent by office");
        change.additions =
            vec![Addition { kind: "proof".to_owned(), at: at(200), sealed: b"PROOF".to_vec() }; 2];
        change.parcels = vec![Parcel {
            id: hash(&format!("proof{version}")),
            sealed: b"PARCEL".to_vec(),
            expires_at: at(9000),
        }];
        change.messages = vec![NewMessage { id: format!("letter{version}"), sealed: b"LETTER".to_vec() }];
        assert_eq!(store.change(&change).await.unwrap(), Changed::Done(version + 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_large_file_comes_back_whole() {
    on_a_new_table("file", |store, _, _| async move {
        let files = [file(1, FILE_LIMIT_BYTES), file(2, 350 * 1024), file(3, 1)];
        for file in &files {
            assert_eq!(store.stage(file, 3).await.unwrap(), Staged::Stored);
        }
        assert_eq!(store.stage(&file(4, 1), 3).await.unwrap(), Staged::Full);
        assert_eq!(
            store.file(&reference(), &files[0].head.id).await.unwrap(),
            None,
            "not before the arrival"
        );
        assert_eq!(store.accept(&arrival(&files)).await.unwrap(), Outcome::Accepted);
        for file in &files {
            let content = store.file(&reference(), &file.head.id).await.unwrap();
            assert!(content.as_ref() == Some(&file.sealed), "{}", file.sealed.len());
            // Staged again by a late repetition: it stays the record's.
            assert_eq!(store.stage(file, 3).await.unwrap(), Staged::Stored);
        }
        assert_eq!(store.staged(&hash("batch")).await.unwrap(), []);
        assert_eq!(store.sweep(at(100_000), at(100_000)).await.unwrap().staged_files, 0);
        assert!(store.file(&reference(), &files[1].head.id).await.unwrap().is_some(), "after a sweep");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn erasing_a_record_of_more_than_a_hundred_items_leaves_nothing_of_it() {
    on_a_new_table("erase", |store, client, table| async move {
        large_record(&store).await;
        assert!(keys(&client, &table).await.len() > 200);
        assert_eq!(store.erase(&erasure()).await.unwrap(), Changed::Done(32));
        let pk = reference().compact().to_owned();
        let left: Vec<_> = keys(&client, &table)
            .await
            .into_iter()
            .filter(|key| !key.starts_with(&format!("record#{pk} audit#")))
            .collect();
        let stay = [
            format!("chains#{} {pk}", &pk[..1]),
            format!("check#{}#k1 check", hash("check").hash),
            "journal".to_owned(),
            "outbox#farewell message".to_owned(),
            format!("record#{pk} submission"),
        ];
        let counters = left.iter().filter(|key| key.starts_with("count#")).count();
        assert_eq!(left.len(), stay.len() + counters, "{left:#?}");
        assert!(stay.iter().all(|key| left.iter().any(|left| left.starts_with(key))), "{left:#?}");
        let text = format!("{:?}", items(&client, &table).await);
        for hidden in ["country", "fingerprint", "contact", "left\"", &hash("answers").hash] {
            assert!(!text.contains(hidden), "{hidden} is still there");
        }
        assert_eq!(store.erase(&erasure()).await.unwrap(), Changed::Missing);
        assert_eq!(store.erasures().await.unwrap(), [(reference(), at(5000))]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_erasure_that_was_interrupted_is_finished_by_the_sweep() {
    on_a_new_table("interrupted", |store, client, table| async move {
        large_record(&store).await;
        let before = items(&client, &table).await;
        assert_eq!(store.erase(&erasure()).await.unwrap(), Changed::Done(32));
        let whole = keys(&client, &table).await;

        // As it is right after the first step: what was left lies there again, and the record names it.
        let is_part =
            |item: &&HashMap<String, AttributeValue>| item["sk"].as_s().unwrap().starts_with("part#");
        let parts: Vec<_> = before.iter().filter(is_part).collect();
        let mut left = Vec::new();
        for part in &parts {
            let put = client.put_item().table_name(&table).set_item(Some((*part).clone()));
            put.send().await.unwrap();
            let name = |key: &str| part[key].as_s().unwrap().clone();
            left.push(AttributeValue::S(format!("{}\n{}", name("pk"), name("sk"))));
        }
        client
            .update_item()
            .table_name(&table)
            .key("pk", AttributeValue::S(format!("record#{}", reference().compact())))
            .key("sk", AttributeValue::S("submission".to_owned()))
            .update_expression("SET #left = :left, timeline = :line, timeline_at = :at")
            .expression_attribute_names("#left", "left")
            .expression_attribute_values(":left", AttributeValue::L(left))
            .expression_attribute_values(":line", AttributeValue::S("erasing#0".to_owned()))
            .expression_attribute_values(":at", AttributeValue::N("1".to_owned()))
            .send()
            .await
            .unwrap();
        assert!(parts.len() > 50 && keys(&client, &table).await.len() == whole.len() + parts.len());

        store.sweep(at(5001), at(0)).await.unwrap();
        assert_eq!(keys(&client, &table).await, whole);
        assert!(!format!("{:?}", items(&client, &table).await).contains("left\""));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_broken_upload_left_goes_with_the_sweep_and_is_never_a_file() {
    on_a_new_table("upload", |store, client, table| async move {
        let whole = file(1, 1_000_000);
        assert_eq!(store.stage(&whole, 5).await.unwrap(), Staged::Stored);
        // As it is when the function ends between the parts and the head.
        let pk = AttributeValue::S(format!("batch#{}#k1", hash("batch").hash));
        let delete = client.delete_item().table_name(&table).key("pk", pk.clone());
        delete.key("sk", AttributeValue::S(format!("head#{}", whole.head.id))).send().await.unwrap();
        client
            .put_item()
            .table_name(&table)
            .item("pk", pk)
            .item("sk", AttributeValue::S(format!("upload#{}", whole.head.id)))
            .item("timeline", AttributeValue::S("staged#0".to_owned()))
            .item("timeline_at", AttributeValue::N((at(1).as_nanosecond()).to_string()))
            .send()
            .await
            .unwrap();
        assert_eq!(store.staged(&hash("batch")).await.unwrap(), []);
        assert_eq!(store.accept(&arrival(&[whole])).await.unwrap(), Outcome::FilesMissing);
        assert_eq!(store.sweep(at(0), at(1)).await.unwrap(), Swept::default(), "not before its time");
        store.sweep(at(0), at(2)).await.unwrap();
        let left = keys(&client, &table).await;
        assert!(left.iter().all(|key| key.ends_with(" batch")), "{left:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn changes_at_once_end_as_one_done_and_the_rest_stale() {
    on_a_new_table("changes", |store, _, _| async move {
        assert_eq!(store.accept(&arrival(&[])).await.unwrap(), Outcome::Accepted);
        let tries: Vec<_> = (0..12)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    let mut change = Change::new(reference(), 1, at(200), format!("noted {number}"));
                    change.additions =
                        vec![Addition { kind: "note".to_owned(), at: at(200), sealed: vec![number] }];
                    store.change(&change).await.unwrap()
                })
            })
            .collect();
        let mut outcomes = Vec::new();
        for attempt in tries {
            outcomes.push(attempt.await.unwrap());
        }
        outcomes.sort_by_key(|outcome| *outcome != Changed::Done(2));
        assert_eq!(outcomes[0], Changed::Done(2));
        assert!(outcomes[1..].iter().all(|outcome| *outcome == Changed::Stale), "{outcomes:?}");
        let record = store.read(&reference()).await.unwrap().unwrap();
        assert_eq!((record.additions.len(), record.audit.len()), (1, 2));
        record.verify_audit(&store::conformance::audit_keys()).unwrap();
        let delivered = store.claim(at(300), SignedDuration::from_secs(60).unsigned_abs(), 10).await.unwrap();
        assert_eq!(delivered.len(), 1);
        assert_eq!(store.head(&reference()).await.unwrap().unwrap().version, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_queue_of_one_stage_reads_no_record_of_another_and_pages_to_its_end() {
    on_a_new_table("stages", |store, client, table| async move {
        for number in 0..30_u8 {
            let one = Arrival {
                reference: Reference::from_random([number, 1, 2, 3, 4, 5, 6]),
                check_key: hash(&format!("check{number}")),
                answers: hash(&format!("answers{number}")),
                received_at: at(i64::from(number)),
                // Every third is done.
                stage: if number % 3 == 0 { Stage::Withdrawn } else { Stage::Received },
                parcels: Vec::new(),
                messages: Vec::new(),
                ..arrival(&[])
            };
            assert_eq!(store.accept(&one).await.unwrap(), Outcome::Accepted);
        }
        // The key of the index alone divides them: DynamoDB counts and reads nothing of the other stage.
        let mut waiting = 0;
        for shard in 0..4 {
            let query = client.query().table_name(&table).index_name("queue");
            let page = query
                .key_condition_expression("queue_shard = :shard")
                .expression_attribute_values(":shard", AttributeValue::S(format!("received#{shard}")))
                .send()
                .await
                .unwrap();
            assert_eq!(page.scanned_count, page.count);
            assert!(page.count > 0, "shard {shard} is empty: the partitions are not spread");
            waiting += page.count;
        }
        assert_eq!(waiting, 20);

        let filter = QueueFilter { stages: vec![Stage::Received], form: None };
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = store.list(&filter, after.as_deref(), 7).await.unwrap();
            assert!(page.heads.len() <= 7);
            found.extend(page.heads.into_iter().map(|head| head.received_at));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected: Vec<_> = (0..30).filter(|number| number % 3 != 0).map(at).collect();
        assert_eq!(found, expected, "oldest first, over all shards");

        // A change of stage moves it from one queue to the other.
        let reference = Reference::from_random([1, 1, 2, 3, 4, 5, 6]);
        let mut change = Change::new(reference.clone(), 1, at(200), "withdrawn by applicant");
        change.stage = Some(Stage::Withdrawn);
        assert_eq!(store.change(&change).await.unwrap(), Changed::Done(2));
        let in_stage = |stage| {
            let (store, reference) = (store.clone(), reference.clone());
            async move {
                let filter = QueueFilter { stages: vec![stage], form: None };
                let page = store.list(&filter, None, 50).await.unwrap();
                page.heads.iter().any(|head| head.reference == reference)
            }
        };
        assert!(!in_stage(Stage::Received).await && in_stage(Stage::Withdrawn).await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_mark_of_a_twin_that_came_late_costs_a_record_no_file() {
    on_a_new_table("twin", |store, client, table| async move {
        let file = file(1, 400_000);
        assert_eq!(store.stage(&file, 5).await.unwrap(), Staged::Stored);
        assert_eq!(store.accept(&arrival(std::slice::from_ref(&file))).await.unwrap(), Outcome::Accepted);
        // Two requests with the same file at once: the second wrote its mark, and found the head of the first.
        mark(&client, &table, &file.head.id, None).await;
        store.sweep(at(0), at(100)).await.unwrap();
        assert!(store.file(&reference(), &file.head.id).await.unwrap() == Some(file.sealed));
        assert!(!keys(&client, &table).await.iter().any(|key| key.contains("upload#")), "the mark is gone");
    })
    .await;
}

/// Writes the mark of an upload, as a request does before its content.
pub async fn mark(client: &Client, table: &str, id: &str, object: Option<&str>) {
    let put = client
        .put_item()
        .table_name(table)
        .item("pk", AttributeValue::S(format!("batch#{}#k1", hash("batch").hash)))
        .item("sk", AttributeValue::S(format!("upload#{id}")))
        .item("timeline", AttributeValue::S("staged#0".to_owned()))
        .item("timeline_at", AttributeValue::N((at(1).as_nanosecond()).to_string()));
    let put = match object {
        Some(object) => put.item("object", AttributeValue::S(object.to_owned())),
        None => put,
    };
    put.send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_somebody_else_has_just_made_is_used_as_it_is() {
    on_a_new_table("made", |store, client, table| async move {
        assert_eq!(store.accept(&arrival(&[])).await.unwrap(), Outcome::Accepted);
        store_dynamodb::create_table(&client, &table).await.unwrap();
        assert!(store.read(&reference()).await.unwrap().is_some());
    })
    .await;
}
