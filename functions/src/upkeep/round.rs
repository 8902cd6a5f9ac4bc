//! One round of the regular work, the same for a server that runs and for a function that is called.

use std::fmt;

use jiff::Timestamp;
use store::{Reference, Signing, StoreError, Swept};

use super::{Renewals, ask_still_correct, daily_checkpoint, purge, sweep};

/// What a round did, for the operator's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upkept {
    /// Files and copies of answers that nobody can use any more.
    Swept(Swept),
    /// The audit was signed.
    Checkpoint {
        /// How many chains it covers.
        chains: u64,
    },
    /// The audit is signed in part; the next round goes on.
    Signing {
        /// How many chains are covered so far.
        chains: u64,
    },
    /// Nothing is erased or asked for a day.
    HeldUp,
    /// Records whose period is over.
    Erased {
        /// How many.
        records: u64,
    },
    /// Yearly letters that wait in the outbox now.
    Asked {
        /// How many.
        letters: u64,
    },
    /// No yearly letter could be written.
    NoLetter {
        /// About which record.
        reference: Reference,
        /// Why, without anything personal.
        reason: String,
    },
}

/// Does what is due at `now`, and tells of it as it happens. Records are erased and people asked only if `may_erase`; see
/// [`super::PurgeGate`]. Each part that fails ends the round; the next one begins anew. Soon after `may_go_on` says no
/// the audit is put aside for the next one.
pub async fn round(
    needs: &Renewals<'_>,
    may_erase: bool,
    now: Timestamp,
    may_go_on: &(dyn Fn() -> bool + Sync),
    tell: &(dyn Fn(&Upkept) + Sync),
) -> Result<(), StoreError> {
    let swept = sweep(needs.store, needs.bundle, now).await?;
    if swept.staged_files + swept.parcels > 0 {
        tell(&Upkept::Swept(swept));
    }
    if may_erase {
        erase_and_ask(needs, now, tell).await?;
    } else {
        tell(&Upkept::HeldUp);
    }
    // Last: it reads every chain that there is, and nothing else may have to wait for it.
    match daily_checkpoint(needs.store, now, may_go_on).await? {
        Some(Signing::Done(made)) => tell(&Upkept::Checkpoint { chains: made.chains }),
        Some(Signing::GoesOn { chains }) => tell(&Upkept::Signing { chains }),
        None => {}
    }
    Ok(())
}

async fn erase_and_ask(
    needs: &Renewals<'_>,
    now: Timestamp,
    tell: &(dyn Fn(&Upkept) + Sync),
) -> Result<(), StoreError> {
    let records = purge(needs.store, needs.bundle, now).await?;
    if records > 0 {
        tell(&Upkept::Erased { records });
    }
    let asked = ask_still_correct(needs, now).await?;
    if asked.letters > 0 {
        tell(&Upkept::Asked { letters: asked.letters });
    }
    for (reference, reason) in asked.failed {
        tell(&Upkept::NoLetter { reference, reason });
    }
    Ok(())
}

impl fmt::Display for Upkept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Swept(Swept { staged_files, parcels, .. }) => {
                write!(formatter, "swept staged_files={staged_files} parcels={parcels}")
            }
            Self::Checkpoint { chains } => write!(formatter, "audit checkpoint chains={chains}"),
            Self::Signing { chains } => {
                write!(formatter, "audit checkpoint goes on in the next round chains={chains}")
            }
            Self::HeldUp => formatter
                .write_str("nothing is erased or asked for a day: the clock has moved by more than a week"),
            Self::Erased { records } => write!(formatter, "erased by retention records={records}"),
            Self::Asked { letters } => write!(formatter, "asked still correct letters={letters}"),
            Self::NoLetter { reference, reason } => {
                write!(formatter, "no yearly letter reference={reference} reason={reason}")
            }
        }
    }
}
