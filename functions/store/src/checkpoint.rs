//! The signed state of all audit chains: whole records that vanish are noticed, too.

use data_encoding::HEXLOWER;
use jiff::{SignedDuration, Timestamp};
use sealing::{HashKey, HashKeys};

use crate::{Chain, Checkpoint, KeyedHash, Reference};

/// A checkpoint covers lines that are at least this old: younger ones may still be on their way into the store.
pub const SETTLED: SignedDuration = SignedDuration::from_secs(60);

const CHAIN: &str = "audit checkpoint chain v1";
const CHECKPOINT: &str = "audit checkpoint v1";
const UNFINISHED: &str = "audit checkpoint unfinished v1";

/// A checkpoint in the making: give it each chain, in the order of the references.
///
/// Chains enter one after the other (HMAC-SHA-256 over what came before, reference and hash of the last line that
/// is covered); the end is signed with the moment, the number of chains and the checkpoint before. Made again
/// later from the same chains, it is the same: lines that were added since are younger than the checkpoint.
pub struct CheckpointDigest<'k> {
    key: &'k HashKey,
    previous: String,
    at: Timestamp,
    until: Timestamp,
    chains: u64,
    so_far: [u8; 32],
}

/// A checkpoint in the making that another process goes on with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedCheckpoint {
    /// The moment that it is of.
    pub at: Timestamp,
    /// The last chain that was looked at.
    pub after: Reference,
    /// How many chains it covers so far.
    pub chains: u64,
    /// What they come to, in hexadecimal.
    pub so_far: String,
    /// Keyed hash over all of this and the checkpoint before.
    pub signature: KeyedHash,
}

impl<'k> CheckpointDigest<'k> {
    /// Begins a checkpoint at `at`, after another one if there is one.
    pub fn start(key: &'k HashKey, previous: Option<&Checkpoint>, at: Timestamp) -> Self {
        let previous = previous.map(|previous| previous.digest.hash.clone()).unwrap_or_default();
        let until = at.saturating_sub(SETTLED).unwrap_or(Timestamp::MIN);
        Self { key, previous, at, until, chains: 0, so_far: [0; 32] }
    }

    /// Begins the checkpoint that was signed as `made`, to see whether it comes out the same; nothing if its key
    /// is not at hand.
    pub fn again(keys: &'k HashKeys, previous: Option<&Checkpoint>, made: &Checkpoint) -> Option<Self> {
        keys.by_id(&made.digest.key_id).map(|key| Self::start(key, previous, made.at))
    }

    /// Goes on with what [`Self::put_aside`] gave; nothing if that was with another key, after another checkpoint, or is
    /// not as it was signed.
    pub fn go_on(
        key: &'k HashKey,
        previous: Option<&Checkpoint>,
        unfinished: &UnfinishedCheckpoint,
    ) -> Option<Self> {
        let so_far = HEXLOWER.decode(unfinished.so_far.as_bytes()).ok()?.try_into().ok()?;
        let start = Self::start(key, previous, unfinished.at);
        let digest = Self { chains: unfinished.chains, so_far, ..start };
        (digest.put_aside(&unfinished.after) == *unfinished).then_some(digest)
    }

    /// What another process needs to go on after this chain.
    pub fn put_aside(&self, after: &Reference) -> UnfinishedCheckpoint {
        let (at, chains) = (self.at.to_string(), self.chains.to_string());
        let after_bytes = after.compact().as_bytes();
        let parts = [at.as_bytes(), after_bytes, chains.as_bytes(), &self.so_far, self.previous.as_bytes()];
        UnfinishedCheckpoint {
            at: self.at,
            after: after.clone(),
            chains: self.chains,
            so_far: HEXLOWER.encode(&self.so_far),
            signature: self.signed(UNFINISHED, &parts),
        }
    }

    /// How many chains it covers so far.
    pub fn chains(&self) -> u64 {
        self.chains
    }

    /// Takes in the next chain.
    pub fn add(&mut self, chain: &Chain) {
        let Some(last) = chain.lines.iter().rev().find(|line| line.at <= self.until) else {
            return;
        };
        self.chains = self.chains.saturating_add(1);
        let parts = [&self.so_far, chain.reference.compact().as_bytes(), last.hash.as_bytes()];
        self.so_far = self.key.mac(CHAIN, &parts);
    }

    /// The signed checkpoint.
    pub fn finish(self) -> Checkpoint {
        let (at, chains) = (self.at.to_string(), self.chains.to_string());
        let parts = [at.as_bytes(), chains.as_bytes(), &self.so_far, self.previous.as_bytes()];
        Checkpoint { at: self.at, chains: self.chains, digest: self.signed(CHECKPOINT, &parts) }
    }

    fn signed(&self, purpose: &'static str, parts: &[&[u8]]) -> KeyedHash {
        let hash = HEXLOWER.encode(&self.key.mac(purpose, parts));
        KeyedHash { key_id: self.key.id().to_owned(), hash }
    }
}
