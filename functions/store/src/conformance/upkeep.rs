//! Limits, sweeps, what is due, and the signed state of the audit chains.

use std::sync::Arc;

use jiff::Timestamp;
use sealing::{HashKey, HashKeys};

use super::arrivals::{FORM, accept_new, arrival, at, keyed_hash, reference};
use super::changes::{change, far, parcel, read};
use super::erasure::erasure;
use super::files::{attached, staged_file};
use super::{Case, audit_keys};
use crate::{
    Arrival, AuditReport, Chain, Change, Checkpoint, CheckpointDigest, Set, Signing, Stage, Store,
    StoreError, Swept, Trigger, verify_all, verify_audit,
};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("attempts_are_counted_by_bucket_and_window", attempts),
        Case::new("attempts_at_once_are_all_counted", attempts_at_once),
        Case::new("a_sweep_removes_what_expired_and_nothing_else", sweep),
        Case::new("a_sweep_of_an_empty_store_removes_nothing", sweep_nothing),
        Case::new("expired_records_are_found_by_class_and_trigger", expired),
        Case::new("no_more_expired_records_are_found_than_asked_for", expired_limit),
        Case::new("records_are_due_for_renewal_from_their_moment", renewals),
        Case::new("chains_come_in_the_order_of_their_references_in_parts", chains),
        Case::new("a_checkpoint_covers_every_chain_and_can_be_made_again", checkpoint),
        Case::new("a_checkpoint_leads_to_the_one_before", checkpoints),
        Case::new("a_checkpoint_that_was_put_aside_is_finished", put_aside),
        Case::new("the_whole_audit_trail_can_be_verified", verified),
    ]
}

async fn attempts(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let (bucket, other) = (keyed_hash(6, 1), keyed_hash(6, 2));
    for expected in 1..=4 {
        assert_eq!(store.attempt(&bucket, at(60)).await?, expected);
    }
    assert_eq!(store.attempt(&other, at(60)).await?, 1, "another bucket");
    assert_eq!(store.attempt(&bucket, at(120)).await?, 1, "another window");
    assert_eq!(store.attempt(&bucket, at(60)).await?, 5);
    let mut other_key = bucket;
    other_key.key_id = "k2".to_owned();
    assert_eq!(store.attempt(&other_key, at(60)).await?, 1, "another key");
    Ok(())
}

async fn attempts_at_once(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.attempt(&keyed_hash(6, 1), at(60)).await })
        })
        .collect();
    let mut counts = Vec::new();
    for task in tasks {
        counts.push(task.await.map_err(|_| StoreError::Failed("a task was interrupted".to_owned()))??);
    }
    counts.sort_unstable();
    assert_eq!(counts, (1..=20).collect::<Vec<_>>());
    Ok(())
}

async fn sweep(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in [10, 50, 100, 101] {
        store.stage(&staged_file(1, number), 5).await?;
    }
    let kept = attached(&store, 2).await?;
    let parcels = vec![parcel(1, 100), parcel(2, 200), parcel(3, 201)];
    accept_new(&store, &Arrival { parcels, ..arrival(1) }).await?;
    for (version, number, useless_from) in [(1, 1, 150), (2, 2, 200), (3, 3, 201)] {
        let uses = Some((keyed_hash(9, number), at(useless_from)));
        store.change(&Change { uses, ..change(version, 20) }).await?;
    }
    for window_end in [60, 120, 200, 240] {
        store.attempt(&keyed_hash(6, 1), at(window_end)).await?;
    }

    let swept = store.sweep(at(200), at(100)).await?;
    assert_eq!(swept, Swept { staged_files: 2, parcels: 2, tokens: 2, windows: 3 });
    let left = [100, 101].map(|number| staged_file(1, number).head);
    assert_eq!(store.staged(&keyed_hash(7, 1)).await?, left);
    assert_eq!(store.file(&reference(2), &kept.head.id).await?, Some(kept.sealed), "a record's file stays");
    assert_eq!(store.parcel(&keyed_hash(8, 2), at(0)).await?, None);
    assert!(store.parcel(&keyed_hash(8, 3), at(0)).await?.is_some());
    for (number, used) in [(1, false), (2, false), (3, true)] {
        assert_eq!(store.is_used(&keyed_hash(9, number)).await?, used, "token {number}");
    }
    assert_eq!(store.attempt(&keyed_hash(6, 1), at(200)).await?, 1, "swept");
    assert_eq!(store.attempt(&keyed_hash(6, 1), at(240)).await?, 2, "not over yet");
    assert_eq!(read(&store, 1).await?.head.version, 4);
    Ok(())
}

async fn sweep_nothing(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.sweep(far(), far()).await?, Swept::default());
    Ok(())
}

