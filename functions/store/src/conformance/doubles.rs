//! Equal answers under another key: refused within the window, accepted outside it or when the person insists.

use std::sync::Arc;

use super::Case;
use super::arrivals::{accept, accept_new, arrival, assert_holds_only, at};
use crate::{Arrival, Doubles, KeyedHash, Outcome, Store, StoreError};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("equal_answers_within_the_window_are_a_double", within_the_window),
        Case::new("equal_answers_of_the_first_moment_of_the_window_are_a_double", at_the_edge),
        Case::new("equal_answers_before_the_window_are_accepted", before_the_window),
        Case::new("send_again_is_accepted_and_its_reference_leads_from_then_on", send_again),
        Case::new("a_refused_double_does_not_use_up_its_key", key_stays_free),
        Case::new("a_replay_comes_before_a_double", replay_before_double),
        Case::new("a_double_comes_before_a_taken_reference", double_before_taken),
        Case::new("equal_answers_to_another_form_are_no_double", another_form),
        Case::new("an_equal_hash_under_another_key_is_no_double", another_hash_key),
        Case::new("equal_answers_hashed_before_a_rotation_are_a_double_after_it", rotated),
        Case::new("doubles_by_an_older_key_have_the_same_window_and_send_again", rotated_window),
    ]
}

/// The arrival of `number` with the answers of the first one.
fn double(number: u8) -> Arrival {
    Arrival { answers: arrival(1).answers, ..arrival(number) }
}

async fn within_the_window(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    assert_eq!(accept(&store, &double(2)).await?, Outcome::Double(first.reference.clone()));
    assert_holds_only(&store, &[&first], &double(2)).await
}

async fn at_the_edge(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let edge = Arrival { doubles: Doubles::RefuseSince(first.received_at), ..double(2) };
    assert_eq!(accept(&store, &edge).await?, Outcome::Double(first.reference));
    Ok(())
}

async fn before_the_window(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let just_after = first.received_at.checked_add(jiff::SignedDuration::from_nanos(1)).unwrap_or_default();
    let later = Arrival { doubles: Doubles::RefuseSince(just_after), ..double(2) };
    accept_new(&store, &later).await?;
    assert_eq!(
        accept(&store, &double(3)).await?,
        Outcome::Double(later.reference.clone()),
        "the newest leads"
    );
    assert_holds_only(&store, &[&first, &later], &double(3)).await
}

async fn send_again(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let again = Arrival { doubles: Doubles::Accept, ..double(2) };
    accept_new(&store, &again).await?;
    assert_eq!(accept(&store, &again).await?, Outcome::Replayed(again.reference.clone()));
    assert_eq!(accept(&store, &double(3)).await?, Outcome::Double(again.reference.clone()));
    assert_eq!(accept(&store, &first).await?, Outcome::Replayed(first.reference.clone()));
    assert_holds_only(&store, &[&first, &again], &double(3)).await
}

async fn key_stays_free(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let refused = double(2);
    assert_eq!(accept(&store, &refused).await?, Outcome::Double(arrival(1).reference));
    accept_new(&store, &Arrival { doubles: Doubles::Accept, ..refused }).await
}

async fn replay_before_double(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    accept_new(&store, &Arrival { doubles: Doubles::Accept, ..double(2) }).await?;
    // Both apply: the key was used, and the newest equal answers are of another submission.
    assert_eq!(accept(&store, &first).await?, Outcome::Replayed(first.reference));
    Ok(())
}

async fn double_before_taken(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let both = Arrival { reference: first.reference.clone(), ..double(2) };
    assert_eq!(accept(&store, &both).await?, Outcome::Double(first.reference));
    Ok(())
}

async fn another_form(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    accept_new(&store, &Arrival { form: "zahtjev-za-ispravu".to_owned(), ..double(2) }).await?;
    assert_eq!(accept(&store, &double(3)).await?, Outcome::Double(arrival(1).reference));
    Ok(())
}

async fn another_hash_key(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let mut other = double(2);
    other.answers.key_id = "k2".to_owned();
    accept_new(&store, &other).await?;

    // The same for check keys: another key's hash is another key.
    let mut other = arrival(3);
    other.check_key = arrival(1).check_key;
    other.check_key.key_id = "k2".to_owned();
    other.received_at = at(3);
    accept_new(&store, &other).await
}

/// The answers of the first arrival, hashed with a key that was made after it.
fn after_rotation(number: u8) -> Arrival {
    let answers_by_other_keys =
        vec![KeyedHash { key_id: "k0".to_owned(), ..arrival(1).answers }, arrival(1).answers];
    let answers = KeyedHash { key_id: "k2".to_owned(), ..arrival(number).answers };
    Arrival { answers, answers_by_other_keys, ..arrival(number) }
}

async fn rotated(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    assert_eq!(accept(&store, &after_rotation(2)).await?, Outcome::Double(first.reference.clone()));
    assert_holds_only(&store, &[&first], &after_rotation(2)).await?;

    // Also the other way round: a page from before the rotation that is confirmed last.
    let newer = Arrival { doubles: Doubles::Accept, ..after_rotation(3) };
    accept_new(&store, &newer).await?;
    let late = Arrival { answers_by_other_keys: vec![newer.answers.clone()], ..double(4) };
    assert!(matches!(accept(&store, &late).await?, Outcome::Double(_)));
    Ok(())
}

async fn rotated_window(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let first = arrival(1);
    accept_new(&store, &first).await?;
    let just_after = first.received_at.checked_add(jiff::SignedDuration::from_nanos(1)).unwrap_or_default();
    accept_new(&store, &Arrival { doubles: Doubles::RefuseSince(just_after), ..after_rotation(2) }).await?;
    accept_new(&store, &Arrival { doubles: Doubles::Accept, ..after_rotation(3) }).await?;
    let replayed = accept(&store, &after_rotation(3)).await?;
    assert_eq!(replayed, Outcome::Replayed(after_rotation(3).reference), "a replay comes first here too");
    Ok(())
}
