//! What is erased is gone everywhere; that it was there, and went, stays provable.

use std::sync::Arc;

use super::arrivals::{
    FORM, LEASE, accept, accept_new, arrival, at, claim_all, counted, keyed_hash, reference,
};
use super::changes::{addition, change, far, full_change, parcel, read};
use super::files::{attached, staged_file};
use super::{Case, audit_keys};
use crate::{
    Arrival, Change, Changed, Erasure, NewMessage, Outcome, QueueFilter, Stage, Store, StoreError, Trigger,
    verify_audit,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("nothing_of_an_erased_record_is_found", nothing_left),
        Case::new("an_erased_record_is_missing_for_changes_and_erasures", missing_from_then_on),
        Case::new("the_audit_chain_of_an_erased_record_stays_and_tells_of_it", chain_stays),
        Case::new("an_erasure_of_an_old_version_or_with_a_used_token_does_nothing", refused),
        Case::new("an_erasure_without_a_version_erases_whatever_there_is", any_version),
        Case::new("the_reference_and_the_key_of_an_erased_record_stay_taken", stays_taken),
        Case::new("answers_that_were_erased_can_be_sent_again", answers_again),
        Case::new("letters_of_the_erasure_outlive_the_record", letters_outlive),
        Case::new("the_erasure_journal_is_oldest_first", journal),
        Case::new("other_records_keep_everything", others_keep),
    ]
}

pub(super) fn erasure(number: u8, seconds: i64) -> Erasure {
    Erasure {
        reference: reference(number),
        version: None,
        at: at(seconds),
        event: "erased by applicant".to_owned(),
        uses: None,
        messages: Vec::new(),
    }
}

/// A record with one of everything: version 2.
async fn full_record(store: &Arc<dyn Store>) -> Result<(), StoreError> {
    let file = staged_file(1, 1);
    store.stage(&file, 5).await?;
    let files = Some((file.batch, vec![file.head.id]));
    let mut arrival = Arrival { files, parcels: vec![parcel(1, 5000)], ..arrival(1) };
    arrival.contact = Some(keyed_hash(3, 1));
    arrival.renewal_due_at = Some(at(500));
    accept_new(store, &arrival).await?;
    let change = Change {
        stage: Some(Stage::Refused),
        additions: vec![addition("decision", 100, 1)],
        ..full_change(1, 100, 7)
    };
    assert_eq!(store.change(&change).await?, Changed::Done(2));
    store.given_up("change-7", at(110), "no route").await
}

async fn nothing_left(store: Arc<dyn Store>) -> Result<(), StoreError> {
    full_record(&store).await?;
    let erasure = Erasure { version: Some(2), ..erasure(1, 200) };
    assert_eq!(store.erase(&erasure).await?, Changed::Done(3));

    assert_eq!(store.read(&reference(1)).await?, None);
    assert_eq!(store.head(&reference(1)).await?, None);
    assert_eq!(store.receipt(&reference(1)).await?, None);
    assert_eq!(store.file(&reference(1), &staged_file(1, 1).head.id).await?, None);
    assert_eq!(store.staged(&staged_file(1, 1).batch).await?, []);
    for number in [1, 7] {
        assert_eq!(store.parcel(&keyed_hash(8, number), at(0)).await?, None);
        assert_eq!(store.by_contact(FORM, &keyed_hash(3, number)).await?, []);
    }
    assert_eq!(store.list(&QueueFilter::default(), None, 10).await?.heads, []);
    assert_eq!(store.claim(far(), LEASE, 10).await?, []);
    assert_eq!(store.failed(10).await?, []);
    assert!(!store.retry("change-7", at(300)).await?);
    assert_eq!(store.renewals_due(far(), 10).await?, []);
    for trigger in [Trigger::Received, Trigger::Closed, Trigger::LastChange] {
        assert_eq!(store.expired("register", trigger, far(), 10).await?, []);
    }
    assert_eq!(counted(&store).await?, 1, "how many were accepted is no personal data");
    assert_eq!(store.erasures().await?, [(reference(1), at(200))]);
    Ok(())
}

async fn missing_from_then_on(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    assert_eq!(store.erase(&erasure(2, 100)).await?, Changed::Missing, "never there");
    assert_eq!(store.erase(&erasure(1, 100)).await?, Changed::Done(2));
    assert_eq!(store.erase(&erasure(1, 200)).await?, Changed::Missing);
    for version in [1, 2, 3] {
        assert_eq!(store.change(&full_change(version, 300, 7)).await?, Changed::Missing);
        let erasure = Erasure { version: Some(version), ..erasure(1, 300) };
        assert_eq!(store.erase(&erasure).await?, Changed::Missing);
    }
    assert!(!store.is_used(&keyed_hash(9, 7)).await?);
    assert_eq!(store.erasures().await?, [(reference(1), at(100))]);
    Ok(())
}

