//! One change is all of it or nothing, and only on the version that was read.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::date;

use super::arrivals::{accept, accept_new, arrival, at, claim_all, head_of, keyed_hash, reference};
use super::{Case, audit_keys};
use crate::{
    Addition, Arrival, Change, Changed, Head, NewMessage, Outcome, PAYLOAD_LIMIT_BYTES, Parcel, Record,
    Replacement, Set, Stage, Store, StoreError,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("a_change_does_everything_that_it_says", everything),
        Case::new("a_change_that_sets_nothing_adds_a_line_and_keeps_the_rest", nothing_but_a_line),
        Case::new("values_can_be_taken_away", cleared),
        Case::new("a_change_of_an_old_version_is_stale_and_leaves_no_trace", stale),
        Case::new("an_unknown_record_is_missing", missing),
        Case::new("the_stage_stands_since_it_became_another", stage_since),
        Case::new("a_replacement_overwrites_the_answers_and_what_tells_their_double", replaced),
        Case::new("additions_are_kept_in_their_order", additions),
        Case::new("a_taken_message_id_stops_the_whole_change", message_id_taken),
        Case::new("bytes_over_the_limit_stop_the_whole_change", over_the_limit),
        Case::new("messages_of_a_change_are_due_from_its_moment", messages_due),
        Case::new("of_many_changes_of_one_version_at_once_one_is_done", crowd),
    ]
}

/// A change of the record of `arrival(1)`, `seconds` after noon.
pub(super) fn change(version: u64, seconds: i64) -> Change {
    Change::new(reference(1), version, at(seconds), "looked_at by office")
}

/// A change with everything that one can hold, going by `number`.
pub(super) fn full_change(version: u64, seconds: i64, number: u8) -> Change {
    Change {
        event: "proof_sent by office".to_owned(),
        uses: Some((keyed_hash(9, number), at(90_000))),
        stage: Some(Stage::ProofSent),
        promised: Set::To(date(2027, 1, 15)),
        notice: Set::To(vec![number, 1]),
        contact: Set::To(keyed_hash(3, number)),
        contact_sealed: Set::To(vec![number, 2]),
        contact_confirmed_at: Set::To(at(seconds - 1)),
        renewal_due_at: Set::To(at(500_000)),
        replacement: Some(replacement(number)),
        additions: vec![addition("proof", seconds, number)],
        removes_parcels: false,
        parcels: vec![parcel(number, 5000)],
        messages: vec![NewMessage { id: format!("change-{number}"), sealed: vec![number, 3] }],
        ..change(version, seconds)
    }
}

fn replacement(number: u8) -> Replacement {
    Replacement {
        fingerprint: "fedcba9876543210".to_owned(),
        language: "de".to_owned(),
        payload: vec![number; 70],
        facets: BTreeMap::from([("country".to_owned(), "AT".to_owned())]),
        answers: keyed_hash(2, number),
    }
}

pub(super) fn addition(kind: &str, seconds: i64, number: u8) -> Addition {
    Addition { kind: kind.to_owned(), at: at(seconds), sealed: vec![number, 4, 255] }
}

pub(super) fn parcel(number: u8, expires: i64) -> Parcel {
    Parcel { id: keyed_hash(8, number), sealed: vec![number, 5, 0], expires_at: at(expires) }
}

/// The record, which must be there.
pub(super) async fn read(store: &Arc<dyn Store>, number: u8) -> Result<Record, StoreError> {
    let record = store.read(&reference(number)).await?;
    record.ok_or_else(|| StoreError::Failed(format!("record {number} is not there")))
}

async fn everything(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let arrival = arrival(1);
    accept_new(&store, &arrival).await?;
    assert_eq!(store.change(&full_change(1, 100, 7)).await?, Changed::Done(2));

    let record = read(&store, 1).await?;
    let expected = Head {
        fingerprint: "fedcba9876543210".to_owned(),
        language: "de".to_owned(),
        facets: BTreeMap::from([("country".to_owned(), "AT".to_owned())]),
        stage: Stage::ProofSent,
        stage_since: at(100),
        version: 2,
        changed_at: at(100),
        promised: Some(date(2027, 1, 15)),
        notice: Some(vec![7, 1]),
        contact: Some(keyed_hash(3, 7)),
        contact_sealed: Some(vec![7, 2]),
        contact_confirmed_at: Some(at(99)),
        renewal_due_at: Some(at(500_000)),
        ..head_of(&arrival)
    };
    assert_eq!(record.head, expected);
    assert_eq!(store.head(&arrival.reference).await?, Some(expected));
    assert_eq!(record.payload, vec![7; 70]);
    assert_eq!(record.additions, [addition("proof", 100, 7)]);
    let messages: Vec<_> = record.messages.iter().map(|message| message.id.as_str()).collect();
    assert_eq!(messages, ["message-1", "change-7"]);
    let events: Vec<_> = record.audit.iter().map(|line| (line.event.as_str(), line.at)).collect();
    assert_eq!(events, [("received", at(1)), ("proof_sent by office", at(100))]);
    assert_eq!(record.verify_audit(&audit_keys()), Ok(()));
    assert!(store.is_used(&keyed_hash(9, 7)).await?);
    let found = store.parcel(&keyed_hash(8, 7), at(200)).await?;
    assert_eq!(found, Some((arrival.reference, vec![7, 5, 0])));
    Ok(())
}

