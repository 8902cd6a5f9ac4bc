//! The signed state of all audit chains: made in parts, for many chains take longer than a function lives.
//!
//! One item says which checkpoint is the newest, and how far the next one is. Every write asks that there is none newer
//! than the one that the work began after: two processes that sign at once never make two successors of one checkpoint.

use jiff::Timestamp;
use store::{Checkpoint, CheckpointDigest, Reference, Signing, StoreError, UnfinishedCheckpoint};

use crate::DynamoStore;
use crate::chains::chains;
use crate::item::{Attributes, Reader, item, keyed_hash, moment, number, text};
use crate::keys::{CHECKPOINTS, Key};
use crate::read::{Range, get, range};
use crate::transaction::{ATTEMPTS, Attempt, Condition, Purpose, Transaction, always_met, wait_before};

/// How many chains are in memory at once.
const CHAINS_AT_ONCE: usize = 100;
/// What a process that is killed has to read again, at most.
const PUT_ASIDE_AFTER: usize = 10_000;

/// Signs the state of all chains, or a part of it.
pub(crate) async fn sign(
    store: &DynamoStore,
    now: Timestamp,
    may_go_on: &(dyn Fn() -> bool + Sync),
) -> Result<Signing, StoreError> {
    let previous = all(store).await?.pop();
    let previous = previous.as_ref();
    let (mut digest, mut after) = begin(store, previous, now).await?;
    let mut since_put_aside = 0;
    loop {
        let part = chains(store, after.as_ref(), CHAINS_AT_ONCE).await?;
        part.iter().for_each(|chain| digest.add(chain));
        since_put_aside += part.len();
        let Some(last) = part.into_iter().next_back() else { break };
        let stops = !may_go_on();
        if stops || since_put_aside >= PUT_ASIDE_AFTER {
            since_put_aside = 0;
            if !put_aside(store, previous, &digest.put_aside(&last.reference)).await? {
                return another(store, previous).await;
            }
        }
        if stops {
            return Ok(Signing::GoesOn { chains: digest.chains() });
        }
        after = Some(last.reference);
    }
    let made = digest.finish();
    if keep(store, previous, &made).await? { Ok(Signing::Done(made)) } else { another(store, previous).await }
}

/// Where another process stopped, or the beginning.
async fn begin<'s>(
    store: &'s DynamoStore,
    previous: Option<&Checkpoint>,
    now: Timestamp,
) -> Result<(CheckpointDigest<'s>, Option<Reference>), StoreError> {
    let key = store.audit.current();
    let found = get(store, Key::signing()).await?;
    // What cannot be read is like what was not signed by us: nothing depends on it, the work only begins anew.
    let found = found.and_then(|item| unfinished(&Reader(&item)).ok());
    let going_on = found.and_then(|unfinished| {
        let digest = CheckpointDigest::go_on(key, previous, &unfinished)?;
        Some((digest, Some(unfinished.after)))
    });
    Ok(going_on.unwrap_or_else(|| (CheckpointDigest::start(key, previous, now), None)))
}

fn unfinished(item: &Reader<'_>) -> Result<UnfinishedCheckpoint, StoreError> {
    Ok(UnfinishedCheckpoint {
        at: item.moment("at")?,
        after: item.reference("after")?,
        chains: item.number("chains")?,
        so_far: item.text("so_far")?,
        signature: item.keyed_hash("signature")?,
    })
}

/// Keeps how far it is; false if there is a newer checkpoint by now.
async fn put_aside(
    store: &DynamoStore,
    previous: Option<&Checkpoint>,
    unfinished: &UnfinishedCheckpoint,
) -> Result<bool, StoreError> {
    let attributes = [
        ("at", moment(unfinished.at)?),
        ("after", text(unfinished.after.compact())),
        ("chains", number(unfinished.chains)),
        ("so_far", text(&unfinished.so_far)),
        ("signature", keyed_hash(&unfinished.signature)),
    ];
    let mut state = item(Key::signing(), attributes);
    if let Some(previous) = previous {
        state.insert("newest_at".to_owned(), moment(previous.at)?);
    }
    write(store, previous, &state, None).await
}

/// Keeps a checkpoint as the newest; false if there is a newer one by now.
async fn keep(
    store: &DynamoStore,
    previous: Option<&Checkpoint>,
    made: &Checkpoint,
) -> Result<bool, StoreError> {
    let at = moment(made.at)?;
    let attributes =
        [("at", at.clone()), ("chains", number(made.chains)), ("digest", keyed_hash(&made.digest))];
    let checkpoint = item(Key::checkpoint(made.at)?, attributes);
    write(store, previous, &item(Key::signing(), [("newest_at", at)]), Some(&checkpoint)).await
}

async fn write(
    store: &DynamoStore,
    previous: Option<&Checkpoint>,
    state: &Attributes,
    checkpoint: Option<&Attributes>,
) -> Result<bool, StoreError> {
    for attempt in 0..ATTEMPTS {
        wait_before(attempt).await;
        let mut transaction = Transaction::on(&store.table);
        if let Some(checkpoint) = checkpoint {
            transaction.put_new(Purpose::Record, checkpoint.clone())?;
        }
        let condition = match previous {
            None => Condition::plain("attribute_not_exists(newest_at)"),
            Some(previous) => {
                let expression = "attribute_not_exists(newest_at) OR newest_at <= :previous";
                Condition::with(expression, ":previous", moment(previous.at)?)
            }
        };
        transaction.put_if(Purpose::Record, state.clone(), Some(condition))?;
        match transaction.commit(&store.client).await? {
            Attempt::Written => return Ok(true),
            Attempt::Refused(_) => return Ok(false),
            Attempt::Met => {}
        }
    }
    Err(always_met())
}

/// The checkpoint of whoever was faster.
async fn another(store: &DynamoStore, previous: Option<&Checkpoint>) -> Result<Signing, StoreError> {
    match all(store).await?.pop() {
        Some(newest) if previous != Some(&newest) => Ok(Signing::Done(newest)),
        // Somebody took it away: a state of the audit that was signed.
        _ => Err(StoreError::Corrupt("DynamoDB: the newest checkpoint is missing".to_owned())),
    }
}

/// All checkpoints, oldest first.
pub(crate) async fn all(store: &DynamoStore) -> Result<Vec<Checkpoint>, StoreError> {
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
