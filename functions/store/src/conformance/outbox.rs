//! Messages: claimed by one worker at a time, at least once, and never again when delivered.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Case;
use super::arrivals::{LEASE, accept_new, arrival, at, claim_all, reference};
use super::changes::{far, read};
use crate::{Arrival, FailedMessage, MessageState, MessageStatus, NewMessage, Store, StoreError};

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
        Case::new("a_message_is_claimed_by_its_id_only_while_it_is_due", by_id),
        Case::new("workers_at_once_never_get_the_same_message", workers_at_once),
        Case::new("the_longest_due_message_is_claimed_first", longest_due_first),
        Case::new("the_states_of_a_records_messages_are_told_oldest_first", states),
        Case::new("a_given_up_message_is_never_due_by_itself_and_can_be_retried", given_up),
        Case::new("late_reports_of_a_slow_worker_change_nothing", late_reports),
        Case::new("a_message_that_was_handed_over_after_all_is_delivered", delivered_after_all),
        Case::new("only_a_given_up_message_can_be_retried", retry_others),
        Case::new("a_bounce_is_noted_with_the_delivered_message", bounced),
        Case::new(
            "a_return_that_comes_before_the_report_of_the_delivery_is_kept_and_counts_once",
            bounced_first,
        ),
        Case::new("failed_messages_are_told_newest_first", failed),
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

async fn by_id(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(10)).await?;
    accept_new(&store, &arrival(11)).await?;
    assert_eq!(store.claim_one("never written", at(20), LEASE).await?, None);
    assert_eq!(store.claim_one("message-10", at(9), LEASE).await?, None, "not due yet");
    let claimed = store.claim_one("message-10", at(20), LEASE).await?;
    assert_eq!(claimed.map(|entry| (entry.id, entry.attempt)), Some(("message-10".to_owned(), 1)));
    assert_eq!(store.claim_one("message-10", at(21), LEASE).await?, None, "in other hands");
    let others = claim_all(&store, at(21), 1).await?;
    assert_eq!(others.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["message-11"]);

    let lease_seconds = i64::try_from(LEASE.as_secs()).unwrap_or(i64::MAX);
    let again = store.claim_one("message-10", at(20 + lease_seconds), LEASE).await?;
    assert_eq!(again.map(|entry| entry.attempt), Some(2), "after the lease");
    store.delivered("message-10", at(30 + lease_seconds)).await?;
    assert_eq!(store.claim_one("message-10", at(100_000), LEASE).await?, None, "delivered");
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

async fn longest_due_first(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in [3, 1, 2] {
        accept_new(&store, &arrival(number)).await?;
    }
    for number in 1..=3 {
        let claimed = store.claim(at(100), LEASE, 1).await?;
        let ids: Vec<_> = claimed.into_iter().map(|entry| entry.id).collect();
        assert_eq!(ids, [format!("message-{number}")]);
    }
    Ok(())
}

/// What became of the messages of `arrival(1)`.
async fn state(store: &Arc<dyn Store>) -> Result<Vec<MessageState>, StoreError> {
    Ok(read(store, 1).await?.messages.into_iter().map(|message| message.state).collect())
}

fn given_up_at(seconds: i64, reason: &str) -> MessageState {
    MessageState::GivenUp { at: at(seconds), reason: reason.to_owned() }
}

async fn states(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let messages: Vec<_> =
        ["d", "b", "c", "a"].iter().map(|id| NewMessage { id: (*id).to_owned(), sealed: vec![1] }).collect();
    accept_new(&store, &Arrival { messages, ..arrival(1) }).await?;
    assert_eq!(state(&store).await?, vec![MessageState::Waiting { attempts: 0 }; 4]);
    assert_eq!(claim_all(&store, at(10), 4).await?.len(), 4);
    store.delivered("d", at(11)).await?;
    store.given_up("b", at(12), "mailbox unavailable").await?;
    store.delivered("c", at(13)).await?;
    assert!(store.bounced("c", at(50), "5.1.1").await?);
    store.postponed("a", at(100)).await?;
    let expected = [
        ("d", MessageState::Delivered(at(11))),
        ("b", given_up_at(12, "mailbox unavailable")),
        ("c", MessageState::Bounced { at: at(50), reason: "5.1.1".to_owned() }),
        ("a", MessageState::Waiting { attempts: 1 }),
    ];
    let mut read = read(&store, 1).await?.messages;
    read.sort_by_key(|message| ["d", "b", "c", "a"].iter().position(|id| *id == message.id));
    let expected: Vec<_> =
        expected.into_iter().map(|(id, state)| MessageStatus { id: id.to_owned(), state }).collect();
    assert_eq!(read, expected);
    Ok(())
}

async fn given_up(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    for attempt in 0..3 {
        assert_eq!(claim_all(&store, at(100 * (attempt + 1)), 1).await?.len(), 1);
    }
    store.given_up("message-1", at(310), "no route to the server").await?;
    assert_eq!(store.claim(far(), LEASE, 10).await?, []);
    assert_eq!(state(&store).await?, [given_up_at(310, "no route to the server")]);

    assert!(store.retry("message-1", at(500)).await?);
    assert_eq!(state(&store).await?, [MessageState::Waiting { attempts: 0 }]);
    assert_eq!(store.failed(10).await?, []);
    assert_eq!(store.claim(at(499), LEASE, 10).await?, []);
    let again = claim_all(&store, at(500), 1).await?;
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].attempt, again[0].sealed.as_slice()), (1, [1, 0, 255].as_slice()));
    Ok(())
}

