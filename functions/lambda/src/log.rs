//! The operator's log: one line per event on standard error, which Lambda collects.

use std::io::Write as _;

use functions::Event;

/// Writes an event. A log that cannot be written must not cost a submission.
pub(crate) fn write(event: &Event) {
    let _ = writeln!(std::io::stderr().lock(), "{event}");
}
