//! What a person who reads the log is told, whatever the test harness hides.

use std::io::Write as _;

/// A result.
pub fn tell(line: &str) {
    // One write: other tests speak at the same time.
    let _ = std::io::stderr().lock().write_all(format!("{line}\n").as_bytes());
}