async fn expired(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in [1, 2, 3, 4] {
        let class = if number == 4 { "requests" } else { "register" }.to_owned();
        accept_new(&store, &Arrival { retention: class, ..arrival(number) }).await?;
    }
    let moves = |number, stage, seconds| Change {
        reference: reference(number),
        stage: Some(stage),
        ..change(1, seconds)
    };
    store.change(&moves(1, Stage::Refused, 100)).await?;
    store.change(&moves(2, Stage::Asked, 200)).await?;
    // A later change of a finished record does not begin its period anew.
    let noted = Change { reference: reference(1), ..change(2, 300) };
    store.change(&noted).await?;

    let none: &[u8] = &[];
    for (trigger, before, numbers) in [
        (Trigger::Received, 0, none),
        (Trigger::Received, 1, &[1]),
        (Trigger::Received, 2, &[1, 2]),
        (Trigger::Received, 1000, &[1, 2, 3]),
        (Trigger::Closed, 99, none),
        (Trigger::Closed, 100, &[1]),
        (Trigger::Closed, 1000, &[1]),
        (Trigger::LastChange, 2, none),
        (Trigger::LastChange, 3, &[3]),
        (Trigger::LastChange, 200, &[2, 3]),
        (Trigger::LastChange, 299, &[2, 3]),
        (Trigger::LastChange, 300, &[1, 2, 3]),
    ] {
        let mut found = store.expired("register", trigger, at(before), 10).await?;
        found.sort();
        let mut expected: Vec<_> = numbers.iter().map(|number| reference(*number)).collect();
        expected.sort();
        assert_eq!(found, expected, "{trigger:?} at or before {before}");
    }
    assert_eq!(store.expired("requests", Trigger::Received, far(), 10).await?, [reference(4)]);
    assert_eq!(store.expired("nothing", Trigger::Received, far(), 10).await?, []);
    Ok(())
}

async fn expired_limit(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in 1..=5 {
        accept_new(&store, &arrival(number)).await?;
    }
    assert_eq!(store.expired("register", Trigger::Received, far(), 0).await?, []);
    let mut erased = 0;
    while erased < 5 {
        let found = store.expired("register", Trigger::Received, far(), 2).await?;
        assert!(!found.is_empty() && found.len() <= 2, "{found:?}");
        for reference in found {
            store.erase(&crate::Erasure { reference, ..erasure(1, 100) }).await?;
            erased += 1;
        }
    }
    assert_eq!(store.expired("register", Trigger::Received, far(), 2).await?, []);
    Ok(())
}

async fn renewals(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for (number, due) in [(1, Some(300)), (2, Some(100)), (3, None), (4, Some(200))] {
        accept_new(&store, &Arrival { renewal_due_at: due.map(at), ..arrival(number) }).await?;
    }
    let due = |now, limit| {
        let store = Arc::clone(&store);
        async move {
            let mut due = store.renewals_due(at(now), limit).await?;
            due.sort();
            Ok::<_, StoreError>(due)
        }
    };
    assert_eq!(due(99, 10).await?, []);
    assert_eq!(due(100, 10).await?, [reference(2)]);
    assert_eq!(due(200, 10).await?.len(), 2);
    assert_eq!(due(1000, 10).await?.len(), 3);
    assert_eq!(due(1000, 2).await?.len(), 2);
    let asked = Change { reference: reference(2), renewal_due_at: Set::To(at(5000)), ..change(1, 150) };
    store.change(&asked).await?;
    assert_eq!(due(299, 10).await?, [reference(4)]);
    assert_eq!(due(5000, 10).await?.len(), 3);
    Ok(())
}

/// All chains, read in parts of `limit`.
async fn all_chains(store: &Arc<dyn Store>, limit: usize) -> Result<Vec<Chain>, StoreError> {
    let mut chains: Vec<Chain> = Vec::new();
    loop {
        let part = store.chains(chains.last().map(|chain| &chain.reference), limit).await?;
        assert!(part.len() <= limit);
        if part.is_empty() {
            return Ok(chains);
        }
        chains.extend(part);
    }
}

async fn chains(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.chains(None, 10).await?, []);
    for number in [3, 1, 5, 2, 4] {
        accept_new(&store, &arrival(number)).await?;
    }
    store.change(&change(1, 100)).await?;
    store.erase(&erasure(2, 200)).await?;
    let mut references: Vec<_> = (1..=5).map(reference).collect();
    references.sort();
    for limit in [1, 2, 5, 10] {
        let chains = all_chains(&store, limit).await?;
        let found: Vec<_> = chains.iter().map(|chain| chain.reference.clone()).collect();
        assert_eq!(found, references, "in parts of {limit}");
        for chain in chains {
            let holds = verify_audit(&audit_keys(), &chain.reference, &chain.lines, &chain.head);
            assert_eq!(holds, Ok(()), "{}", chain.reference);
        }
    }
    let record = read(&store, 1).await?;
    let chain = all_chains(&store, 10).await?.into_iter().find(|chain| chain.reference == reference(1));
    assert_eq!(chain.map(|chain| (chain.lines, chain.head)), Some((record.audit, record.audit_head)));
    Ok(())
}

