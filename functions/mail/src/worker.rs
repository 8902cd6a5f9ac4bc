//! Emptying the outbox: claim, open, hand over, report; a failed attempt comes back later and later.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sealing::Identity;
use store::{Outbox, OutboxEntry, StoreError};

use crate::transport::Failure;
use crate::{Letter, Sender, Transport, eml};

/// A claimed letter about which nothing was reported is due again after this; longer than any attempt takes.
const LEASE: Duration = Duration::from_secs(300);
/// In one round, so that the caller can look whether something else changed.
const AT_ONCE: usize = 20;
const ATTEMPTS: u32 = 10;
/// Where nobody gets a letter: about five days, as long as RFC 5321 (4.5.4.1) asks of who keeps mail for others.
const ATTEMPTS_WITHOUT_SERVER: u32 = 64;

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
    /// Failed ten times, found no server for five days, or can never be sent; it stays in the outbox, among those that somebody must look at.
    GivenUp {
        /// Why.
        reason: String,
    },
}

/// What one round did, by message id, for the operator's log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report(pub Vec<(String, Delivery)>);

/// What became of messages that were named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Those that were due and free.
    pub report: Report,
    /// How many of the named ones nobody has to name again: they were handed over, or the outbox gives them later.
    pub done: usize,
    /// Why it ended early, if the store did not answer.
    pub trouble: Option<StoreError>,
}

/// Takes letters from the outbox to where they go: the same on every host.
pub struct Worker<'a, O: ?Sized> {
    /// Where letters wait.
    pub outbox: &'a O,
    /// Opens them.
    pub service: &'a Identity,
    /// Who they come from.
    pub sender: &'a Sender,
    /// Where they go.
    pub transport: &'a Transport,
    /// What earlier rounds could not write down.
    pub unrecorded: &'a Unrecorded,
}

/// Letters that were handed over while the store could not write it down, with the moment. Whoever sends keeps them from
/// round to round: they are written down before anything else is sent. So a letter leaves twice only where its sender ended
/// before that, or where the mail server took it and its answer never came.
#[derive(Debug, Default)]
pub struct Unrecorded(Mutex<BTreeMap<String, Timestamp>>);

