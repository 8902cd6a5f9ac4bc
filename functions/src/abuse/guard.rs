//! The limits of one service, as its host sets them.

use jiff::Timestamp;

use super::buckets::{Buckets, Rate, Taken};
use super::load::Load;
use super::network::Network;
use crate::{Event, Service, event};

/// Windows of the store's counter.
const WINDOW_SECONDS: i64 = 60;

/// What a network may send, and when browsers have to work for it.
#[derive(Debug)]
pub struct Guard {
    limit: Limit,
    load: Load,
}

/// Where a network's requests are counted.
#[derive(Debug)]
enum Limit {
    /// In this process, which serves everybody.
    Memory(Buckets),
    /// In the store, which all processes share: so many in a minute.
    Store(u32),
}

impl Guard {
    /// A guard of one process that serves everybody.
    pub fn new(rate: Rate, load: Load) -> Self {
        Self { limit: Limit::Memory(Buckets::new(rate)), load }
    }

    /// A guard of one process among many: a counter per network and minute in the store.
    pub fn shared(most_per_minute: u32, load: Load) -> Self {
        Self { limit: Limit::Store(most_per_minute), load }
    }

    /// Counts a request of a network. A store that cannot count lets everybody through.
    pub(crate) async fn take(&self, service: &Service, network: Network) -> Taken {
        let now = service.now();
        let bucket = network.bucket(service.hashing.current(), "posts", now);
        let most = match &self.limit {
            Limit::Memory(buckets) => return buckets.take(bucket, now),
            Limit::Store(most) => *most,
        };
        let left = WINDOW_SECONDS - now.as_second().rem_euclid(WINDOW_SECONDS);
        let window_end =
            Timestamp::from_second(now.as_second().saturating_add(left)).unwrap_or(Timestamp::MAX);
        match service.store.attempt(&bucket, window_end).await {
            Ok(count) if count > most => Taken::Empty { seconds: left.unsigned_abs() },
            Ok(count) if count > most / 3 * 2 => Taken::Busy,
            Ok(_) => Taken::Free,
            Err(error) => {
                let code = event::store_code(&error);
                service.log(&Event::Failed { code, form: None, reason: error.to_string() });
                Taken::Free
            }
        }
    }

    pub(crate) fn load(&self) -> &Load {
        &self.load
    }
}

impl Default for Guard {
    fn default() -> Self {
        Self::new(Rate::default(), Load::default())
    }
}