async fn nothing_but_a_line(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let arrival = arrival(1);
    accept_new(&store, &arrival).await?;
    assert_eq!(store.change(&full_change(1, 100, 7)).await?, Changed::Done(2));
    let before = read(&store, 1).await?;
    assert_eq!(store.change(&change(2, 200)).await?, Changed::Done(3));
    let after = read(&store, 1).await?;
    assert_eq!(after.head, Head { version: 3, changed_at: at(200), ..before.head });
    assert_eq!((after.payload, after.additions), (before.payload, before.additions));
    assert_eq!(after.messages, before.messages);
    assert_eq!(after.audit.len(), 3);
    assert_eq!(after.audit.last().map(|line| line.hash.clone()), Some(after.audit_head));
    Ok(())
}

async fn cleared(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    store.change(&full_change(1, 100, 7)).await?;
    let clear = Change {
        promised: Set::Clear,
        notice: Set::Clear,
        contact: Set::Clear,
        contact_sealed: Set::Clear,
        contact_confirmed_at: Set::Clear,
        renewal_due_at: Set::Clear,
        ..change(2, 200)
    };
    assert_eq!(store.change(&clear).await?, Changed::Done(3));
    let head = read(&store, 1).await?.head;
    let left = (head.promised, head.notice, head.contact, head.contact_sealed);
    assert_eq!(left, (None, None, None, None));
    assert_eq!((head.contact_confirmed_at, head.renewal_due_at), (None, None));
    assert_eq!(store.by_contact(&head.form, &keyed_hash(3, 7)).await?, []);
    assert_eq!(store.renewals_due(at(900_000), 10).await?, []);
    Ok(())
}

/// Asserts that the store holds what it held, and nothing of `full_change(_, _, number)`.
pub(super) async fn assert_no_trace(
    store: &Arc<dyn Store>,
    before: &Record,
    number: u8,
) -> Result<(), StoreError> {
    let now = store.read(&before.head.reference).await?;
    assert_eq!(now.as_ref(), Some(before), "the record");
    assert_eq!(store.parcel(&keyed_hash(8, number), at(0)).await?, None, "parcel");
    assert_eq!(store.by_contact(&before.head.form, &keyed_hash(3, number)).await?, [], "contact");
    let id = format!("change-{number}");
    assert!(claim_all(store, at(80_000), 1).await?.iter().all(|entry| entry.id != id), "message");
    // Its answers are no double of anything.
    let probe = Arrival { answers: keyed_hash(2, number), ..arrival(200) };
    assert_eq!(accept(store, &probe).await?, Outcome::Accepted, "answers");
    Ok(())
}

async fn stale(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    assert_eq!(store.change(&change(1, 100)).await?, Changed::Done(2));
    let before = read(&store, 1).await?;
    for version in [0, 1, 3, u64::MAX] {
        assert_eq!(store.change(&full_change(version, 200, 7)).await?, Changed::Stale, "version {version}");
    }
    assert!(!store.is_used(&keyed_hash(9, 7)).await?, "token");
    assert_no_trace(&store, &before, 7).await
}

async fn missing(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.change(&full_change(1, 100, 7)).await?, Changed::Missing);
    assert_eq!(store.read(&reference(1)).await?, None);
    assert_eq!(store.head(&reference(1)).await?, None);
    assert!(!store.is_used(&keyed_hash(9, 7)).await?);
    assert_eq!(store.parcel(&keyed_hash(8, 7), at(0)).await?, None);
    assert_eq!(store.claim(at(80_000), super::arrivals::LEASE, 10).await?, []);
    Ok(())
}

async fn stage_since(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let to = |version, seconds, stage| Change { stage: Some(stage), ..change(version, seconds) };
    for (version, seconds, stage, since) in [
        (1, 100, Stage::Asked, 100),
        (2, 200, Stage::Asked, 100),
        (3, 300, Stage::Answered, 300),
        (4, 400, Stage::Asked, 400),
    ] {
        assert_eq!(store.change(&to(version, seconds, stage)).await?, Changed::Done(version + 1));
        let head = read(&store, 1).await?.head;
        assert_eq!((head.stage, head.stage_since), (stage, at(since)), "after change {version}");
        assert_eq!(head.changed_at, at(seconds));
    }
    Ok(())
}