/// The checkpoint as it would be made from what the store holds now.
async fn again(
    store: &Arc<dyn Store>,
    previous: Option<&Checkpoint>,
    made: &Checkpoint,
) -> Result<Checkpoint, StoreError> {
    let keys = audit_keys();
    let mut digest = CheckpointDigest::again(&keys, previous, made)
        .ok_or_else(|| StoreError::Failed("signed with another key".to_owned()))?;
    all_chains(store, 100).await?.iter().for_each(|chain| digest.add(chain));
    Ok(digest.finish())
}

/// A checkpoint that nothing stops.
async fn signed(store: &Arc<dyn Store>, now: Timestamp) -> Result<Checkpoint, StoreError> {
    match store.checkpoint(now, &|| true).await? {
        Signing::Done(made) => Ok(made),
        Signing::GoesOn { chains } => Err(StoreError::Failed(format!("it stopped after {chains}"))),
    }
}

async fn checkpoint(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in 1..=3 {
        accept_new(&store, &arrival(number)).await?;
    }
    store.change(&change(1, 100)).await?;
    let made = signed(&store, at(1000)).await?;
    assert_eq!((made.at, made.chains), (at(1000), 3));
    assert_eq!(made.digest.key_id, audit_keys().current().id());
    assert_eq!(again(&store, None, &made).await?, made);

    // What comes later changes nothing of it: lines, records, erasures.
    accept_new(&store, &Arrival { received_at: at(2000), ..arrival(4) }).await?;
    store.change(&change(2, 2000)).await?;
    store.erase(&erasure(2, 2000)).await?;
    assert_eq!(again(&store, None, &made).await?, made);
    assert_eq!(store.count(FORM, crate::utc_day(at(0))).await?, 4);
    Ok(())
}

async fn checkpoints(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.checkpoints().await?, []);
    let empty = signed(&store, at(100)).await?;
    assert_eq!(empty.chains, 0);
    accept_new(&store, &arrival(1)).await?;
    let first = signed(&store, at(1000)).await?;
    let second = signed(&store, at(2000)).await?;
    assert_eq!(store.checkpoints().await?, [empty.clone(), first.clone(), second.clone()]);
    assert_eq!(again(&store, Some(&empty), &first).await?, first);
    assert_eq!(again(&store, Some(&first), &second).await?, second);
    assert_ne!(again(&store, Some(&empty), &second).await?, second, "the one before enters");
    Ok(())
}

async fn put_aside(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in 1..=3 {
        accept_new(&store, &arrival(number)).await?;
    }
    let before = signed(&store, at(500)).await?;
    let mut made = store.checkpoint(at(1000), &|| false).await?;
    // What comes meanwhile is younger than the checkpoint, whoever finishes it.
    accept_new(&store, &Arrival { received_at: at(1500), ..arrival(4) }).await?;
    store.change(&change(2, 1500)).await?;
    for later in 1..=10 {
        if let Signing::GoesOn { chains } = made {
            assert_eq!(chains, 3);
            made = store.checkpoint(at(1000 + 100 * later), &|| false).await?;
        }
    }
    let Signing::Done(made) = made else {
        return Err(StoreError::Failed("it begins again and again".to_owned()));
    };
    assert_eq!((made.at, made.chains), (at(1000), 3), "of the moment when it was begun");
    assert_eq!(store.checkpoints().await?, [before.clone(), made.clone()]);
    assert_eq!(again(&store, Some(&before), &made).await?, made);
    let next = signed(&store, at(4000)).await?;
    assert_eq!(next.at, at(4000), "nothing of the one before is left");
    assert_eq!(again(&store, Some(&made), &next).await?, next);
    Ok(())
}

async fn verified(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let nothing = verify_all(&*store, &audit_keys()).await?;
    assert_eq!(nothing, AuditReport::default());
    for number in 1..=3 {
        accept_new(&store, &arrival(number)).await?;
    }
    signed(&store, at(1000)).await?;
    store.change(&change(1, 2000)).await?;
    signed(&store, at(3000)).await?;
    store.erase(&erasure(2, 4000)).await?;
    let report = verify_all(&*store, &audit_keys()).await?;
    let expected = AuditReport { chains: 3, lines: 5, checkpoints: 2, ..AuditReport::default() };
    assert_eq!(report, expected);
    assert!(report.holds());

    let others = HashKeys::new(HashKey::new([8; 32]), Vec::new());
    let report = verify_all(&*store, &others).await?;
    assert_eq!(report.broken.len(), 3);
    assert_eq!(report.keyless_checkpoints, [at(1000), at(3000)]);
    assert!(!report.holds());
    Ok(())
}
