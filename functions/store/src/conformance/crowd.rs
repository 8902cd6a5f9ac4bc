//! Many at once: exactly one is accepted, and everyone learns which.

use std::sync::Arc;

use super::Case;
use super::arrivals::{accept, arrival, assert_holds_only, counted, reference};
use crate::{Arrival, Outcome, Reference, Store, StoreError};

/// How many confirm at once.
const CROWD: u8 = 16;

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("of_many_identical_confirmations_at_once_one_is_accepted", identical),
        Case::new("of_many_confirmations_of_one_key_at_once_one_is_accepted", one_key),
        Case::new("of_equal_answers_under_many_keys_at_once_one_is_accepted", equal_answers),
        Case::new("of_many_that_propose_one_reference_at_once_one_gets_it", one_reference),
        Case::new("different_arrivals_at_once_are_all_accepted_and_counted", different),
    ]
}

/// Accepts all at once; answers in the order given.
async fn at_once(store: &Arc<dyn Store>, arrivals: Vec<Arrival>) -> Result<Vec<Outcome>, StoreError> {
    let tasks: Vec<_> = arrivals
        .into_iter()
        .map(|arrival| {
            let store = Arc::clone(store);
            tokio::spawn(async move { accept(&store, &arrival).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        let outcome = task.await.map_err(|_| StoreError::Failed("a task was interrupted".to_owned()))??;
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The one arrival that was accepted; all others were answered with what `answer` makes of its reference.
fn the_accepted<'a>(
    arrivals: &'a [Arrival],
    outcomes: &[Outcome],
    answer: impl Fn(Reference) -> Outcome,
) -> &'a Arrival {
    let places: Vec<_> = (0..)
        .zip(outcomes)
        .filter(|(_, outcome)| **outcome == Outcome::Accepted)
        .map(|(place, _)| place)
        .collect();
    assert_eq!(places.len(), 1, "accepted: {outcomes:?}");
    let accepted: &Arrival = &arrivals[places[0]];
    let expected = answer(accepted.reference.clone());
    for (place, outcome) in (0..).zip(outcomes) {
        assert!(place == places[0] || *outcome == expected, "{outcome:?} instead of {expected:?}");
    }
    accepted
}

async fn identical(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let arrivals = vec![arrival(1); usize::from(CROWD)];
    let outcomes = at_once(&store, arrivals.clone()).await?;
    let accepted = the_accepted(&arrivals, &outcomes, Outcome::Replayed);
    assert_holds_only(&store, &[accepted], &arrival(2)).await
}

async fn one_key(store: Arc<dyn Store>) -> Result<(), StoreError> {
    // As two presses of a button arrive: each request proposes its own reference and messages.
    let arrivals: Vec<_> = (1..=CROWD)
        .map(|number| Arrival {
            check_key: arrival(1).check_key,
            answers: arrival(1).answers,
            ..arrival(number)
        })
        .collect();
    let outcomes = at_once(&store, arrivals.clone()).await?;
    let accepted = the_accepted(&arrivals, &outcomes, Outcome::Replayed);
    for refused in arrivals.iter().filter(|other| other.reference != accepted.reference) {
        assert_eq!(store.read(&refused.reference).await?, None);
    }
    assert_holds_only(&store, &[accepted], &arrival(CROWD + 1)).await
}

async fn equal_answers(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let arrivals: Vec<_> =
        (1..=CROWD).map(|number| Arrival { answers: arrival(1).answers, ..arrival(number) }).collect();
    let outcomes = at_once(&store, arrivals.clone()).await?;
    let accepted = the_accepted(&arrivals, &outcomes, Outcome::Double);
    for refused in arrivals.iter().filter(|other| other.reference != accepted.reference) {
        assert_eq!(store.read(&refused.reference).await?, None);
    }
    assert_holds_only(&store, &[accepted], &arrival(CROWD + 1)).await
}

async fn one_reference(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let arrivals: Vec<_> =
        (1..=CROWD).map(|number| Arrival { reference: reference(1), ..arrival(number) }).collect();
    let outcomes = at_once(&store, arrivals.clone()).await?;
    let accepted = the_accepted(&arrivals, &outcomes, |_| Outcome::ReferenceTaken);
    assert_holds_only(&store, &[accepted], &arrival(CROWD + 1)).await
}

async fn different(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let arrivals: Vec<_> = (1..=CROWD).map(arrival).collect();
    let outcomes = at_once(&store, arrivals.clone()).await?;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Accepted), "{outcomes:?}");
    assert_eq!(counted(&store).await?, u64::from(CROWD));
    assert_holds_only(&store, &arrivals.iter().collect::<Vec<_>>(), &arrival(CROWD + 1)).await
}
