//! Sending what lies in the outbox.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use functions::{Bundle, Event, Log};
use jiff::Timestamp;
use mail::{Delivery, EmlDirectory, deliver_due};
use sealing::Identity;
use store_sqlite::SqliteStore;
use tokio::sync::{Notify, watch};

use super::{Notice, Tell};

/// How often the outbox is looked at when nothing wakes the worker: for letters that were postponed.
const PAUSE: Duration = Duration::from_secs(15);

/// A log that also wakes the worker when a submission was stored.
pub(super) fn waking(log: Log, wake: &Arc<Notify>) -> Log {
    let wake = Arc::clone(wake);
    Arc::new(move |event| {
        if matches!(event, Event::Accepted { .. }) {
            wake.notify_one();
        }
        log(event);
    })
}

/// Empties the outbox into `folder` until the server stops.
pub(super) async fn deliver(
    store: SqliteStore,
    service: Identity,
    folder: PathBuf,
    mut bundle: watch::Receiver<Option<Arc<Bundle>>>,
    tell: Tell,
    wake: Arc<Notify>,
    mut stopping: watch::Receiver<bool>,
) {
    let transport = EmlDirectory::new(folder);
    loop {
        let sender = bundle.borrow_and_update().as_ref().map(|bundle| bundle.sender.clone());
        if let Some(sender) = sender {
            let mut jitter = jitter;
            match deliver_due(&store, &service, &sender, &transport, Timestamp::now(), &mut jitter).await {
                Ok(report) => {
                    let mut sent_any = false;
                    for (id, delivery) in report.0 {
                        sent_any |= delivery == Delivery::Sent;
                        tell(Notice::Log(&describe(&id, &delivery)));
                    }
                    if sent_any {
                        continue;
                    }
                }
                Err(error) => tell(Notice::Log(&format!("outbox failed reason={error}"))),
            }
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
            changed = bundle.changed() => if changed.is_err() { return },
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

fn describe(id: &str, delivery: &Delivery) -> String {
    match delivery {
        Delivery::Sent => format!("letter sent id={id}"),
        Delivery::Postponed { attempt, next, reason } => {
            format!("letter postponed id={id} attempt={attempt} next={next} reason={reason}")
        }
        Delivery::SetAside { reason } => format!("letter set aside id={id} reason={reason}"),
    }
}

/// From 0 to 1. Not for secrets: spreads retries only.
fn jitter() -> f64 {
    let mut bytes = [0_u8; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}
