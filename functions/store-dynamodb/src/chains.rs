//! All audit chains, and the signed state of them.

use jiff::Timestamp;
use store::{AuditEntry, Chain, Checkpoint, CheckpointDigest, Reference, StoreError};
use tokio::task::JoinError;

use crate::DynamoStore;
use crate::item::{Reader, item, keyed_hash, moment, number};
use crate::keys::{CHECKPOINTS, Key};
use crate::read::{Range, range};
use crate::records::{chain, first_lines};

/// How many chains are in memory at once.
const CHAINS_AT_ONCE: usize = 100;
/// For how many of them the table is asked at the same time.
const ASKED_AT_ONCE: usize = 20;

/// The chains after a reference, in the order of the references.
pub(crate) async fn chains(
    store: &DynamoStore,
    after: Option<&Reference>,
    limit: usize,
) -> Result<Vec<Chain>, StoreError> {
    let mut chains = Vec::new();
    for firsts in first_lines(store, after, limit).await?.chunks(ASKED_AT_ONCE) {
        let asked = firsts.iter().cloned().map(|(reference, first)| {
            let store = store.clone();
            tokio::spawn(async move { one(&store, reference, &first).await })
        });
        for answer in asked.collect::<Vec<_>>() {
            let ended = |error: JoinError| StoreError::Failed(format!("a chain was not read: {error}"));
            chains.push(answer.await.map_err(ended)??);
        }
    }
    Ok(chains)
}

async fn one(store: &DynamoStore, reference: Reference, first: &AuditEntry) -> Result<Chain, StoreError> {
    let found = chain(store, &reference, first).await?;
    // A record whose submission is gone has lost its chain: verification must see that.
    Ok(found.unwrap_or(Chain { reference, lines: Vec::new(), head: String::new() }))
}

/// Signs the state of all chains, and keeps it.
pub(crate) async fn checkpoint(store: &DynamoStore, now: Timestamp) -> Result<Checkpoint, StoreError> {
    let previous = checkpoints(store).await?.pop();
    let mut digest = CheckpointDigest::start(store.audit.current(), previous.as_ref(), now);
    let mut after: Option<Reference> = None;
    loop {
        let part = chains(store, after.as_ref(), CHAINS_AT_ONCE).await?;
        part.iter().for_each(|chain| digest.add(chain));
        match part.into_iter().next_back() {
            Some(last) => after = Some(last.reference),
            None => break,
        }
    }
    let checkpoint = digest.finish();
    let attributes = [
        ("at", moment(checkpoint.at)?),
        ("chains", number(checkpoint.chains)),
        ("digest", keyed_hash(&checkpoint.digest)),
    ];
    store.put(item(Key::checkpoint(now)?, attributes)).await?;
    Ok(checkpoint)
}

/// All checkpoints, oldest first.
pub(crate) async fn checkpoints(store: &DynamoStore) -> Result<Vec<Checkpoint>, StoreError> {
    let kept = range(store, Range { partition: CHECKPOINTS.to_owned(), ..Range::default() }).await?;
    let checkpoint = |item| {
        let item = Reader(item);
        Ok(Checkpoint {
            at: item.moment("at")?,
            chains: item.number("chains")?,
            digest: item.keyed_hash("digest")?,
        })
    };
    kept.iter().map(checkpoint).collect()
}
