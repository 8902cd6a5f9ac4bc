//! Backups that are consistent while submissions arrive, and restores that bring back nothing that was erased.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail like tests")]

mod erased;
mod restore;
mod town;
