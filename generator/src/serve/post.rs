//! Sending what lies in the outbox.

use std::sync::Arc;
use std::time::Duration;

use functions::{Bundle, Event, Log};
use jiff::Timestamp;
use mail::{Delivery, Transport, Unrecorded, Worker};
use sealing::Identity;
use store::Store;
use tokio::sync::{Notify, watch};

use super::{Notice, Options, Tell, transport};

/// How often the outbox is looked at when nothing wakes the worker: for letters that were postponed, and for those
/// of the desk, which is another program. Looking writes nothing to the disk.
const PAUSE: Duration = Duration::from_secs(3);

/// A log that also wakes the worker when a submission was stored.
pub(super) fn waking(log: Log, wake: &Arc<Notify>) -> Log {
    let wake = Arc::clone(wake);
    Arc::new(move |event| {
        if matches!(event, Event::Accepted { .. } | Event::Changed { .. }) {
            wake.notify_one();
        }
        log(event);
    })
}

/// Empties the outbox until the server stops: then the letter in hand is handed over, and no other is begun. While the settings cannot be used, letters wait and none is lost.
pub(super) async fn deliver(
    options: Options,
    store: Arc<dyn Store>,
    service: Identity,
    mut bundle: watch::Receiver<Option<Arc<Bundle>>>,
    tell: Tell,
    wake: Arc<Notify>,
    mut stopping: watch::Receiver<bool>,
) {
    let mut transport: Option<Transport> = None;
    let mut complaint = String::new();
    let unrecorded = Unrecorded::default();
    loop {
        let sender = bundle.borrow_and_update().as_ref().map(|bundle| bundle.sender.clone());
        if sender.is_some() && transport.is_none() {
            transport = match transport::transport(&options) {
                Ok(transport) => {
                    complaint.clear();
                    Some(transport)
                }
                Err(error) => {
                    let error = error.to_string();
                    if error != complaint {
                        tell(Notice::Log(&format!("letters wait reason={error}")));
                        complaint = error;
                    }
                    None
                }
            };
        }
        let round = match (&sender, &transport) {
            (Some(sender), Some(transport)) => {
                let may_go_on = || !*stopping.borrow();
                let worker = Worker {
                    outbox: store.as_ref(),
                    service: &service,
                    sender,
                    transport,
                    unrecorded: &unrecorded,
                };
                round(&worker, &tell, &may_go_on).await
            }
            _ => Round::default(),
        };
        if round.failed {
            // Perhaps somebody is putting the password right.
            transport = None;
        }
        if round.sent && !*stopping.borrow() {
            continue;
        }
        tokio::select! {
            () = wake.notified() => {}
            () = tokio::time::sleep(PAUSE) => {}
            changed = bundle.changed() => {
                if changed.is_err() {
                    return;
                }
                // What changed may have been the mail server's settings.
                transport = None;
            }
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
        if *stopping.borrow() {
            return;
        }
    }
}

/// Whether letters left, and whether some did not.
#[derive(Default)]
struct Round {
    sent: bool,
    failed: bool,
}

async fn round(worker: &Worker<'_, dyn Store>, tell: &Tell, may_go_on: &(dyn Fn() -> bool + Sync)) -> Round {
    let mut round = Round::default();
    let mut jitter = jitter;
    match worker.due(Timestamp::now(), &mut jitter, may_go_on).await {
        Ok(report) => {
            for (id, delivery) in report.0 {
                let sent = delivery == Delivery::Sent;
                round.sent |= sent;
                round.failed |= !sent;
                tell(Notice::Log(&describe(&id, &delivery)));
            }
        }
        Err(error) => tell(Notice::Log(&format!("outbox failed reason={error}"))),
    }
    round
}

fn describe(id: &str, delivery: &Delivery) -> String {
    match delivery {
        Delivery::Sent => format!("letter sent id={id}"),
        Delivery::Postponed { attempt, next, reason } => {
            format!("letter postponed id={id} attempt={attempt} next={next} reason={reason}")
        }
        Delivery::GivenUp { reason } => format!("letter given up id={id} reason={reason}"),
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
