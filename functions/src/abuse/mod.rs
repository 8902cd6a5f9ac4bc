//! Keeping the forms open for people when programs press: no puzzle of a third party, no geography.
//!
//! ```text
//! ClientAddress (said by the host) ─► Network ─► Buckets: too many in a short time ─► 429, values kept
//! load signal ─► Work: the check page asks the browser to calculate ─► without it: stored `unconfirmed`,
//!                                                                      and a button in a letter releases it
//! Doubt: what looks odd ─► stored `quarantined`; the office looks; never dropped
//! ```
//!
//! An address is never stored or logged: only its network's keyed hash with the day as salt is held, and that only
//! while it is counted.

mod buckets;
mod doubt;
mod guard;
mod load;
mod network;
mod work;

pub use buckets::{Buckets, Rate};
pub use doubt::Doubt;
pub use guard::Guard;
pub use load::{Load, Meter};

pub(crate) use buckets::Taken;
pub(crate) use doubt::{doubts, first_stage};
pub(crate) use guard::Count;
pub(crate) use network::Network;
pub(crate) use work::BITS;