async fn replaced(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let replaces = Change { replacement: Some(replacement(7)), ..change(1, 100) };
    assert_eq!(store.change(&replaces).await?, Changed::Done(2));
    let equal_to_new = Arrival { answers: keyed_hash(2, 7), ..arrival(2) };
    assert_eq!(accept(&store, &equal_to_new).await?, Outcome::Double(first.reference.clone()));
    // What was said before is said no more, so saying it is no double.
    accept_new(&store, &Arrival { answers: first.answers.clone(), ..arrival(3) }).await?;

    // Another record that has the newest equal answers keeps them.
    let back = Change {
        replacement: Some(Replacement { answers: keyed_hash(2, 9), ..replacement(9) }),
        ..change(2, 200)
    };
    assert_eq!(store.change(&back).await?, Changed::Done(3));
    let again = Arrival { answers: first.answers, ..arrival(4) };
    assert_eq!(accept(&store, &again).await?, Outcome::Double(reference(3)));
    Ok(())
}

async fn additions(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let large = Addition { sealed: vec![9; PAYLOAD_LIMIT_BYTES], ..addition("proof", 300, 3) };
    let parts = [
        vec![addition("note", 100, 1), addition("answer", 100, 2)],
        vec![large.clone()],
        // The clock of another machine may be behind: the order is that of the changes.
        vec![addition("objection", 200, 4), addition("decision", 200, 5)],
    ];
    for (version, additions) in (1..).zip(parts.clone()) {
        let adds = Change { additions, ..change(version, 100) };
        assert_eq!(store.change(&adds).await?, Changed::Done(version + 1));
    }
    let read = read(&store, 1).await?.additions;
    let kinds = |additions: &[Addition]| {
        additions.iter().map(|addition| (addition.kind.clone(), addition.at)).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&read), kinds(&parts.concat()));
    assert!(read == parts.concat(), "sealed bytes");
    Ok(())
}

async fn message_id_taken(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let before = read(&store, 1).await?;
    let mut taken = full_change(1, 100, 7);
    taken.messages.push(NewMessage { id: "message-1".to_owned(), sealed: vec![1] });
    let answer = store.change(&taken).await;
    assert!(matches!(answer, Err(StoreError::Failed(_))), "{answer:?}");
    assert!(!store.is_used(&keyed_hash(9, 7)).await?);
    assert_no_trace(&store, &before, 7).await
}

async fn over_the_limit(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let before = read(&store, 1).await?;
    let large = vec![7; PAYLOAD_LIMIT_BYTES + 1];
    let mut changes = [full_change(1, 100, 7), full_change(1, 100, 7), full_change(1, 100, 7)];
    changes[0].replacement = Some(Replacement { payload: large.clone(), ..replacement(7) });
    changes[1].additions.push(Addition { sealed: large.clone(), ..addition("proof", 100, 1) });
    changes[2].parcels.push(Parcel { sealed: large, ..parcel(8, 5000) });
    for change in changes {
        let answer = store.change(&change).await;
        assert!(matches!(answer, Err(StoreError::Failed(_))), "{answer:?}");
    }
    assert_no_trace(&store, &before, 7).await
}

async fn messages_due(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &Arrival { messages: Vec::new(), ..arrival(1) }).await?;
    store.change(&full_change(1, 100, 7)).await?;
    assert_eq!(store.claim(at(99), super::arrivals::LEASE, 10).await?, []);
    let claimed = claim_all(&store, at(100), 1).await?;
    let claimed: Vec<_> = claimed.iter().map(|entry| (entry.id.as_str(), entry.sealed.as_slice())).collect();
    assert_eq!(claimed, [("change-7", [7, 3].as_slice())]);
    Ok(())
}

async fn crowd(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &Arrival { messages: Vec::new(), ..arrival(1) }).await?;
    let tasks: Vec<_> = (10..26)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { patient_change(&store, &full_change(1, 100, number)).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.map_err(|_| StoreError::Failed("a task was interrupted".to_owned()))??);
    }
    let done = outcomes.iter().filter(|outcome| **outcome == Changed::Done(2)).count();
    let stale = outcomes.iter().filter(|outcome| **outcome == Changed::Stale).count();
    assert_eq!((done, stale), (1, 15), "{outcomes:?}");
    let record = read(&store, 1).await?;
    assert_eq!((record.head.version, record.additions.len(), record.audit.len()), (2, 1, 2));
    assert_eq!(record.verify_audit(&audit_keys()), Ok(()));
    assert_eq!(claim_all(&store, at(80_000), 1).await?.len(), 1);
    Ok(())
}

/// Changes, asking again while the store is busy.
pub(super) async fn patient_change(store: &Arc<dyn Store>, change: &Change) -> Result<Changed, StoreError> {
    for _ in 0..20 {
        match store.change(change).await {
            Err(StoreError::Busy(_)) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            answer => return answer,
        }
    }
    store.change(change).await
}

/// A moment that no case reaches.
pub(super) fn far() -> Timestamp {
    at(10 * 365 * 24 * 3600)
}
