//! A thousand submissions while a fifth of all requests to the engine fails in some way.
//!
//! ```text
//! person ─► store ─► Proxy (throttling, 500, 502, resets and silence before and after the write, slow answers) ─► engine
//!    └ no receipt? the same confirmation again, until there is one
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use store::conformance::audit_keys;
use store::{
    Arrival, Doubles, FileHead, Files as _, Intake as _, KeyedHash, NewMessage, Outcome, Queue as _,
    QueueFilter, Records as _, Reference, Stage, Staged, StagedFile, StoreError, utc_day,
};
use store_dynamodb::{Bucket, DynamoStore, Settings};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::proxy::Proxy;
use crate::steps::at;
use crate::{bucket, on_a_new_table, settings};

const PEOPLE: u32 = 1000;
/// Every so manieth attaches a file.
const ATTACHES: u32 = 20;
const AT_ONCE: usize = 48;
/// After so many times without an answer a person is right to give up; nobody has to.
const PATIENCE: u32 = 12;

const FORM: &str = "registracija";

fn hash(kind: &str, person: u32) -> KeyedHash {
    KeyedHash { key_id: "k1".to_owned(), hash: format!("{:-<64}", format!("{kind}{person:06}")) }
}

/// Each press of the button has a reference of its own, as the handlers do it. Five bits of a byte count.
fn reference(person: u32, press: u32) -> Reference {
    let five_bits = |number: u32| (number % 32) as u8;
    let [low, high] = [five_bits(person), five_bits(person / 32)];
    Reference::from_random([low, high, five_bits(press), high, low, 1, 2])
}

fn file(person: u32) -> StagedFile {
    StagedFile {
        batch: hash("batch", person),
        form: FORM.to_owned(),
        head: FileHead {
            id: format!("{person:032x}"),
            field: "identity".to_owned(),
            kind: "pdf".to_owned(),
            size_bytes: 40_000,
            digest: "ab".repeat(32),
            staged_at: at(i64::from(person)),
        },
        sealed: format!("FILE OF {person}.").repeat(3000).into_bytes(),
    }
}

fn arrival(person: u32, press: u32) -> Arrival {
    let attached =
        person.is_multiple_of(ATTACHES).then(|| (hash("batch", person), vec![file(person).head.id]));
    Arrival {
        reference: reference(person, press),
        form: FORM.to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        language: "hr".to_owned(),
        received_at: at(2000 + i64::from(person)),
        payload: payload(person),
        facets: BTreeMap::new(),
        check_key: hash("check", person),
        answers: hash("answers", person),
        answers_by_other_keys: Vec::new(),
        doubles: Doubles::RefuseSince(at(-3600)),
        retention: "register".to_owned(),
        stage: Stage::Received,
        promised: None,
        contact: Some(hash("contact", person)),
        contact_sealed: Some(b"CONTACT".to_vec()),
        renewal_due_at: None,
        doubts: Vec::new(),
        files: attached,
        parcels: Vec::new(),
        messages: vec![NewMessage { id: format!("letter-{person}-{press}"), sealed: b"LETTER".to_vec() }],
    }
}

/// Every so manieth writes so much that it lies in the bucket.
fn payload(person: u32) -> Vec<u8> {
    let more = if person % ATTACHES == 1 { 70_000 } else { 0 };
    format!("ANSWERS OF {person}{}", " ".repeat(more)).into_bytes()
}

/// One person, from the attachment to the receipt.
struct Walk {
    receipt: Reference,
    /// How often there was no receipt.
    refused: u32,
    /// How often there was none although the record had been written.
    written_unseen: bool,
}

