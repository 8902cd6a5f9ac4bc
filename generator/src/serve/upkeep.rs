//! What the server does by itself from time to time: sweeping, erasing, asking once a year, signing the audit, looking
//! at mail that came back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use functions::upkeep::{self, PurgeGate, Renewals, Upkept};
use functions::{Bundle, Random};
use jiff::{SignedDuration, Timestamp};
use sealing::{HashKeys, Identity, Sealer};
use store::{Store, StoreError};
use tokio::sync::{Notify, watch};

use super::{Notice, Options, Tell, transport};

/// Between two rounds. The copy of the answers behind a receipt lives for an hour, so this is much less.
const PAUSE: Duration = Duration::from_secs(300);

/// The background worker.
pub(super) struct Upkeep {
    pub(super) store: Arc<dyn Store>,
    pub(super) sealer: Sealer,
    pub(super) hashing: Arc<HashKeys>,
    pub(super) identity: Identity,
    pub(super) tell: Tell,
    /// Wakes the outbox.
    pub(super) wake: Arc<Notify>,
}

impl Upkeep {
    /// Works until the server stops.
    pub(super) async fn run(
        self,
        options: Options,
        mut bundles: watch::Receiver<Option<Arc<Bundle>>>,
        mut stopping: watch::Receiver<bool>,
    ) {
        let start = Instant::now();
        let mut gate: Option<PurgeGate> = None;
        loop {
            let bundle = bundles.borrow_and_update().clone();
            match bundle {
                Some(bundle) => {
                    let ran = SignedDuration::try_from(start.elapsed()).unwrap_or(SignedDuration::MAX);
                    let may_go_on = || !*stopping.borrow();
                    if let Err(error) = self.round(&bundle, &mut gate, ran, &may_go_on).await {
                        self.say(&format!("upkeep failed reason={error}"));
                    }
                    self.returned_mail(&options).await;
                    tokio::select! {
                        () = tokio::time::sleep(PAUSE) => {}
                        _ = stopping.wait_for(|stopping| *stopping) => return,
                    }
                }
                // Before the first good build nobody knows the periods.
                None => tokio::select! {
                    changed = bundles.changed() => if changed.is_err() { return },
                    _ = stopping.wait_for(|stopping| *stopping) => return,
                },
            }
        }
    }

    async fn round(
        &self,
        bundle: &Bundle,
        gate: &mut Option<PurgeGate>,
        ran: SignedDuration,
        may_go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<(), StoreError> {
        let now = Timestamp::now();
        let mut known = match *gate {
            Some(known) => known,
            // Asked before today's checkpoint is made.
            None => PurgeGate::after(self.store.checkpoints().await?.pop().map(|last| last.at)),
        };
        let may_purge = known.open(now, ran);
        *gate = Some(known);

        let random: Random = Arc::new(|buffer| getrandom::fill(buffer).is_ok());
        let needs = Renewals {
            store: self.store.as_ref(),
            bundle,
            sealer: &self.sealer,
            hashing: &self.hashing,
            identity: &self.identity,
            random: &random,
        };
        let tell = |done: &Upkept| {
            self.say(&done.to_string());
            if let Upkept::Asked { .. } = done {
                self.wake.notify_one();
            }
        };
        upkeep::round(&needs, may_purge, now, may_go_on, &tell).await
    }

    async fn returned_mail(&self, options: &Options) {
        // What is wrong with the settings is told where letters are sent.
        let Ok(settings) = transport::settings(options) else { return };
        let Some(folder) = settings.bounces else { return };
        let folder = options.build.root.join(folder);
        let domain = settings.from_address.domain();
        match mail::collect_returned(self.store.as_ref(), &folder, domain, Timestamp::now()).await {
            Ok(returned) => {
                for (id, status) in returned.bounced {
                    self.say(&format!("letter came back id={id} status={status}"));
                }
                if returned.others > 0 {
                    self.say(&format!("returned mail about no letter of ours put aside={}", returned.others));
                }
            }
            Err(error) => self.say(&format!("returned mail was not read reason={error}")),
        }
    }

    fn say(&self, line: &str) {
        (self.tell)(Notice::Log(line));
    }
}