async fn late_reports(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    claim_all(&store, at(10), 1).await?;
    store.given_up("message-1", at(11), "first").await?;
    store.postponed("message-1", at(12)).await?;
    store.given_up("message-1", at(13), "second").await?;
    assert_eq!(state(&store).await?, [given_up_at(11, "first")]);
    assert_eq!(store.claim(far(), LEASE, 10).await?, []);

    accept_new(&store, &arrival(2)).await?;
    claim_all(&store, at(20), 1).await?;
    store.delivered("message-2", at(21)).await?;
    store.given_up("message-2", at(22), "late").await?;
    let messages = read(&store, 2).await?.messages;
    assert_eq!(messages[0].state, MessageState::Delivered(at(21)));
    store.given_up("never written", at(22), "unknown").await?;
    assert_eq!(store.failed(10).await?.len(), 1);
    Ok(())
}

async fn delivered_after_all(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    claim_all(&store, at(10), 1).await?;
    store.given_up("message-1", at(11), "no answer").await?;
    store.delivered("message-1", at(12)).await?;
    assert_eq!(state(&store).await?, [MessageState::Delivered(at(12))]);
    assert_eq!(store.failed(10).await?, []);
    assert!(!store.retry("message-1", at(13)).await?);
    assert_eq!(store.claim(far(), LEASE, 10).await?, []);
    Ok(())
}

async fn retry_others(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    assert!(!store.retry("message-1", at(10)).await?, "it waits");
    assert_eq!(claim_all(&store, at(10), 1).await?.len(), 1);
    store.delivered("message-1", at(11)).await?;
    assert!(!store.retry("message-1", at(12)).await?, "it was delivered");
    assert!(store.bounced("message-1", at(13), "5.1.1").await?);
    assert!(!store.retry("message-1", at(14)).await?, "it came back, and its bytes are gone");
    assert!(!store.retry("never written", at(14)).await?);
    assert_eq!(store.claim(far(), LEASE, 10).await?, []);
    Ok(())
}

async fn bounced(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert!(!store.bounced("never written", at(1), "5.1.1").await?);
    accept_new(&store, &arrival(1)).await?;
    assert!(store.bounced("message-1", at(5), "5.0.0").await?, "known");
    assert_eq!(state(&store).await?, [MessageState::Waiting { attempts: 0 }], "nobody has tried it yet");
    claim_all(&store, at(10), 1).await?;
    store.delivered("message-1", at(11)).await?;
    assert!(store.bounced("message-1", at(20), "5.1.1").await?);
    assert!(store.bounced("message-1", at(30), "5.2.2").await?);
    store.delivered("message-1", at(40)).await?;
    let came_back = MessageState::Bounced { at: at(20), reason: "5.1.1".to_owned() };
    assert_eq!(state(&store).await?, [came_back], "the first return counts");
    Ok(())
}

async fn bounced_first(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in 1..=3 {
        accept_new(&store, &arrival(number)).await?;
    }
    claim_all(&store, at(10), 3).await?;
    store.given_up("message-2", at(11), "no answer").await?;
    store.postponed("message-3", at(50)).await?;
    for id in ["message-1", "message-2", "message-3"] {
        assert!(store.bounced(id, at(20), "5.1.1").await?, "{id}");
    }
    // The reports of the worker come late, or never: whoever returned it has had it.
    store.delivered("message-1", at(30)).await?;
    store.postponed("message-1", at(31)).await?;
    store.given_up("message-3", at(32), "no answer").await?;
    assert!(store.bounced("message-1", at(40), "5.2.2").await?, "known");
    assert!(!store.retry("message-2", at(41)).await?, "its bytes are gone");
    let came_back = MessageState::Bounced { at: at(20), reason: "5.1.1".to_owned() };
    let told = store.failed(10).await?;
    assert_eq!(told.len(), 3, "each is told once: {told:?}");
    assert!(told.iter().all(|failed| failed.message.state == came_back), "{told:?}");
    assert_eq!(store.claim(far(), LEASE, 10).await?, [], "nothing is sent again");
    Ok(())
}

async fn failed(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.failed(10).await?, []);
    for number in 1..=4 {
        accept_new(&store, &arrival(number)).await?;
    }
    claim_all(&store, at(10), 4).await?;
    store.given_up("message-2", at(100), "full").await?;
    store.delivered("message-3", at(20)).await?;
    store.bounced("message-3", at(300), "5.1.1").await?;
    store.given_up("message-1", at(200), "no route").await?;
    let expected = [
        (3, MessageState::Bounced { at: at(300), reason: "5.1.1".to_owned() }),
        (1, given_up_at(200, "no route")),
        (2, given_up_at(100, "full")),
    ]
    .map(|(number, state)| FailedMessage {
        message: MessageStatus { id: format!("message-{number}"), state },
        reference: reference(number),
    });
    assert_eq!(store.failed(10).await?, expected);
    assert_eq!(store.failed(2).await?, expected[..2]);
    assert_eq!(store.failed(0).await?, []);
    Ok(())
}
