//! The limits of one service, as its host sets them.

use jiff::Timestamp;
use tokio::task::JoinHandle;

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

/// A request of a network being counted.
#[derive(Debug)]
pub(crate) enum Count {
    Over(Taken),
    OnItsWay(JoinHandle<Taken>),
}

impl Count {
    /// Waits for the answer.
    pub async fn over(self, service: &Service) -> Taken {
        match self {
            Self::Over(taken) => taken,
            Self::OnItsWay(asked) => asked.await.unwrap_or_else(|error| {
                let reason = format!("a count ended early: {error}");
                service.log(&Event::Failed { code: "not-counted", form: None, reason });
                Taken::Free
            }),
        }
    }
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

    /// Counts a request of a network, where there is one. A store that cannot count lets everybody through.
    pub(crate) async fn take(&self, service: &Service, network: Option<Network>) -> Taken {
        let Some(network) = network else { return Taken::Free };
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

    /// The same for those who have other things to do until the answer is there.
    pub(crate) async fn begin(&self, service: &Service, network: Option<Network>) -> Count {
        if network.is_none() || matches!(self.limit, Limit::Memory(_)) {
            return Count::Over(self.take(service, network).await);
        }
        let service = service.clone();
        let asked = tokio::spawn(async move { service.guard.take(&service, network).await });
        // So that the question leaves now, and not only when somebody waits for the answer.
        tokio::task::yield_now().await;
        Count::OnItsWay(asked)
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
