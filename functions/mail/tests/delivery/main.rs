//! From the outbox to where letters go, over the real store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

mod folder;
mod office;
mod returned;
mod server;
mod sink;
