//! What servers answered before: a file in the folder that is not for visitors.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Verdict;

/// Another layout is another number, and an empty cache.
const LAYOUT: u32 = 1;

/// Answers that are young enough.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Cache {
    layout: u32,
    answers: BTreeMap<String, Answered>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Answered {
    at: Timestamp,
    #[serde(flatten)]
    verdict: Verdict,
}

impl Cache {
    /// What is young enough at a moment; a file that cannot be read is none.
    pub(super) fn read(file: &Path, now: Timestamp) -> Self {
        let text = fs::read_to_string(file).unwrap_or_default();
        let mut cache: Self = serde_json::from_str(&text).unwrap_or_default();
        if cache.layout != LAYOUT {
            cache = Self { layout: LAYOUT, answers: BTreeMap::new() };
        }
        // A clock that was put back must not keep an answer for years.
        cache.answers.retain(|_, answered| {
            answered.at <= now
                && age_limit(&answered.verdict).is_some_and(|limit| now.duration_since(answered.at) < limit)
        });
        cache
    }

    pub(super) fn verdict(&self, url: &str) -> Option<&Verdict> {
        self.answers.get(url).map(|answered| &answered.verdict)
    }

    pub(super) fn note(&mut self, url: &str, verdict: &Verdict, now: Timestamp) {
        if age_limit(verdict).is_some() {
            self.answers.insert(url.to_owned(), Answered { at: now, verdict: verdict.clone() });
        }
    }

    /// Whole or not at all.
    pub(super) fn write(&self, file: &Path) -> io::Result<()> {
        if let Some(folder) = file.parent().filter(|folder| !folder.exists()) {
            private_folder(folder)?;
        }
        let text = serde_json::to_string_pretty(self)?;
        let begun = file.with_extension("json.new");
        fs::write(&begun, text + "\n")?;
        fs::rename(&begun, file)
    }
}

/// Submissions will lie there.
fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// How long an answer is believed. What is there stays for a while, what is gone may come back, and a server that has
/// trouble may be well within the hour.
fn age_limit(verdict: &Verdict) -> Option<SignedDuration> {
    Some(SignedDuration::from_hours(match verdict {
        Verdict::Good | Verdict::Moved { .. } => 7 * 24,
        Verdict::Gone { .. } | Verdict::Endless | Verdict::Closed { .. } => 24,
        Verdict::NoHost
        | Verdict::Untrusted
        | Verdict::Failing { .. }
        | Verdict::Silent
        | Verdict::Broken
        | Verdict::Busy => 1,
        // Nobody was asked.
        Verdict::Private | Verdict::Unreadable => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_700_000, 0);

    #[test]
    fn an_answer_is_believed_as_long_as_it_deserves() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/external-links.json");
        let cases = [
            (Verdict::Good, 167, 168),
            (Verdict::Moved { to: "https://b.example/".to_owned() }, 167, 168),
            (Verdict::Gone { status: 410 }, 23, 24),
            (Verdict::Closed { status: 403 }, 23, 24),
            (Verdict::Silent, 0, 1),
            (Verdict::NoHost, 0, 1),
        ];
        for (verdict, young, old) in cases {
            let mut cache = Cache::read(&file, NOW);
            cache.note("https://a.example/", &verdict, NOW);
            cache.write(&file).unwrap();
            let later = |hours: i64| Cache::read(&file, NOW + SignedDuration::from_hours(hours));
            assert_eq!(later(young).verdict("https://a.example/"), Some(&verdict));
            assert_eq!(later(old).verdict("https://a.example/"), None, "{verdict:?}");
            assert_eq!(later(-1).verdict("https://a.example/"), None, "an answer of the future");
        }
        let mut cache = Cache::read(&file, NOW);
        cache.note("https://b.example/", &Verdict::Private, NOW);
        assert_eq!(cache.verdict("https://b.example/"), None);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_an_empty_cache_and_the_next_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("external-links.json");
        for text in [
            "",
            "{",
            "[]",
            "{\"layout\":0,\"answers\":{}}",
            "{\"layout\":1,\"answers\":{\"a\":{\"at\":\"x\"}}}",
        ] {
            fs::write(&file, text).unwrap();
            let mut cache = Cache::read(&file, NOW);
            assert!(cache.answers.is_empty(), "{text}");
            cache.note("https://a.example/", &Verdict::Good, NOW);
            cache.write(&file).unwrap();
            assert_eq!(Cache::read(&file, NOW).verdict("https://a.example/"), Some(&Verdict::Good));
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half written stays");
    }

    #[cfg(unix)]
    #[test]
    fn the_folder_that_it_makes_is_for_its_owner() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("data/external-links.json");
        Cache::read(&file, NOW).write(&file).unwrap();
        let mode = fs::metadata(file.parent().unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
