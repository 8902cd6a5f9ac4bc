//! Going through the whole audit trail: every chain, and every checkpoint made again.

use jiff::Timestamp;
use sealing::HashKeys;

use crate::{AuditBroken, CheckpointDigest, Reference, StoreError, Upkeep, verify_audit};

/// How many chains are in memory at once.
const CHAINS_AT_ONCE: usize = 200;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// How many records have a chain, erased ones as well.
    pub chains: u64,
    /// How many lines they have.
    pub lines: u64,
    /// Chains that do not hold.
    pub broken: Vec<(Reference, AuditBroken)>,
    /// How many checkpoints came out as they were signed.
    pub checkpoints: u64,
    /// Checkpoints that do not come out as they were signed: records or lines vanished, or were added with an
    /// older date.
    pub broken_checkpoints: Vec<Timestamp>,
    /// Checkpoints that were signed with a key that is not at hand.
    pub keyless_checkpoints: Vec<Timestamp>,
}

impl AuditReport {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.broken.is_empty() && self.broken_checkpoints.is_empty() && self.keyless_checkpoints.is_empty()
    }
}

/// Verifies all that a store has.
pub async fn verify_all(store: &(impl Upkeep + ?Sized), keys: &HashKeys) -> Result<AuditReport, StoreError> {
    let mut report = AuditReport::default();
    let made = store.checkpoints().await?;
    let mut digests = Vec::with_capacity(made.len());
    for (place, checkpoint) in made.iter().enumerate() {
        let previous = place.checked_sub(1).and_then(|before| made.get(before));
        match CheckpointDigest::again(keys, previous, checkpoint) {
            Some(digest) => digests.push((checkpoint, digest)),
            None => report.keyless_checkpoints.push(checkpoint.at),
        }
    }
    let mut after = None;
    loop {
        let part = store.chains(after.as_ref(), CHAINS_AT_ONCE).await?;
        for chain in &part {
            report.chains += 1;
            report.lines += chain.lines.len() as u64;
            if let Err(broken) = verify_audit(keys, &chain.reference, &chain.lines, &chain.head) {
                report.broken.push((chain.reference.clone(), broken));
            }
            digests.iter_mut().for_each(|(_, digest)| digest.add(chain));
        }
        match part.into_iter().next_back() {
            Some(last) => after = Some(last.reference),
            None => break,
        }
    }
    for (checkpoint, digest) in digests {
        if digest.finish() == *checkpoint {
            report.checkpoints += 1;
        } else {
            report.broken_checkpoints.push(checkpoint.at);
        }
    }
    Ok(report)
}
