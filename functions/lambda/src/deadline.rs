//! The end of an invocation.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Whether something that takes as long as `needed` may be begun: Lambda ends the process at `deadline`, in milliseconds
/// since 1970.
pub(crate) fn time_is_left(deadline: u64, needed: Duration) -> impl Fn() -> bool + Sync {
    let last = Duration::from_millis(deadline).saturating_sub(needed);
    move || SystemTime::now().duration_since(UNIX_EPOCH).is_ok_and(|now| now < last)
}
