//! What takes minutes: `tests/run --long`, or `tests/run kills`, `large`, `watch`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod large;
mod memory;
mod watched;

use tests::tell;

/// A number from a variable, or what a full run uses.
fn setting(variable: &str, full: u64) -> u64 {
    std::env::var(variable).ok().map_or(full, |text| text.parse().unwrap())
}
