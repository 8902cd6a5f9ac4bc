//! The limits of one service, as its host sets them.

use super::buckets::{Buckets, Rate, Taken};
use super::load::Load;
use super::network::Network;
use crate::Service;

/// What a network may send, and when browsers have to work for it.
#[derive(Debug)]
pub struct Guard {
    buckets: Buckets,
    load: Load,
}

impl Guard {
    /// A guard with a rate for each network and a signal of load.
    pub fn new(rate: Rate, load: Load) -> Self {
        Self { buckets: Buckets::new(rate), load }
    }

    /// Counts a request of a network.
    pub(crate) async fn take(&self, service: &Service, network: Network) -> Taken {
        let now = service.now();
        self.buckets.take(network.bucket(service.hashing.current(), "posts", now), now)
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
