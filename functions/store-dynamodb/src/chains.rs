//! All audit chains, erased records' as well.

use std::collections::HashMap;

use store::{AuditEntry, Chain, Reference, StoreError};
use tokio::task::JoinError;

use crate::DynamoStore;
use crate::item::Reader;
use crate::keys::{Key, PK, reference_of};
use crate::read::get_all;
use crate::records::{chain, first_lines, later_lines};

/// How many chains are read before the records that name their ends.
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
    for firsts in first_lines(store, after, limit).await?.chunks(CHAINS_AT_ONCE) {
        let lines = lines(store, firsts).await?;
        let mut heads = heads(store, firsts).await?;
        for ((reference, first), lines) in firsts.iter().zip(lines) {
            chains.push(match heads.remove(reference) {
                Some(head) if lines.last().is_some_and(|last| last.hash == head) => {
                    Chain { reference: reference.clone(), lines, head }
                }
                // A line came between the two answers, or the chain is broken: it is read by itself.
                _ => one(store, reference, first).await?,
            });
        }
    }
    Ok(chains)
}

/// The lines of chains with these first lines, in their order.
async fn lines(
    store: &DynamoStore,
    firsts: &[(Reference, AuditEntry)],
) -> Result<Vec<Vec<AuditEntry>>, StoreError> {
    let mut chains = Vec::new();
    for firsts in firsts.chunks(ASKED_AT_ONCE) {
        let asked = firsts.iter().cloned().map(|(reference, first)| {
            let store = store.clone();
            tokio::spawn(async move {
                let later = later_lines(&store, &reference).await?;
                Ok::<_, StoreError>(std::iter::once(first).chain(later).collect())
            })
        });
        for answer in asked.collect::<Vec<_>>() {
            let ended = |error: JoinError| StoreError::Failed(format!("a chain was not read: {error}"));
            chains.push(answer.await.map_err(ended)??);
        }
    }
    Ok(chains)
}

/// What the records with these references name as the end of their chains.
async fn heads(
    store: &DynamoStore,
    firsts: &[(Reference, AuditEntry)],
) -> Result<HashMap<Reference, String>, StoreError> {
    let keys = firsts.iter().map(|(reference, _)| Key::submission(reference)).collect();
    let found = get_all(store, keys).await?;
    let head = |item| {
        let item = Reader(item);
        Ok((reference_of(&item.text(PK)?)?, item.text("audit_head")?))
    };
    found.iter().map(head).collect()
}

async fn one(store: &DynamoStore, reference: &Reference, first: &AuditEntry) -> Result<Chain, StoreError> {
    let found = chain(store, reference, first).await?;
    // A record whose submission is gone has lost its chain: verification must see that.
    let lost = || Chain { reference: reference.clone(), lines: Vec::new(), head: String::new() };
    Ok(found.unwrap_or_else(lost))
}
