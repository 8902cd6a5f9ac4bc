//! What goes wrong under a crowd, and that nobody who was told "received" is forgotten or counted twice.
//!
//! ```text
//! Crowd    200 people who fill in, send, and press again until they are told        Told
//! killed   SIGKILL at random moments          full     a disk that is full now and then
//! locked   another program holds the database mail     a mail server that is down
//! Ledger   what they were told  ==  what the registrar finds
//! ```
//!
//! A killed process proves that what is written is all or nothing and that nothing is acknowledged before it is
//! handed to the operating system. It does not prove that a disk keeps what it was told to keep when the power goes:
//! for that the database waits for `fsync`, and the disk has to be honest.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod chance;
mod crowd;
mod full;
mod killed;
mod ledger;
mod locked;
mod mail;
mod sink;

use std::path::Path;

use tests::{Server, Site, tell};

/// Where the public finds the town; a proxy in front of it would take their TLS away.
const PUBLIC: &str = "https://www.grad.example";

/// A server as it runs for the public. It believes its proxy, so that each of the crowd comes from a network of its own.
fn server(site: &Site, data: &Path, keys: &Path) -> Server {
    let more = ["--production", "--base-url", PUBLIC, "--trusted-proxy", "127.0.0.1"];
    Server::start_with(&site.root(), data, keys, &more)
}
