//! What was published: path, size and hash of every file.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use super::PRIVATE;
use crate::cache::Key;
use crate::error::EnvironmentError;

pub(super) const FILE: &str = "manifest.json";

/// All published files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Manifest {
    files: BTreeMap<Arc<str>, Entry>,
    /// A publication was interrupted: look at the files, not at what is written here.
    #[serde(skip)]
    unsure: bool,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, BorshSerialize, BorshDeserialize)]
pub struct Entry {
    /// Size.
    pub bytes: u64,
    /// Key of the content, hexadecimal in the file.
    #[serde(with = "hexadecimal")]
    pub hash: Key,
}

impl Entry {
    /// The entry of a content.
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, hash: Key::of(bytes) }
    }
}

impl Default for Entry {
    /// Of a file of which only the path is known: no content has this hash.
    fn default() -> Self {
        Self { bytes: 0, hash: Key::default() }
    }
}

mod hexadecimal {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::cache::Key;

    pub(super) fn serialize<S: Serializer>(hash: &Key, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hash.to_hex())
    }

    /// What is no key (an earlier version wrote longer ones) is the key of nothing: the file is written again.
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Key, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Ok(Key::from_hex(&text).unwrap_or_default())
    }
}

/// Stands while files are renamed, and names every file of the new state.
pub(super) fn marker(target: &Path) -> PathBuf {
    target.join(PRIVATE).join("publishing")
}

impl Manifest {
    /// Of a finished list.
    pub fn new(files: BTreeMap<Arc<str>, Entry>) -> Self {
        Self { files, unsure: false }
    }

    /// The manifest of a folder; empty where nothing was published yet.
    ///
    /// After an interruption, what the killed publication was about to write is ours as well; what else lies in
    /// the folder never is.
    pub(super) fn read(target: &Path) -> Result<Self, EnvironmentError> {
        let mut manifest: Self = read_json(&target.join(PRIVATE).join(FILE), target)?.unwrap_or_default();
        let begun: Option<Vec<Arc<str>>> = read_json(&marker(target), target)?;
        if let Some(begun) = begun {
            manifest.unsure = true;
            for path in begun {
                manifest.files.entry(path).or_default();
            }
        }
        Ok(manifest)
    }

    /// Whether the file at `path` already has this content.
    pub(super) fn has(&self, target: &Path, path: &str, entry: &Entry) -> bool {
        let on_disk = target.join(path);
        if self.unsure {
            return fs::read(&on_disk).is_ok_and(|bytes| Entry::of(&bytes) == *entry);
        }
        // The size catches what was cut or edited by hand; a removed file has none.
        self.files.get(path) == Some(entry)
            && fs::symlink_metadata(&on_disk).is_ok_and(|found| found.is_file() && found.len() == entry.bytes)
    }

    /// The entry of a file that lies there as it was written, as far as its size tells.
    pub(super) fn lasting(&self, target: &Path, path: &str) -> Option<&Entry> {
        let entry = self.files.get(path).filter(|_| !self.unsure)?;
        let found = fs::symlink_metadata(target.join(path)).ok()?;
        (found.is_file() && found.len() == entry.bytes).then_some(entry)
    }

    pub(super) fn paths(&self) -> Vec<&str> {
        self.files.keys().map(AsRef::as_ref).collect()
    }

    pub(super) fn paths_not_in(&self, other: &Self) -> Vec<String> {
        let gone = self.files.keys().filter(|path| !other.files.contains_key(*path));
        gone.map(|path| path.to_string()).collect()
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// No files at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }
}

/// The text of a file of ours; `path` is told if there is none.
pub(super) fn json(path: &Path, value: &impl Serialize) -> Result<Vec<u8>, EnvironmentError> {
    serde_json::to_vec_pretty(value)
        .map_err(|error| EnvironmentError::io("write", path, io::Error::other(error)))
}

fn read_json<T: for<'a> Deserialize<'a>>(path: &Path, target: &Path) -> Result<Option<T>, EnvironmentError> {
    match fs::read(path) {
        // Without the list of our own files nobody could say what may be removed.
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| {
            EnvironmentError::ManifestUnreadable { path: path.to_owned(), target: target.to_owned() }
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(EnvironmentError::io("read", path, error)),
    }
}
