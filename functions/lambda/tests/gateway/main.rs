//! Events as AWS sends them, through the same conversion as in Lambda.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod keys;
mod kinds;
mod letters;
mod parts;
mod starting;
mod town;
mod walk;
