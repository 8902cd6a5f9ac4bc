//! Tests that this machine does not allow.

use std::io::Write as _;

/// Says that a test was not done and why. Written past the test harness, so that `tests/run` can list it.
pub fn skip(test: &str, reason: &str) {
    let _ = writeln!(std::io::stderr().lock(), "\nskipped: {test} ({reason})");
}

/// Whether the tests run as root, as in CI.
pub fn is_root() -> bool {
    let id = std::process::Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}
