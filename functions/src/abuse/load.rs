//! Whether more is sent than people send, so that browsers are asked to work for it.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// When check pages ask for proof of work.
#[derive(Debug, Default)]
pub enum Load {
    /// Never: behind something that keeps programs off, or on an editor's desk.
    #[default]
    Never,
    /// While more check pages are asked for than people ask for.
    Measured(Meter),
    /// Always: during an attack, or in a test.
    Always,
}

/// Counts check pages of the last minute, of all networks together.
#[derive(Debug)]
pub struct Meter {
    most_per_minute: u32,
    state: Mutex<Counted>,
}

/// Two windows: the count of the last minute is estimated from the one before and this one.
#[derive(Debug, Default)]
struct Counted {
    minute: i64,
    now: u32,
    before: u32,
}

impl Meter {
    /// A meter that shows load above so many check pages a minute.
    pub fn new(most_per_minute: u32) -> Self {
        Self { most_per_minute, state: Mutex::default() }
    }

    fn note(&self, now: Timestamp) -> bool {
        let (minute, second) = (now.as_second().div_euclid(60), now.as_second().rem_euclid(60));
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.minute != minute {
            let before = if state.minute + 1 == minute { state.now } else { 0 };
            *state = Counted { minute, now: 0, before };
        }
        state.now = state.now.saturating_add(1);
        let rest = u64::try_from(60 - second).unwrap_or_default();
        let last_minute = u64::from(state.now) + u64::from(state.before) * rest / 60;
        last_minute > u64::from(self.most_per_minute)
    }
}

impl Load {
    /// Notes a check page that is about to be made; whether it asks for work.
    pub(crate) fn asks_for_work(&self, now: Timestamp) -> bool {
        match self {
            Self::Never => false,
            Self::Measured(meter) => meter.note(now),
            Self::Always => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn work_is_asked_for_above_the_limit_of_a_minute_and_no_longer() {
        let load = Load::Measured(Meter::new(10));
        let asked = |seconds: i64| load.asks_for_work(at(seconds));
        assert_eq!((0..12).filter(|_| asked(30)).count(), 2);
        assert!(asked(61), "the minute before still counts");
        assert!(!asked(110), "and fades");
        assert!(!asked(600));
    }

    #[test]
    fn a_clock_that_was_set_back_begins_anew() {
        let load = Load::Measured(Meter::new(1));
        assert!(!load.asks_for_work(at(600)) && load.asks_for_work(at(600)));
        assert!(!load.asks_for_work(at(0)));
    }

    #[test]
    fn it_can_be_switched() {
        assert!(!Load::Never.asks_for_work(at(0)) && Load::Always.asks_for_work(at(0)));
    }
}