impl Unrecorded {
    fn letters(&self) -> MutexGuard<'_, BTreeMap<String, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<O: Outbox + ?Sized> Worker<'_, O> {
    /// Sends what is due at `now`, up to 20 letters; call it again at once while it reports something sent.
    ///
    /// Letters are claimed one by one: none is held while others are tried, so a slow server makes no doubles. Where
    /// nobody gets a letter (no connection, a refused password, a full disk), the round ends after the first, and
    /// the others keep their attempts. It ends as well where `may_go_on` says no before the next is claimed: who is to
    /// stop finishes the letter in hand. `jitter` is a fresh random number from 0 to 1 for each failed letter: those
    /// that failed together do not come back together. An error of the store ends the round; what was claimed is
    /// due again after the lease, unless it was handed over: that is written down in the next round.
    pub async fn due(
        &self,
        now: Timestamp,
        jitter: &mut (dyn FnMut() -> f64 + Send),
        may_go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Report, StoreError> {
        let mut report = Report::default();
        self.record(&mut report).await?;
        for _ in 0..AT_ONCE {
            if !may_go_on() {
                break;
            }
            let Some(entry) = self.outbox.claim(now, LEASE, 1).await?.pop() else { break };
            let tried = self.hand_over(&entry, now, jitter).await?;
            report.0.push((entry.id, tried.delivery));
            if tried.nobody_gets_one {
                break;
            }
        }
        Ok(report)
    }

    /// Sends the messages with these ids, those that are due and in nobody's hands: for whoever just heard of them.
    /// Where nobody gets a letter it ends, and the outbox gives the others when [`Worker::due`] asks.
    pub async fn these(
        &self,
        ids: &[String],
        now: Timestamp,
        jitter: &mut (dyn FnMut() -> f64 + Send),
        may_go_on: &(dyn Fn() -> bool + Sync),
    ) -> Batch {
        let mut batch = Batch::default();
        if let Err(error) = self.record(&mut batch.report).await {
            batch.trouble = Some(error);
            return batch;
        }
        for id in ids {
            if !may_go_on() {
                return batch;
            }
            match self.one(id, now, jitter).await {
                Ok(Some(tried)) => {
                    batch.report.0.push((id.clone(), tried.delivery));
                    if tried.nobody_gets_one {
                        batch.done = ids.len();
                        return batch;
                    }
                }
                Ok(None) => {}
                Err(error) => {
                    batch.trouble = Some(error);
                    return batch;
                }
            }
            batch.done += 1;
        }
        batch
    }

    /// Writes down what was handed over earlier.
    async fn record(&self, report: &mut Report) -> Result<(), StoreError> {
        let letters = self.unrecorded.letters().clone();
        for (id, at) in letters {
            self.outbox.delivered(&id, at).await?;
            self.unrecorded.letters().remove(&id);
            report.0.push((id, Delivery::Sent));
        }
        Ok(())
    }

    async fn one(
        &self,
        id: &str,
        now: Timestamp,
        jitter: &mut (dyn FnMut() -> f64 + Send),
    ) -> Result<Option<Tried>, StoreError> {
        match self.outbox.claim_one(id, now, LEASE).await? {
            Some(entry) => self.hand_over(&entry, now, jitter).await.map(Some),
            None => Ok(None),
        }
    }

    async fn hand_over(
        &self,
        entry: &OutboxEntry,
        now: Timestamp,
        jitter: &mut (dyn FnMut() -> f64 + Send),
    ) -> Result<Tried, StoreError> {
        let sent = self.attempt(entry).await;
        let nobody_gets_one = matches!(sent, Err(Failure::NoServer(_)));
        let attempts = if nobody_gets_one { ATTEMPTS_WITHOUT_SERVER } else { ATTEMPTS };
        let delivery = match sent {
            Ok(()) => {
                if let Err(error) = self.outbox.delivered(&entry.id, now).await {
                    self.unrecorded.letters().insert(entry.id.clone(), now);
                    return Err(error);
                }
                Delivery::Sent
            }
            Err(Failure::ForNow(reason) | Failure::NoServer(reason)) if entry.attempt < attempts => {
                let next = now.saturating_add(backoff(entry.attempt, jitter())).unwrap_or(now);
                self.outbox.postponed(&entry.id, next).await?;
                Delivery::Postponed { attempt: entry.attempt, next, reason }
            }
            Err(Failure::ForNow(reason) | Failure::NoServer(reason) | Failure::ForEver(reason)) => {
                self.outbox.given_up(&entry.id, now, &reason).await?;
                Delivery::GivenUp { reason }
            }
        };
        Ok(Tried { delivery, nobody_gets_one })
    }

    async fn attempt(&self, entry: &OutboxEntry) -> Result<(), Failure> {
        // Another key may be restored later, so a letter that cannot be opened is tried again like any other.
        let opened =
            self.service.unseal(&entry.sealed).map_err(|error| Failure::ForNow(error.to_string()))?;
        let letter = Letter::from_bytes(&opened).map_err(|error| Failure::ForNow(error.to_string()))?;
        let bytes = eml::format(&letter, &entry.id, self.sender)
            .map_err(|error| Failure::ForEver(error.to_string()))?;
        self.transport.send(&entry.id, &self.sender.address, &letter.to, bytes).await
    }
}

/// One letter was tried.
struct Tried {
    delivery: Delivery,
    nobody_gets_one: bool,
}

/// Half a minute, doubled each time up to 128 minutes, plus up to a tenth of that: the tenth attempt comes 4 h 15 min to
/// 4 h 41 min after the first.
fn backoff(attempt: u32, jitter: f64) -> SignedDuration {
    let seconds = 30_u32 << attempt.saturating_sub(1).min(ATTEMPTS - 2);
    SignedDuration::from_secs_f64(f64::from(seconds) * (1.0 + jitter.clamp(0.0, 1.0) / 10.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(jitter: f64) -> Vec<i64> {
        (1..ATTEMPTS).map(|attempt| backoff(attempt, jitter).as_secs()).collect()
    }

    #[test]
    fn ten_attempts_take_about_four_and_a_half_hours() {
        assert_eq!(waits(0.0), [30, 60, 120, 240, 480, 960, 1920, 3840, 7680]);
        let minutes = |jitter| waits(jitter).iter().sum::<i64>() / 60;
        assert_eq!((minutes(0.0), minutes(0.5), minutes(1.0)), (255, 268, 281));
    }

    #[test]
    fn where_there_is_no_server_attempts_take_about_five_days() {
        let hours = |jitter| {
            let waits = (1..ATTEMPTS_WITHOUT_SERVER).map(|attempt| backoff(attempt, jitter).as_secs());
            waits.sum::<i64>() / 3600
        };
        assert_eq!((hours(0.0), hours(1.0)), (119, 131));
    }

    #[test]
    fn chance_adds_a_tenth_at_most_whatever_it_is() {
        assert_eq!(backoff(1, 1.0).as_secs(), 33);
        assert_eq!(backoff(2, 17.0), backoff(2, 1.0));
        assert_eq!(backoff(2, -3.0), backoff(2, 0.0));
        assert_eq!(backoff(u32::MAX, f64::NAN.max(1.0)), backoff(ATTEMPTS + 1, 1.0));
    }
}
