//! A token bucket for each network, in memory: bursts are fine, a stream is not.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use store::KeyedHash;

/// So many networks are held at once; each takes about 150 bytes.
const MOST_NETWORKS: usize = 20_000;

/// How much a network may do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Requests at once, after a pause.
    pub burst: u32,
    /// The time after which one more is allowed.
    pub refill: Duration,
}

/// What became of a request of a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It may go on.
    Free,
    /// It may go on, and most of what the network may do is used up.
    Busy,
    /// It has to wait.
    Empty {
        /// So many seconds.
        seconds: u64,
    },
}

/// The buckets of all networks that were heard of lately.
#[derive(Debug)]
pub struct Buckets {
    rate: Rate,
    held: Mutex<HashMap<KeyedHash, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

impl Default for Rate {
    /// A hall full of people behind one address fills in forms all evening; a program is slowed to one request in
    /// five seconds.
    fn default() -> Self {
        Self { burst: 90, refill: Duration::from_secs(5) }
    }
}

impl Buckets {
    /// Full buckets.
    pub fn new(rate: Rate) -> Self {
        Self { rate, held: Mutex::default() }
    }

    /// Takes a token of a network's bucket.
    pub(crate) fn take(&self, network: KeyedHash, now: Timestamp) -> Taken {
        let burst = f64::from(self.rate.burst);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST_NETWORKS && !held.contains_key(&network) {
            held.retain(|_, bucket| self.refilled(*bucket, now) < burst);
            if held.len() >= MOST_NETWORKS {
                // Nobody new is shut out because many others came.
                return Taken::Free;
            }
        }
        let bucket = held.entry(network).or_insert(Bucket { tokens: burst, at: now });
        let tokens = self.refilled(*bucket, now);
        if tokens < 1.0 {
            *bucket = Bucket { tokens, at: now };
            let wait = self.rate.refill.mul_f64((1.0 - tokens).clamp(0.0, 1.0));
            return Taken::Empty { seconds: wait.as_secs() + u64::from(wait.subsec_millis() > 0) };
        }
        *bucket = Bucket { tokens: tokens - 1.0, at: now };
        if tokens < burst / 3.0 { Taken::Busy } else { Taken::Free }
    }

    /// A clock that was set back gives nothing and takes nothing.
    fn refilled(&self, bucket: Bucket, now: Timestamp) -> f64 {
        let passed = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        let refill = self.rate.refill.as_secs_f64().max(0.001);
        (bucket.tokens + passed / refill).min(f64::from(self.rate.burst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(number: usize) -> KeyedHash {
        KeyedHash { key_id: "k".to_owned(), hash: number.to_string() }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn buckets() -> Buckets {
        Buckets::new(Rate { burst: 6, refill: Duration::from_secs(5) })
    }

    #[test]
    fn a_burst_is_fine_and_a_stream_has_to_wait() {
        let buckets = buckets();
        let taken: Vec<_> = (0..7).map(|_| buckets.take(network(1), at(0))).collect();
        let (free, busy) = (Taken::Free, Taken::Busy);
        assert_eq!(taken, [free, free, free, free, free, busy, Taken::Empty { seconds: 5 }]);
        assert_eq!(buckets.take(network(1), at(4)), Taken::Empty { seconds: 1 });
        assert_eq!(buckets.take(network(1), at(5)), Taken::Busy);
        assert_eq!(buckets.take(network(1), at(3600)), Taken::Free);
    }

    #[test]
    fn networks_do_not_count_for_each_other() {
        let buckets = buckets();
        for _ in 0..20 {
            buckets.take(network(1), at(0));
        }
        assert_eq!(buckets.take(network(2), at(0)), Taken::Free);
    }

    #[test]
    fn a_clock_that_jumps_shuts_nobody_out() {
        let buckets = buckets();
        assert_eq!(buckets.take(network(1), at(100_000)), Taken::Free);
        assert_eq!(buckets.take(network(1), at(0)), Taken::Free);
        assert_eq!(buckets.take(network(1), at(10)), Taken::Free);
    }

    #[test]
    fn memory_stays_bounded_and_newcomers_get_through() {
        let buckets = buckets();
        for number in 0..MOST_NETWORKS + 500 {
            assert_eq!(buckets.take(network(number), at(0)), Taken::Free);
        }
        assert!(buckets.held.lock().unwrap().len() <= MOST_NETWORKS);
        // Later the full buckets make room.
        buckets.take(network(MOST_NETWORKS + 1000), at(60));
        assert_eq!(buckets.held.lock().unwrap().len(), 1);
    }
}
