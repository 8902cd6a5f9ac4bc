//! What is accepted is there; what is refused left no trace.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::date;

use super::arrivals::{
    accept, accept_new, arrival, assert_holds_only, at, claim_all, counted, head_of, keyed_hash, reference,
};
use super::{Case, audit_keys};
use crate::{
    AuditEntry, EVENT_RECEIVED, MessageState, MessageStatus, NewMessage, Outcome, PAYLOAD_LIMIT_BYTES,
    ReceiptRecord, Record, Stage, Store, StoreError, payload_sha256,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("an_accepted_arrival_is_read_back_whole", read_back_whole),
        Case::new("a_payload_of_any_bytes_and_size_comes_back_identical", any_payload),
        Case::new("a_payload_over_the_limit_is_an_error_and_leaves_no_trace", too_large),
        Case::new("facets_keep_every_letter", any_facets),
        Case::new("the_same_confirmation_again_gives_the_same_reference", replayed),
        Case::new("a_used_key_with_other_answers_is_refused", key_used),
        Case::new("a_used_key_for_another_form_is_refused", key_used_for_another_form),
        Case::new("a_key_stays_used_for_ever", key_used_for_ever),
        Case::new("a_taken_reference_is_refused", reference_taken),
        Case::new("an_arrival_without_messages_is_accepted", no_messages),
        Case::new("an_arrival_with_several_messages_sends_them_all", several_messages),
        Case::new("a_taken_message_id_is_an_error_and_leaves_no_trace", message_id_taken),
    ]
}

async fn read_back_whole(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let mut arrival = arrival(1);
    arrival.received_at = "2026-11-23T12:00:01.123456789Z".parse().unwrap_or_default();
    arrival.stage = Stage::Quarantined;
    arrival.promised = Some(date(2026, 12, 24));
    arrival.contact = Some(keyed_hash(3, 1));
    arrival.contact_sealed = Some(vec![0, 1, 255]);
    arrival.renewal_due_at = Some(at(400 * 24 * 3600));
    arrival.doubts = vec!["filled_in_two_seconds".to_owned(), "many_from_one_network".to_owned()];
    accept_new(&store, &arrival).await?;

    let keys = audit_keys();
    let audit = AuditEntry::first(keys.current(), &arrival.reference, EVENT_RECEIVED, arrival.received_at);
    let receipt = ReceiptRecord {
        reference: arrival.reference.clone(),
        form: arrival.form.clone(),
        language: arrival.language.clone(),
        received_at: arrival.received_at,
        stage: arrival.stage,
        promised: arrival.promised,
        payload_sha256: Some(payload_sha256(&arrival.payload)),
    };
    assert_eq!(store.receipt(&arrival.reference).await?, Some(receipt));
    let record = store.read(&arrival.reference).await?;
    assert_eq!(
        record,
        Some(Record {
            head: head_of(&arrival),
            payload: arrival.payload.clone(),
            additions: Vec::new(),
            messages: vec![MessageStatus {
                id: arrival.messages[0].id.clone(),
                state: MessageState::Waiting { attempts: 0 },
            }],
            audit_head: audit.hash.clone(),
            audit: vec![audit],
        })
    );
    assert_eq!(record.map(|record| record.verify_audit(&keys)), Some(Ok(())));
    assert_holds_only(&store, &[&arrival], &super::arrivals::arrival(2)).await
}

async fn any_payload(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let every_byte: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = every_byte.iter().copied().cycle().take(300_000).collect();
    let largest = large.iter().copied().cycle().take(PAYLOAD_LIMIT_BYTES).collect();
    for (number, payload) in (1..).zip([every_byte, large, largest, Vec::new()]) {
        let mut arrival = arrival(number);
        arrival.payload = payload;
        accept_new(&store, &arrival).await?;
        let read = store.read(&arrival.reference).await?.map(|record| record.payload);
        // Not assert_eq: it would print both in full.
        assert!(read.as_ref() == Some(&arrival.payload), "payload of {} bytes", arrival.payload.len());
    }
    Ok(())
}

async fn too_large(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let mut arrival = arrival(1);
    arrival.payload = vec![7; PAYLOAD_LIMIT_BYTES + 1];
    let answer = store.accept(&arrival).await;
    assert!(matches!(answer, Err(StoreError::Failed(_))), "{answer:?}");
    assert_holds_only(&store, &[], &arrival).await
}

