//! What went wrong in other site generators, tried with this one: each test bears the number of a published advisory
//! or defect, and looks at the built site, or at the local server, as a visitor would.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "../support/mod.rs"]
mod support;

mod files;
#[cfg(unix)]
mod server;
mod texts;
mod yaml;
