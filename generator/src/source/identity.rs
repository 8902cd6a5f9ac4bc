//! What a file system says about a file without reading it.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use borsh::{BorshDeserialize, BorshSerialize};

/// A file that has the same identity has the same content: the program that writes into it cannot choose the time of
/// the last change of status, and one that replaces it makes another file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Identity {
    bytes: u64,
    file: u64,
    modified_ns: i128,
    changed_ns: i128,
}

/// File systems tell times in steps of up to two seconds: within one, two contents can have the same.
const STEP: Duration = Duration::from_millis(2_500);

impl Identity {
    /// Nothing where the system does not tell enough.
    #[cfg(unix)]
    pub fn of(data: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let ns = |seconds: i64, ns: i64| i128::from(seconds) * 1_000_000_000 + i128::from(ns);
        Some(Self {
            bytes: data.len(),
            file: data.ino(),
            modified_ns: ns(data.mtime(), data.mtime_nsec()),
            changed_ns: ns(data.ctime(), data.ctime_nsec()),
        })
    }

    /// Nothing where the system does not tell enough.
    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// Whether a later change will be told from this state, which was looked at after `moment`.
    pub fn is_settled(&self, moment: SystemTime) -> bool {
        let until = moment.checked_sub(STEP).and_then(|until| until.duration_since(UNIX_EPOCH).ok());
        let until_ns = until.and_then(|until| i128::try_from(until.as_nanos()).ok()).unwrap_or_default();
        self.modified_ns.max(self.changed_ns) < until_ns
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_file_that_was_written_again_is_another_even_with_its_old_time() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.md");
        fs::write(&path, "a").unwrap();
        let look = || Identity::of(&fs::metadata(&path).unwrap()).unwrap();
        let (before, modified) = (look(), fs::metadata(&path).unwrap().modified().unwrap());
        std::thread::sleep(Duration::from_millis(20));
        fs::write(&path, "b").unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
        assert_ne!(look(), before);
    }

    #[test]
    fn what_was_just_written_is_not_settled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.md");
        fs::write(&path, "a").unwrap();
        let identity = Identity::of(&fs::metadata(&path).unwrap()).unwrap();
        let now = SystemTime::now();
        assert!(!identity.is_settled(now));
        assert!(identity.is_settled(now + Duration::from_secs(4)));
    }
}
