//! Erasing what is over.

use forms::retention::From;
use jiff::{SignedDuration, Timestamp};
use store::{Changed, Erasure, Store, StoreError, Swept, Trigger};

use crate::Bundle;

/// The event of the audit line of a record whose period is over.
pub const EVENT_ERASED_BY_RETENTION: &str = "erased by retention";
/// In one step: a long list does not hold up the others.
const AT_ONCE: usize = 50;
/// A machine that was off for longer, or whose clock was set wrong, waits before it erases.
const ORDINARY_PAUSE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long it waits: time for somebody to set the clock right.
const WAIT: SignedDuration = SignedDuration::from_hours(24);

/// Erases the records whose period is over, by the retention table; answers how many.
pub async fn purge(store: &dyn Store, bundle: &Bundle, now: Timestamp) -> Result<u64, StoreError> {
    let mut erased = 0;
    for (class, period, from) in bundle.retention.of_records() {
        let Some(before) = period.before(now, &bundle.time_zone) else { continue };
        let trigger = match from {
            From::Received => Trigger::Received,
            From::Closed => Trigger::Closed,
            From::LastChange => Trigger::LastChange,
            // The table's check refuses this for records.
            From::Staged | From::Sent => continue,
        };
        loop {
            let over = store.expired(class, trigger, before, AT_ONCE).await?;
            let mut erased_now = 0;
            for reference in over {
                let erasure = Erasure {
                    reference,
                    version: None,
                    at: now,
                    event: EVENT_ERASED_BY_RETENTION.to_owned(),
                    uses: None,
                    messages: Vec::new(),
                };
                // Somebody may have been faster.
                if let Changed::Done(_) = store.erase(&erasure).await? {
                    erased_now += 1;
                }
            }
            erased += erased_now;
            if erased_now == 0 {
                break;
            }
        }
    }
    Ok(erased)
}

/// Removes what expired by itself: files that were never confirmed, copies of answers, used tokens, counters.
pub async fn sweep(store: &dyn Store, bundle: &Bundle, now: Timestamp) -> Result<Swept, StoreError> {
    let staged_before =
        bundle.retention.staged_files().before(now, &bundle.time_zone).unwrap_or(Timestamp::MIN);
    store.sweep(now, staged_before).await
}

/// Whether records may be erased now. A clock that jumps ahead by years would erase everything, and nothing brings
/// that back: after a jump the purge waits a day of real time.
#[derive(Debug, Clone, Copy, Default)]
pub struct PurgeGate {
    /// When the clock was last seen, and how long the program ran by then.
    seen: Option<(Timestamp, SignedDuration)>,
    /// How long the program ran when the jump was noticed.
    jumped: Option<SignedDuration>,
}

impl PurgeGate {
    /// Begins with the last moment that is on record (the newest checkpoint), if there is one.
    pub fn after(last: Option<Timestamp>) -> Self {
        Self { seen: last.map(|last| (last, SignedDuration::ZERO)), jumped: None }
    }

    /// Whether records may be erased at `now`, for whoever runs for a moment only and whose clock others keep: `days` are
    /// the checkpoints, oldest first. After a week without one, the work waits until one is a day old: the table may
    /// have been restored, or the work may have stood still.
    pub fn by_record(days: &[Timestamp], now: Timestamp) -> bool {
        let is_long = |from: Timestamp, to: Timestamp| to.duration_since(from) > ORDINARY_PAUSE;
        let just_noticed = days.windows(2).any(|pair| match *pair {
            [before, after] => is_long(before, after) && now.duration_since(after) < WAIT,
            _ => false,
        });
        !just_noticed && !days.last().is_some_and(|last| is_long(*last, now))
    }

    /// Looks at the clock; `ran` is how long the program runs, by a clock that nobody sets. False while the purge has to wait.
    pub fn open(&mut self, now: Timestamp, ran: SignedDuration) -> bool {
        if let Some((last, last_ran)) = self.seen {
            let passed = now.duration_since(last);
            let unexplained = passed.saturating_sub(ran.saturating_sub(last_ran));
            // A machine that was off is like a clock that jumped: both are looked at for a day.
            if unexplained > ORDINARY_PAUSE || passed < -SignedDuration::from_hours(24) {
                self.jumped = Some(ran);
            }
        }
        self.seen = Some((now, ran));
        if self.jumped.is_some_and(|jumped| ran.saturating_sub(jumped) < WAIT) {
            return false;
        }
        self.jumped = None;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    const HOUR: SignedDuration = SignedDuration::from_hours(1);

    #[test]
    fn ordinary_days_and_a_weekend_off_hold_nothing_up() {
        let mut gate = PurgeGate::after(Some(at("2026-11-20T00:00:00Z")));
        assert!(gate.open(at("2026-11-23T08:00:00Z"), SignedDuration::ZERO));
        assert!(gate.open(at("2026-11-23T09:00:00Z"), HOUR));
        assert!(PurgeGate::after(None).open(at("2026-11-23T08:00:00Z"), SignedDuration::ZERO));
    }

    #[test]
    fn a_clock_that_jumps_ahead_erases_nothing_for_a_day() {
        let mut gate = PurgeGate::after(Some(at("2026-11-23T00:00:00Z")));
        assert!(gate.open(at("2026-11-23T08:00:00Z"), SignedDuration::ZERO));
        assert!(!gate.open(at("2036-11-23T09:00:00Z"), HOUR));
        assert!(!gate.open(at("2036-11-23T10:00:00Z"), HOUR * 2));
        // It was set right, which is a jump as well.
        assert!(!gate.open(at("2026-11-23T11:00:00Z"), HOUR * 3));
        assert!(!gate.open(at("2026-11-24T10:00:00Z"), HOUR * 26));
        assert!(gate.open(at("2026-11-24T12:00:00Z"), HOUR * 28));
    }

    #[test]
    fn whoever_runs_for_a_moment_knows_a_long_pause_from_the_record() {
        let days = |days: &[&str], now| {
            PurgeGate::by_record(&days.iter().map(|day| at(day)).collect::<Vec<_>>(), at(now))
        };
        let (may, june) = ("2026-05-01T00:00:00Z", "2026-06-20T06:00:00Z");
        assert!(days(&[], may), "the first day");
        assert!(days(&[may], "2026-05-07T23:00:00Z"));
        assert!(!days(&[may], june), "a long pause");
        assert!(!days(&[may, june], "2026-06-20T07:00:00Z"), "just noticed");
        assert!(!days(&[may, june, "2026-06-21T00:10:00Z"], "2026-06-21T00:20:00Z"), "not yet a day");
        assert!(days(&[may, june], "2026-06-21T06:00:00Z"), "a day later");
        assert!(days(&["2026-06-19T00:10:00Z", june], "2026-06-20T07:00:00Z"), "ordinary days");
    }

    #[test]
    fn a_machine_that_was_off_for_months_waits_a_day() {
        let mut gate = PurgeGate::after(Some(at("2026-05-01T00:00:00Z")));
        assert!(!gate.open(at("2026-11-23T08:00:00Z"), SignedDuration::ZERO));
        assert!(gate.open(at("2026-11-24T08:00:00Z"), HOUR * 24));
    }
}