async fn walk(store: &DynamoStore, person: u32) -> Walk {
    if person.is_multiple_of(ATTACHES) {
        let mut staged = store.stage(&file(person), 1).await;
        for _ in 0..PATIENCE {
            if staged.is_ok() {
                break;
            }
            staged = store.stage(&file(person), 1).await;
        }
        assert_eq!(staged.unwrap(), Staged::Stored);
    }
    let mut refused = 0;
    for press in 0..PATIENCE {
        match store.accept(&arrival(person, press)).await {
            Ok(Outcome::Accepted) => {
                return Walk { receipt: reference(person, press), refused, written_unseen: false };
            }
            Ok(Outcome::Replayed(receipt)) => return Walk { receipt, refused, written_unseen: true },
            Ok(other) => panic!("{person}, press {press}: {other:?}"),
            // "Nothing lost, send again."
            Err(StoreError::Busy(_)) => refused += 1,
            Err(other) => panic!("{person}, press {press}: {other:?}"),
        }
    }
    panic!("{person} had no receipt after {PATIENCE} presses");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_thousand_submissions_among_faults_none_is_lost_or_doubled() {
    on_a_new_table("faults", |_, _, table| async move {
        let begin = Instant::now();
        let direct = settings(&table);
        let proxy = Proxy::before(direct.endpoint.as_deref().unwrap()).await;
        let files = bucket::endpoint().map(|_| bucket::make("faults"));
        let through = |bucket: &Bucket| Bucket { endpoint: Some(proxy.endpoint.clone()), ..bucket.clone() };
        let disturbed = Settings {
            endpoint: Some(proxy.endpoint.clone()),
            files: files.as_ref().map(through),
            ..direct.clone()
        };
        let disturbed = DynamoStore::open(&disturbed, audit_keys());
        let receipts = everybody(&disturbed).await;
        let (requests, faults) = proxy.counts();
        let pressed = begin.elapsed().as_secs();

        let store = DynamoStore::open(&Settings { files, ..direct }, audit_keys());
        let (lost, doubled) = compare(&store, &receipts).await;
        let disturbances: u64 = faults.values().sum();
        let refused: u32 = receipts.iter().map(|walk| walk.refused).sum();
        let unseen = receipts.iter().filter(|walk| walk.written_unseen).count();
        let _ = writeln!(
            std::io::stderr().lock(),
            "faults: {PEOPLE} submissions, {requests} requests, {disturbances} disturbed {faults:?}; {refused} times \
             \"send again\", {unseen} of them written unseen and led to the first receipt; {} receipts, {lost} lost, \
             {doubled} doubled ({pressed} s, with the comparison {} s)",
            receipts.len(),
            begin.elapsed().as_secs()
        );
        assert_eq!((receipts.len(), lost, doubled), (PEOPLE as usize, 0, 0));
        assert!(disturbances * 100 >= requests * 17, "too few faults to say anything");
        assert!(refused > 0 && unseen > 0, "no press was in vain: the faults were too weak to say anything");
    })
    .await;
}

async fn everybody(store: &DynamoStore) -> Vec<Walk> {
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mut walks = JoinSet::new();
    for person in 0..PEOPLE {
        let (store, room) = (store.clone(), Arc::clone(&room));
        walks.spawn(async move {
            let _place = room.acquire_owned().await.unwrap();
            walk(&store, person).await
        });
    }
    walks.join_all().await
}

/// How many receipts lead to no whole record, and how many records or letters there are beside them.
async fn compare(store: &DynamoStore, receipts: &[Walk]) -> (usize, usize) {
    let mut records = BTreeSet::new();
    let mut after: Option<String> = None;
    loop {
        let page = store.list(&QueueFilter::default(), after.as_deref(), 250).await.unwrap();
        records.extend(page.heads.into_iter().map(|head| head.reference));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let named: BTreeSet<_> = receipts.iter().map(|walk| walk.receipt.clone()).collect();
    let mut doubled = records.difference(&named).count() + (receipts.len() - named.len());
    let mut letters = 0;
    let mut reads = JoinSet::new();
    let room = Arc::new(Semaphore::new(AT_ONCE));
    for reference in named.clone() {
        let (store, room) = (store.clone(), Arc::clone(&room));
        reads.spawn(async move {
            let _place = room.acquire_owned().await.unwrap();
            whole(&store, &reference).await
        });
    }
    let found: Vec<_> = reads.join_all().await;
    letters += found.iter().flatten().sum::<usize>();
    let lost = found.iter().filter(|found| found.is_none()).count();
    doubled += letters.abs_diff(receipts.len() - lost);
    let day = utc_day(at(2000));
    let counted = store.count(FORM, day).await.unwrap();
    doubled += usize::try_from(counted).unwrap().abs_diff(receipts.len() - lost);
    (lost, doubled)
}

/// The number of letters of a record that is as it was sent, with its attachment; nothing of any other.
async fn whole(store: &DynamoStore, reference: &Reference) -> Option<usize> {
    let record = store.read(reference).await.unwrap()?;
    record.verify_audit(&audit_keys()).ok()?;
    let text = String::from_utf8(record.payload).ok()?;
    let person: u32 = text.strip_prefix("ANSWERS OF ")?.trim_end().parse().ok()?;
    if text.into_bytes() != payload(person) {
        return None;
    }
    let attached = record.head.files.len();
    if attached != usize::from(person.is_multiple_of(ATTACHES)) {
        return None;
    }
    if attached == 1 {
        let file = file(person);
        let content = store.file(reference, &file.head.id).await.unwrap()?;
        if content != file.sealed {
            return None;
        }
    }
    Some(record.messages.len())
}