async fn chain_stays(store: Arc<dyn Store>) -> Result<(), StoreError> {
    full_record(&store).await?;
    store.erase(&erasure(1, 200)).await?;
    let chains = store.chains(None, 10).await?;
    assert_eq!(chains.len(), 1);
    let events: Vec<_> = chains[0].lines.iter().map(|line| (line.event.as_str(), line.at)).collect();
    let expected = [("received", at(1)), ("proof_sent by office", at(100)), ("erased by applicant", at(200))];
    assert_eq!(events, expected);
    let chain = &chains[0];
    assert_eq!(verify_audit(&audit_keys(), &chain.reference, &chain.lines, &chain.head), Ok(()));
    Ok(())
}

async fn refused(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let token = (keyed_hash(9, 1), at(90_000));
    store.change(&Change { uses: Some(token.clone()), ..change(1, 100) }).await?;
    let before = read(&store, 1).await?;
    let letter = NewMessage { id: "erased".to_owned(), sealed: vec![1] };
    let erases = |version, uses| Erasure { version, uses, messages: vec![letter.clone()], ..erasure(1, 200) };
    let fresh = (keyed_hash(9, 2), at(90_000));
    assert_eq!(store.erase(&erases(Some(1), Some(fresh.clone()))).await?, Changed::Stale);
    assert!(!store.is_used(&fresh.0).await?);
    assert_eq!(store.erase(&erases(Some(1), Some(token.clone()))).await?, Changed::TokenUsed);
    assert_eq!(store.erase(&erases(None, Some(token))).await?, Changed::TokenUsed);
    assert_eq!(read(&store, 1).await?, before);
    assert_eq!(store.erasures().await?, []);
    let claimed = claim_all(&store, at(300), 1).await?;
    assert_eq!(claimed.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["message-1"]);
    // With a token that was not used, it is done, and the token is used up.
    assert_eq!(store.erase(&erases(Some(2), Some(fresh.clone()))).await?, Changed::Done(3));
    assert!(store.is_used(&fresh.0).await?);
    Ok(())
}

async fn any_version(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    for version in 1..=4 {
        store.change(&change(version, 100)).await?;
    }
    assert_eq!(store.erase(&erasure(1, 200)).await?, Changed::Done(6));
    Ok(())
}

async fn stays_taken(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    store.erase(&erasure(1, 100)).await?;
    let same_reference = Arrival { reference: reference(1), ..arrival(2) };
    assert_eq!(accept(&store, &same_reference).await?, Outcome::ReferenceTaken);
    let answer = accept(&store, &Arrival { reference: reference(2), ..arrival(1) }).await?;
    assert_eq!(answer, Outcome::KeyUsed, "whether the answers were these is forgotten");
    assert_eq!(store.read(&reference(2)).await?, None);
    Ok(())
}

async fn answers_again(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    store.erase(&erasure(1, 100)).await?;
    let again = Arrival { answers: arrival(1).answers, ..arrival(2) };
    accept_new(&store, &again).await?;
    let third = Arrival { answers: arrival(1).answers, ..arrival(3) };
    assert_eq!(accept(&store, &third).await?, Outcome::Double(reference(2)));
    Ok(())
}

async fn letters_outlive(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let letter = NewMessage { id: "erased".to_owned(), sealed: vec![9, 8, 7] };
    let erases = Erasure { messages: vec![letter], ..erasure(1, 100) };
    assert_eq!(store.erase(&erases).await?, Changed::Done(2));
    assert_eq!(store.claim(at(99), LEASE, 10).await?, []);
    let claimed = claim_all(&store, at(100), 1).await?;
    let claimed: Vec<_> = claimed.iter().map(|entry| (entry.id.as_str(), entry.sealed.as_slice())).collect();
    assert_eq!(claimed, [("erased", [9, 8, 7].as_slice())]);
    store.delivered("erased", at(101)).await?;
    assert_eq!(store.claim(far(), LEASE, 10).await?, []);
    Ok(())
}

async fn journal(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.erasures().await?, []);
    for number in 1..=4 {
        accept_new(&store, &arrival(number)).await?;
    }
    for (number, seconds) in [(3, 100), (1, 200), (4, 300)] {
        store.erase(&erasure(number, seconds)).await?;
    }
    let expected = [(reference(3), at(100)), (reference(1), at(200)), (reference(4), at(300))];
    assert_eq!(store.erasures().await?, expected);
    Ok(())
}

async fn others_keep(store: Arc<dyn Store>) -> Result<(), StoreError> {
    full_record(&store).await?;
    let other = attached(&store, 2).await?;
    let before = read(&store, 2).await?;
    store.erase(&erasure(1, 200)).await?;
    assert_eq!(read(&store, 2).await?, before);
    assert_eq!(store.file(&reference(2), &other.head.id).await?, Some(other.sealed));
    let left = store.list(&QueueFilter::default(), None, 10).await?.heads;
    assert_eq!(left, [before.head]);
    Ok(())
}
