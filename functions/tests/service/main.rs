//! The forms as a browser meets them, in process: real validation, real SQLite, real sealing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

mod abuse;
mod applicant;
mod asvs;
mod attachment_limits;
mod attachments;
mod attachments_sent;
mod browser;
mod check;
mod clock;
mod confirm;
mod failures;
mod periods;
mod privacy;
mod receipt;
mod refused;
mod renewal;
mod requests;
mod rotation;
mod town;
mod troubled;
mod upkeep;
