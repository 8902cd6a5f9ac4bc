//! How often somebody may guess: per reference and per network, in windows of an hour that all handlers share.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use store::{KeyedHash, StoreError};

use crate::Service;
use crate::abuse::Network;

const WINDOW_SECONDS: i64 = 3600;

/// What is counted, and how many times an hour it may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Looking up a reference.
    Lookup,
    /// Looking up from one network; families and offices share one.
    LookupFromNetwork,
    /// Letters that somebody asks for, to one address or about one record.
    Letter,
    /// Nothing: written where a letter would be stored, if somebody was there.
    Nobody,
}

impl Counted {
    fn limit(self) -> u32 {
        match self {
            Self::Lookup => 10,
            Self::LookupFromNetwork => 60,
            Self::Letter => 3,
            Self::Nobody => u32::MAX,
        }
    }

    fn name(self) -> &'static [u8] {
        match self {
            Self::Lookup => b"lookup",
            Self::LookupFromNetwork => b"lookup from network",
            Self::Letter => b"letter",
            Self::Nobody => b"nobody",
        }
    }
}

/// Counts a look-up from a network; false if there were too many in this hour.
pub(super) async fn from_network(service: &Service, network: &Network) -> Result<bool, StoreError> {
    let bucket = network.bucket(service.hashing.current(), "lookup", service.now());
    may(service, Counted::LookupFromNetwork, &bucket.hash).await
}

/// Counts an attempt; false if there were too many in this hour. One hash and one write, whatever is counted.
pub(super) async fn may(service: &Service, counted: Counted, what: &str) -> Result<bool, StoreError> {
    Ok(count(service, &bucket(service, counted, what)).await? <= counted.limit())
}

/// Where something is counted in this hour.
pub(super) struct Bucket {
    hash: KeyedHash,
    window_end: Timestamp,
}

/// One hash.
pub(super) fn bucket(service: &Service, counted: Counted, what: &str) -> Bucket {
    let now = service.now().as_second();
    let window_end = now.saturating_sub(now.rem_euclid(WINDOW_SECONDS)).saturating_add(WINDOW_SECONDS);
    let window_end = Timestamp::from_second(window_end).unwrap_or(Timestamp::MAX);
    let key = service.hashing.current();
    let parts = [counted.name(), what.as_bytes(), &window_end.as_second().to_be_bytes()];
    let hash = HEXLOWER.encode(&key.mac("attempts v1", &parts));
    Bucket { hash: KeyedHash { key_id: key.id().to_owned(), hash }, window_end }
}

/// One write: how often it happened.
pub(super) async fn count(service: &Service, bucket: &Bucket) -> Result<u32, StoreError> {
    service.store.attempt(&bucket.hash, bucket.window_end).await
}
