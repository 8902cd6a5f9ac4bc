//! The office at work over a real database: from the queue to the posted certificate.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod leaving;
mod moves;
mod reading;
mod town;
