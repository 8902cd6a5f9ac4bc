//! Emptying the outbox: claim, open, write, report; a failed attempt comes back later and later.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sealing::Identity;
use store::{Outbox, OutboxEntry, StoreError};

use crate::{EmlDirectory, Letter, Sender, eml};

/// A claimed letter that is neither delivered nor postponed is due again after this.
const LEASE: Duration = Duration::from_secs(300);
const AT_ONCE: usize = 20;
const ATTEMPTS: u32 = 10;
/// Kept in the outbox, far from due: somebody must look at it.
const SET_ASIDE: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);

/// What became of one letter. Reasons say nothing of the content or the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// Handed over.
    Sent,
    /// Failed; due again then.
    Postponed {
        /// How often it was tried.
        attempt: u32,
        /// When it is due again.
        next: Timestamp,
        /// Why it failed.
        reason: String,
    },
    /// Failed ten times, or can never be sent; it stays in the outbox, set aside.
    SetAside {
        /// Why.
        reason: String,
    },
}

/// What one round did, by message id, for the operator's log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report(pub Vec<(String, Delivery)>);

/// Sends what is due at `now`, up to 20 letters; call it again at once while it reports something sent.
///
/// `jitter` is a fresh random number from 0 to 1 for each failed letter: those that failed together do not
/// come back together. An error of the store ends the round; what was claimed is due again after the lease.
pub async fn deliver_due(
    outbox: &(impl Outbox + ?Sized),
    service: &Identity,
    sender: &Sender,
    transport: &EmlDirectory,
    now: Timestamp,
    jitter: &mut (dyn FnMut() -> f64 + Send),
) -> Result<Report, StoreError> {
    let mut report = Report::default();
    for entry in outbox.claim(now, LEASE, AT_ONCE).await? {
        let delivery = match attempt(&entry, service, sender, transport).await {
            Ok(()) => {
                outbox.delivered(&entry.id, now).await?;
                Delivery::Sent
            }
            Err(Failure::ForNow(reason)) if entry.attempt < ATTEMPTS => {
                let next = now.saturating_add(backoff(entry.attempt, jitter())).unwrap_or(now);
                outbox.postponed(&entry.id, next).await?;
                Delivery::Postponed { attempt: entry.attempt, next, reason }
            }
            Err(Failure::ForNow(reason) | Failure::ForEver(reason)) => {
                let next = now.saturating_add(SET_ASIDE).unwrap_or(now);
                outbox.postponed(&entry.id, next).await?;
                Delivery::SetAside { reason }
            }
        };
        report.0.push((entry.id, delivery));
    }
    Ok(report)
}

enum Failure {
    ForNow(String),
    ForEver(String),
}

async fn attempt(
    entry: &OutboxEntry,
    service: &Identity,
    sender: &Sender,
    transport: &EmlDirectory,
) -> Result<(), Failure> {
    // Another key may be restored later, so a letter that cannot be opened is tried again like any other.
    let opened = service.unseal(&entry.sealed).map_err(|error| Failure::ForNow(error.to_string()))?;
    let letter = Letter::from_bytes(&opened).map_err(|error| Failure::ForNow(error.to_string()))?;
    let bytes =
        eml::format(&letter, &entry.id, sender).map_err(|error| Failure::ForEver(error.to_string()))?;
    let (transport, id) = (transport.clone(), entry.id.clone());
    match tokio::task::spawn_blocking(move || transport.write(&id, &bytes)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(Failure::ForNow(format!("the .eml file could not be written: {error}"))),
        Err(_) => Err(Failure::ForNow("writing the .eml file was interrupted".to_owned())),
    }
}

/// Half a minute, doubled each time up to four hours, plus up to half of that again.
fn backoff(attempt: u32, jitter: f64) -> SignedDuration {
    let seconds = (30_u32 << attempt.saturating_sub(1).min(9)).min(4 * 3600);
    SignedDuration::from_secs_f64(f64::from(seconds) * (1.0 + jitter.clamp(0.0, 1.0) / 2.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_stay_within_a_few_hours() {
        let waits: Vec<i64> = (1..=10).map(|attempt| backoff(attempt, 0.0).as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 14400]);
        assert_eq!(backoff(1, 1.0).as_secs(), 45);
        assert_eq!(backoff(u32::MAX, f64::NAN.max(1.0)).as_secs(), 21600);
    }
}
