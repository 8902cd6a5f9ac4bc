//! What the handlers need besides the request: all of it is an argument, nothing is global.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use sealing::{HashKeys, Identity, Keys, ReceiptKeys, Sealer};
use store::Store;
use tokio::sync::watch;

use crate::abuse::Guard;
use crate::{Bundle, Event};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Fills a buffer with randomness that nobody can guess; false when there is none.
pub type Random = Arc<dyn Fn(&mut [u8]) -> bool + Send + Sync>;
/// Hears what happened, for the operator's log.
pub type Log = Arc<dyn Fn(&Event) + Send + Sync>;

/// Everything that the handlers use. Clones share it.
#[derive(Clone)]
pub struct Service {
    /// The newest form bundle; the local server replaces it when content changes.
    pub bundle: watch::Receiver<Arc<Bundle>>,
    /// Where submissions go.
    pub store: Arc<dyn Store>,
    /// Seals answers to the desk and letters to the service.
    pub sealer: Sealer,
    /// Opens what was sealed to the service: where letters go, and what the status says. A host that only takes
    /// submissions in needs none, and has no status and no links.
    pub identity: Option<Arc<Identity>>,
    /// Signs check keys and receipt tokens, hashes answers: with the newest key; what older ones made is understood.
    pub hashing: Arc<HashKeys>,
    /// Signs receipts; a host without the key gives receipts without a signature.
    pub receipt_keys: Option<Arc<ReceiptKeys>>,
    /// Keeps programs from crowding out people.
    pub guard: Arc<Guard>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// The operator's log.
    pub log: Log,
}

impl Service {
    /// A service with the system's clock and randomness.
    pub fn new(
        bundle: watch::Receiver<Arc<Bundle>>,
        store: Arc<dyn Store>,
        sealer: Sealer,
        hashing: impl Into<Arc<HashKeys>>,
        log: Log,
    ) -> Self {
        Self {
            bundle,
            store,
            sealer,
            identity: None,
            hashing: hashing.into(),
            receipt_keys: None,
            guard: Arc::default(),
            clock: Arc::new(Timestamp::now),
            random: Arc::new(|buffer| getrandom::fill(buffer).is_ok()),
            log,
        }
    }

    /// A service over key files.
    pub fn with_keys(
        bundle: watch::Receiver<Arc<Bundle>>,
        store: Arc<dyn Store>,
        keys: Keys,
        log: Log,
    ) -> Self {
        let identity = Some(Arc::new(keys.service_identity));
        let receipt_keys = Some(Arc::new(keys.receipt));
        Self { identity, receipt_keys, ..Self::new(bundle, store, keys.sealer, keys.hashing, log) }
    }

    pub(crate) fn bundle(&self) -> Arc<Bundle> {
        Arc::clone(&self.bundle.borrow())
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// The day in the town.
    pub(crate) fn today(&self, bundle: &Bundle) -> Date {
        self.now().to_zoned_datetime(bundle.time_zone.clone()).date()
    }

    pub(crate) fn random<const BYTES: usize>(&self) -> Option<[u8; BYTES]> {
        let mut bytes = [0; BYTES];
        (self.random)(&mut bytes).then_some(bytes)
    }

    pub(crate) fn log(&self, event: &Event) {
        (self.log)(event);
    }
}
