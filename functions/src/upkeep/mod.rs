//! Regular work that nobody asks for: erasing what the retention table says, sweeping, the yearly letter, the daily
//! checkpoint of the audit.

mod purge;
mod renewal;
mod round;

pub use purge::{EVENT_ERASED_BY_RETENTION, PurgeGate, purge, sweep};
pub use renewal::{Asked, EVENT_STILL_CORRECT, Renewals, ask_still_correct};
pub use round::{Upkept, round};

use jiff::Timestamp;
use store::{Signing, Store, StoreError, utc_day};

/// Signs the state of all audit chains, once a day; soon after `may_go_on` says no it stops, and the next call goes on.
pub async fn daily_checkpoint(
    store: &dyn Store,
    now: Timestamp,
    may_go_on: &(dyn Fn() -> bool + Sync),
) -> Result<Option<Signing>, StoreError> {
    let last = store.checkpoints().await?.pop();
    if last.is_some_and(|last| utc_day(last.at) >= utc_day(now)) {
        return Ok(None);
    }
    store.checkpoint(now, may_go_on).await.map(Some)
}
