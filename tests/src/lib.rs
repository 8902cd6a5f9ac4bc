//! What the whole-system tests share: the real program, a browser without script, and the office's view.
//!
//! ```text
//! site     a copy of the shipped site in a folder of its own, to be spoilt
//! program  the built binary: builds, or a server that is a child of the test
//! http     bytes to and from a loopback port                                    Answer
//! page     the answer as a person sees it: title, text, links, forms            Page, Form
//! edits    an editor at work, always in the same way for a number; followed: what is published in the end
//! fuzz     what must hold for whatever bytes arrive; run by `fuzzed` and by the fuzzer
//! browser  opens pages, fills in forms, presses buttons, follows redirects
//! person   people who do not exist, and what they fill in
//! office   what arrived: the store, opened with the desk's key, and the letters
//! corpus   any number of articles, always the same
//! disk     a disk that can be filled
//! sink     a mail server that keeps what it takes: the one of the tests of functions/mail
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

pub mod browser;
pub mod corpus;
pub mod disk;
pub mod edits;
pub mod followed;
pub mod fuzz;
pub mod http;
pub mod office;
pub mod page;
pub mod person;
pub mod program;
#[path = "../../functions/mail/tests/delivery/sink.rs"]
pub mod sink;
pub mod site;
pub mod skip;
mod tell;

pub use browser::Browser;
pub use office::Office;
pub use page::{Form, Page};
pub use person::Person;
pub use program::Server;
pub use site::Site;
pub use tell::tell;

/// Tries until it works or `seconds` are over; for what happens soon, but not at once.
pub fn eventually<T>(seconds: u64, what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let start = std::time::Instant::now();
    loop {
        if let Some(value) = attempt() {
            return value;
        }
        assert!(start.elapsed().as_secs() < seconds, "not within {seconds} s: {what}");
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
}