async fn any_facets(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let pairs = [
        ("država", "Bosna i Hercegovina"),
        ("vrsta", "rođeni, vjenčani; „uvjerenje o državljanstvu”"),
        ("džemper ljuljačka njiva", "Ǆ ǈ ǌ 🕊️ \"'\\%_#;--"),
        ("prazno", ""),
        ("novi\nred", "\u{0}\t\u{7f}\u{fffd}"),
    ];
    let mut arrival = arrival(1);
    arrival.facets = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    arrival.form = "zahtjev-za-ispravu".to_owned();
    accept_new(&store, &arrival).await?;
    let read = store.read(&arrival.reference).await?;
    assert_eq!(read.map(|record| record.head.facets), Some(arrival.facets));

    let mut without = super::arrivals::arrival(2);
    without.facets = BTreeMap::new();
    accept_new(&store, &without).await?;
    assert_eq!(store.read(&without.reference).await?.map(|record| record.head.facets), Some(without.facets));
    Ok(())
}

async fn replayed(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    assert_eq!(accept(&store, &first).await?, Outcome::Replayed(first.reference.clone()));

    // A repeated confirmation is another request: it proposes another reference, at another time.
    let mut again = first.clone();
    again.reference = reference(2);
    again.received_at = at(500);
    again.payload = vec![9; 10];
    again.messages = vec![NewMessage { id: "again".to_owned(), sealed: vec![1] }];
    assert_eq!(accept(&store, &again).await?, Outcome::Replayed(first.reference.clone()));
    assert_holds_only(&store, &[&first], &again).await
}

async fn key_used(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let mut other = arrival(2);
    other.check_key = first.check_key.clone();
    assert_eq!(accept(&store, &other).await?, Outcome::KeyUsed);
    assert_holds_only(&store, &[&first], &other).await
}

async fn key_used_for_another_form(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let mut other = arrival(2);
    other.check_key = first.check_key.clone();
    other.answers = first.answers.clone();
    other.form = "zahtjev-za-ispravu".to_owned();
    assert_eq!(accept(&store, &other).await?, Outcome::KeyUsed);
    assert_holds_only(&store, &[&first], &other).await
}

async fn key_used_for_ever(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let mut years_later = first.clone();
    years_later.reference = reference(2);
    years_later.received_at = at(20 * 365 * 24 * 3600);
    assert_eq!(accept(&store, &years_later).await?, Outcome::Replayed(first.reference.clone()));
    Ok(())
}

async fn reference_taken(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let mut other = arrival(2);
    other.reference = first.reference.clone();
    assert_eq!(accept(&store, &other).await?, Outcome::ReferenceTaken);
    assert_holds_only(&store, &[&first], &other).await?;

    // Its key was not used up: with another reference it is accepted.
    other.reference = reference(3);
    accept_new(&store, &other).await
}

async fn no_messages(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let mut arrival = arrival(1);
    arrival.messages.clear();
    accept_new(&store, &arrival).await?;
    assert_holds_only(&store, &[&arrival], &super::arrivals::arrival(2)).await
}

async fn several_messages(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let mut arrival = arrival(1);
    arrival.messages =
        (0_u8..5).map(|number| NewMessage { id: format!("m{number}"), sealed: vec![number; 3] }).collect();
    accept_new(&store, &arrival).await?;
    let claimed: Vec<_> = claim_all(&store, at(100), 5).await?;
    let claimed: Vec<_> =
        claimed.into_iter().map(|entry| NewMessage { id: entry.id, sealed: entry.sealed }).collect();
    assert_eq!(claimed, arrival.messages);
    Ok(())
}

async fn message_id_taken(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let mut other = arrival(2);
    other.messages.push(first.messages[0].clone());
    let answer = store.accept(&other).await;
    assert!(matches!(answer, Err(StoreError::Failed(_))), "{answer:?}");
    assert_eq!(counted(&store).await?, 1);
    assert_holds_only(&store, &[&first], &other).await?;

    other.messages.pop();
    other.answers = keyed_hash(2, 2);
    accept_new(&store, &other).await
}
