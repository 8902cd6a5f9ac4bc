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

/// A number from a variable, or what a full run uses.
fn setting(variable: &str, full: u64) -> u64 {
    std::env::var(variable).ok().map_or(full, |text| text.parse().unwrap())
}

/// A result for the person who reads the log, past the test harness.
fn tell(line: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr().lock(), format!("{line}\n").as_bytes());
}
