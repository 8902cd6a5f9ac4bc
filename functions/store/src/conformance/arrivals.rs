//! What the cases send in, and how they look at what a store then holds.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::{
    Arrival, Doubles, Head, KeyedHash, NewMessage, OutboxEntry, Outcome, Reference, Stage, Store, StoreError,
    utc_day,
};

/// The form that all arrivals answer unless a case says otherwise.
pub(super) const FORM: &str = "registracija";

/// How long messages are claimed for.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// A moment of the suite: `seconds` after noon (UTC) of 23 November 2026.
pub(super) fn at(seconds: i64) -> Timestamp {
    const NOON: i64 = 1_795_435_200;
    Timestamp::UNIX_EPOCH
        .saturating_add(SignedDuration::from_secs(NOON.saturating_add(seconds)))
        .unwrap_or_default()
}

/// The `number`th reference.
pub(super) fn reference(number: u8) -> Reference {
    Reference::from_random([number & 31, number >> 5, 7, 11, 13, 17, 19])
}

/// A keyed hash that differs with `purpose` and `number`.
pub(super) fn keyed_hash(purpose: u8, number: u8) -> KeyedHash {
    KeyedHash { key_id: "k1".to_owned(), hash: format!("{purpose:02x}{number:02x}").repeat(16) }
}

/// The `number`th arrival: its own reference, check key, answers and message; doubles of the last day refused.
pub(super) fn arrival(number: u8) -> Arrival {
    let received_at = at(i64::from(number));
    Arrival {
        reference: reference(number),
        form: FORM.to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        language: "hr".to_owned(),
        received_at,
        payload: vec![number; 64],
        facets: BTreeMap::from([("country".to_owned(), "DE".to_owned())]),
        check_key: keyed_hash(1, number),
        answers: keyed_hash(2, number),
        answers_by_other_keys: Vec::new(),
        doubles: Doubles::RefuseSince(at(i64::from(number) - 24 * 3600)),
        retention: "register".to_owned(),
        stage: Stage::Received,
        promised: None,
        contact: None,
        contact_sealed: None,
        renewal_due_at: None,
        doubts: Vec::new(),
        files: None,
        parcels: Vec::new(),
        messages: vec![NewMessage { id: format!("message-{number}"), sealed: vec![number, 0, 255] }],
    }
}

/// The head that a record has right after its arrival.
pub(super) fn head_of(arrival: &Arrival) -> Head {
    Head {
        reference: arrival.reference.clone(),
        form: arrival.form.clone(),
        fingerprint: arrival.fingerprint.clone(),
        language: arrival.language.clone(),
        received_at: arrival.received_at,
        retention: arrival.retention.clone(),
        facets: arrival.facets.clone(),
        stage: arrival.stage,
        stage_since: arrival.received_at,
        version: 1,
        changed_at: arrival.received_at,
        promised: arrival.promised,
        notice: None,
        contact: arrival.contact.clone(),
        contact_sealed: arrival.contact_sealed.clone(),
        contact_confirmed_at: None,
        renewal_due_at: arrival.renewal_due_at,
        doubts: arrival.doubts.clone(),
        files: Vec::new(),
    }
}

/// Accepts, asking again while the store is busy, as a person would.
pub(super) async fn accept(store: &Arc<dyn Store>, arrival: &Arrival) -> Result<Outcome, StoreError> {
    for _ in 0..20 {
        match store.accept(arrival).await {
            Err(StoreError::Busy(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
            answer => return answer,
        }
    }
    store.accept(arrival).await
}

/// Accepts what must be new.
pub(super) async fn accept_new(store: &Arc<dyn Store>, arrival: &Arrival) -> Result<(), StoreError> {
    assert_eq!(accept(store, arrival).await?, Outcome::Accepted);
    Ok(())
}

/// How many submissions of [`FORM`] the day of `at(0)` has.
pub(super) async fn counted(store: &Arc<dyn Store>) -> Result<u64, StoreError> {
    store.count(FORM, utc_day(at(0))).await
}

/// Claims until `wanted` messages came or a while has passed: a distributed store may show them a moment late.
pub(super) async fn claim_all(
    store: &Arc<dyn Store>,
    now: Timestamp,
    wanted: usize,
) -> Result<Vec<OutboxEntry>, StoreError> {
    let mut claimed = store.claim(now, LEASE, 100).await?;
    for _ in 0..20 {
        if claimed.len() >= wanted {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        claimed.extend(store.claim(now, LEASE, 100).await?);
    }
    claimed.sort_by(|one, other| one.id.cmp(&other.id));
    Ok(claimed)
}

/// Asserts that the store holds exactly these arrivals, and not a trace of any other: neither record nor
/// receipt nor count nor message.
pub(super) async fn assert_holds_only(
    store: &Arc<dyn Store>,
    held: &[&Arrival],
    refused: &Arrival,
) -> Result<(), StoreError> {
    assert_eq!(counted(store).await?, held.len() as u64, "count");
    for arrival in held {
        let record = store.read(&arrival.reference).await?;
        assert_eq!(
            record.map(|record| record.payload),
            Some(arrival.payload.clone()),
            "what was held before"
        );
    }
    if held.iter().all(|arrival| arrival.reference != refused.reference) {
        assert_eq!(store.read(&refused.reference).await?, None, "record of the refused");
        assert_eq!(store.receipt(&refused.reference).await?, None, "receipt of the refused");
    }
    let mut expected: Vec<_> =
        held.iter().flat_map(|arrival| &arrival.messages).map(|message| &message.id).collect();
    expected.sort();
    let claimed = claim_all(store, at(1000), expected.len()).await?;
    assert_eq!(claimed.iter().map(|entry| &entry.id).collect::<Vec<_>>(), expected, "messages");
    Ok(())
}
