//! What a process takes of the machine (Linux).

use std::fs;

/// A line of `/proc/<id>/status` in kilobytes: `VmRSS` now, `VmHWM` at most so far.
pub fn kilobytes(process: u32, line: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let found = status.lines().find_map(|found| found.strip_prefix(line))?;
    found.trim_matches([':', ' ', '\t', 'k', 'B']).parse().ok()
}

/// Open files and connections.
pub fn descriptors(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).unwrap().count()
}
