//! Messages: claimed by one worker at a time, at least once, and never again when delivered.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Case;
use super::arrivals::{LEASE, accept_new, arrival, at, claim_all};
use crate::{NewMessage, Store, StoreError};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("a_claimed_message_is_hidden_until_its_lease_ends", leased),
        Case::new("each_claim_counts_as_an_attempt", attempts),
        Case::new("a_message_is_not_due_before_it_was_written", not_before),
        Case::new("a_delivered_message_never_returns", delivered),
        Case::new("delivering_twice_or_the_unknown_is_no_error", delivered_twice),
        Case::new("a_postponed_message_is_due_at_its_time", postponed),
        Case::new("postponing_after_delivery_changes_nothing", postponed_after_delivery),
        Case::new("a_claim_takes_no_more_than_its_limit", limited),
        Case::new("workers_at_once_never_get_the_same_message", workers_at_once),
    ]
}

async fn leased(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let first = claim_all(&store, at(10), 1).await?;
    assert_eq!(first.len(), 1);
    assert_eq!((first[0].id.as_str(), first[0].sealed.as_slice()), ("message-1", [1, 0, 255].as_slice()));

    let lease_seconds = i64::try_from(LEASE.as_secs()).unwrap_or(i64::MAX);
    assert_eq!(store.claim(at(10), LEASE, 10).await?, [], "at once");
    assert_eq!(store.claim(at(10 + lease_seconds - 1), LEASE, 10).await?, [], "just before the end");
    let again = claim_all(&store, at(10 + lease_seconds), 1).await?;
    assert_eq!(again.len(), 1, "after the end");
    assert_eq!(again[0].sealed, first[0].sealed);
    Ok(())
}

async fn attempts(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    for attempt in 1..=4 {
        let claimed = claim_all(&store, at(100 * i64::from(attempt)), 1).await?;
        assert_eq!(claimed.iter().map(|entry| entry.attempt).collect::<Vec<_>>(), [attempt]);
    }
    Ok(())
}

async fn not_before(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(50)).await?;
    assert_eq!(store.claim(at(49), LEASE, 10).await?, []);
    assert_eq!(claim_all(&store, at(50), 1).await?.len(), 1);
    Ok(())
}

async fn delivered(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    accept_new(&store, &arrival(2)).await?;
    assert_eq!(claim_all(&store, at(10), 2).await?.len(), 2);
    store.delivered("message-1", at(11)).await?;
    let left = claim_all(&store, at(100_000), 1).await?;
    assert_eq!(left.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["message-2"]);
    assert_eq!(store.claim(at(100_000), LEASE, 10).await?, []);
    Ok(())
}

async fn delivered_twice(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    claim_all(&store, at(10), 1).await?;
    store.delivered("message-1", at(11)).await?;
    store.delivered("message-1", at(12)).await?;
    store.delivered("never written", at(12)).await?;
    store.postponed("never written", at(12)).await?;
    assert_eq!(store.claim(at(100_000), LEASE, 10).await?, []);
    Ok(())
}

async fn postponed(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    claim_all(&store, at(10), 1).await?;
    // Earlier than the end of the lease …
    store.postponed("message-1", at(30)).await?;
    assert_eq!(store.claim(at(29), LEASE, 10).await?, []);
    assert_eq!(claim_all(&store, at(30), 1).await?.len(), 1);
    // … and later.
    store.postponed("message-1", at(5000)).await?;
    assert_eq!(store.claim(at(4999), LEASE, 10).await?, []);
    let claimed = claim_all(&store, at(5000), 1).await?;
    assert_eq!(claimed.iter().map(|entry| entry.attempt).collect::<Vec<_>>(), [3]);
    Ok(())
}

async fn postponed_after_delivery(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    claim_all(&store, at(10), 1).await?;
    store.delivered("message-1", at(11)).await?;
    store.postponed("message-1", at(12)).await?;
    assert_eq!(store.claim(at(100_000), LEASE, 10).await?, []);
    Ok(())
}

async fn limited(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in 1..=7 {
        accept_new(&store, &arrival(number)).await?;
    }
    assert_eq!(store.claim(at(100), LEASE, 0).await?, []);
    let mut seen = BTreeSet::new();
    let mut rounds = 0;
    while seen.len() < 7 && rounds < 40 {
        let claimed = store.claim(at(100), LEASE, 3).await?;
        assert!(claimed.len() <= 3, "{} claimed", claimed.len());
        if claimed.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        for entry in claimed {
            assert!(seen.insert(entry.id), "claimed twice");
        }
        rounds += 1;
    }
    assert_eq!(seen.len(), 7);
    Ok(())
}

async fn workers_at_once(store: Arc<dyn Store>) -> Result<(), StoreError> {
    const MESSAGES: usize = 40;
    for number in 1..=4 {
        let mut arrival = arrival(number);
        arrival.messages = (0..MESSAGES / 4)
            .map(|message| NewMessage { id: format!("{number}-{message}"), sealed: vec![number] })
            .collect();
        accept_new(&store, &arrival).await?;
    }
    let workers: Vec<_> = (0..4)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut mine = Vec::new();
                for _ in 0..30 {
                    mine.extend(store.claim(at(100), LEASE, 4).await?);
                }
                Ok::<_, StoreError>(mine)
            })
        })
        .collect();
    let mut all = Vec::new();
    for worker in workers {
        all.extend(worker.await.map_err(|_| StoreError::Failed("a worker was interrupted".to_owned()))??);
    }
    all.extend(claim_all(&store, at(100), MESSAGES.saturating_sub(all.len())).await?);
    let different: BTreeSet<_> = all.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(different.len(), all.len(), "a message was handed out twice within its lease");
    assert_eq!(all.len(), MESSAGES);
    assert!(all.iter().all(|entry| entry.attempt == 1));
    Ok(())
}
