//! What works once, and what is there for a while.

use std::sync::Arc;

use super::Case;
use super::arrivals::{accept_new, arrival, at, keyed_hash, reference};
use super::changes::{assert_no_trace, change, full_change, parcel, patient_change, read};
use crate::{Arrival, Change, Changed, PAYLOAD_LIMIT_BYTES, Parcel, Stage, Store, StoreError};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("a_token_is_used_up_by_the_change_and_by_nothing_else", used_once),
        Case::new("a_used_token_comes_before_a_stale_version_and_after_a_missing_record", order),
        Case::new("an_equal_token_hash_of_another_key_is_another_token", another_key),
        Case::new("of_many_uses_of_one_token_at_once_one_is_done", crowd),
        Case::new("a_parcel_of_an_arrival_is_found_until_it_expires", parcel_of_an_arrival),
        Case::new("a_parcel_over_the_limit_stops_the_arrival", parcel_too_large),
        Case::new("a_parcel_of_any_bytes_and_size_comes_back_identical", any_parcel),
        Case::new("a_change_can_remove_earlier_parcels_and_add_new_ones", parcels_removed),
    ]
}

async fn used_once(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let token = (keyed_hash(9, 1), at(90_000));
    assert!(!store.is_used(&token.0).await?);
    let confirms = Change { uses: Some(token.clone()), stage: Some(Stage::ProofConfirmed), ..change(1, 100) };
    assert_eq!(store.change(&confirms).await?, Changed::Done(2));
    assert!(store.is_used(&token.0).await?);
    let before = read(&store, 1).await?;
    let again = Change { uses: Some(token), ..full_change(2, 200, 7) };
    assert_eq!(store.change(&again).await?, Changed::TokenUsed);
    assert_no_trace(&store, &before, 7).await
}

async fn order(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let token = (keyed_hash(9, 1), at(90_000));
    let uses = Change { uses: Some(token.clone()), ..change(1, 100) };
    assert_eq!(store.change(&uses).await?, Changed::Done(2));
    assert_eq!(store.change(&uses).await?, Changed::TokenUsed, "its version is old as well");
    let elsewhere = Change { reference: reference(2), ..uses };
    assert_eq!(store.change(&elsewhere).await?, Changed::Missing);
    let stale = Change { uses: Some((keyed_hash(9, 2), at(90_000))), ..change(1, 100) };
    assert_eq!(store.change(&stale).await?, Changed::Stale);
    assert!(!store.is_used(&keyed_hash(9, 2)).await?, "nothing was done, so nothing was used up");
    Ok(())
}

async fn another_key(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let mut token = keyed_hash(9, 1);
    let uses = |token, version| Change { uses: Some((token, at(90_000))), ..change(version, 100) };
    assert_eq!(store.change(&uses(token.clone(), 1)).await?, Changed::Done(2));
    token.key_id = "k2".to_owned();
    assert!(!store.is_used(&token).await?);
    assert_eq!(store.change(&uses(token, 2)).await?, Changed::Done(3));
    Ok(())
}

async fn crowd(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let tasks: Vec<_> = (0..12)
        .map(|number| {
            let store = Arc::clone(&store);
            let uses = Change { uses: Some((keyed_hash(9, 1), at(90_000))), ..change(1, 100 + number) };
            tokio::spawn(async move { patient_change(&store, &uses).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.map_err(|_| StoreError::Failed("a task was interrupted".to_owned()))??);
    }
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    assert_eq!((count(Changed::Done(2)), count(Changed::TokenUsed)), (1, 11), "{outcomes:?}");
    assert_eq!(read(&store, 1).await?.audit.len(), 2);
    Ok(())
}

async fn parcel_of_an_arrival(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let copy = parcel(1, 3600);
    accept_new(&store, &Arrival { parcels: vec![copy.clone(), parcel(2, 100)], ..arrival(1) }).await?;
    let found = Some((reference(1), copy.sealed));
    assert_eq!(store.parcel(&copy.id, at(1)).await?, found);
    assert_eq!(store.parcel(&copy.id, at(3599)).await?, found);
    assert_eq!(store.parcel(&copy.id, at(3600)).await?, None, "from then on it is not found");
    assert_eq!(store.parcel(&keyed_hash(8, 2), at(99)).await?, Some((reference(1), vec![2, 5, 0])));
    assert_eq!(store.parcel(&keyed_hash(8, 2), at(100)).await?, None);
    assert_eq!(store.parcel(&keyed_hash(8, 3), at(1)).await?, None, "unknown");
    let mut other_key = copy.id;
    other_key.key_id = "k2".to_owned();
    assert_eq!(store.parcel(&other_key, at(1)).await?, None);
    Ok(())
}

async fn parcel_too_large(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let large = Parcel { sealed: vec![7; PAYLOAD_LIMIT_BYTES + 1], ..parcel(1, 3600) };
    let arrival = Arrival { parcels: vec![large], ..arrival(1) };
    let answer = store.accept(&arrival).await;
    assert!(matches!(answer, Err(StoreError::Failed(_))), "{answer:?}");
    super::arrivals::assert_holds_only(&store, &[], &arrival).await
}

async fn any_parcel(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let every_byte: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = every_byte.iter().copied().cycle().take(PAYLOAD_LIMIT_BYTES).collect();
    let parcels: Vec<_> = (1..)
        .zip([every_byte, large, Vec::new()])
        .map(|(number, sealed)| Parcel { sealed, ..parcel(number, 3600) })
        .collect();
    accept_new(&store, &Arrival { parcels: parcels.clone(), ..arrival(1) }).await?;
    for parcel in parcels {
        let found = store.parcel(&parcel.id, at(1)).await?;
        assert!(found == Some((reference(1), parcel.sealed)), "parcel {:?}", parcel.id);
    }
    Ok(())
}

async fn parcels_removed(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &Arrival { parcels: vec![parcel(1, 3600)], ..arrival(1) }).await?;
    accept_new(&store, &Arrival { parcels: vec![parcel(2, 3600)], ..arrival(2) }).await?;
    store.change(&Change { parcels: vec![parcel(3, 3600)], ..change(1, 100) }).await?;
    let anew = Change { removes_parcels: true, parcels: vec![parcel(4, 3600)], ..change(2, 200) };
    assert_eq!(store.change(&anew).await?, Changed::Done(3));
    for (number, there) in [(1, false), (2, true), (3, false), (4, true)] {
        let found = store.parcel(&keyed_hash(8, number), at(300)).await?;
        assert_eq!(found.is_some(), there, "parcel {number}");
    }
    Ok(())
}
