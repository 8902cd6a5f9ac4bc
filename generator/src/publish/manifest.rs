//! What was published: path, size and hash of every file.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::PRIVATE;
use crate::error::EnvironmentError;

const FILE: &str = "manifest.json";

/// All published files.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Manifest {
    files: BTreeMap<String, Entry>,
    /// The manifest cannot be trusted: look at the files.
    #[serde(skip)]
    unsure: bool,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Size.
    pub bytes: u64,
    /// BLAKE3, hexadecimal.
    pub hash: String,
}

impl Entry {
    /// The entry of a content.
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, hash: blake3::hash(bytes).to_hex().to_string() }
    }
}

/// Stands while files are renamed.
pub(super) fn marker(target: &Path) -> PathBuf {
    target.join(PRIVATE).join("publishing")
}

impl Manifest {
    /// Of a finished list.
    pub fn new(files: BTreeMap<String, Entry>) -> Self {
        Self { files, unsure: false }
    }

    /// The manifest of a published folder. A missing or unreadable one is rebuilt from the files themselves.
    pub(super) fn read(target: &Path) -> Result<Self, EnvironmentError> {
        let interrupted = marker(target).exists();
        let text = fs::read(target.join(PRIVATE).join(FILE)).ok();
        let known: Option<Self> = text.and_then(|text| serde_json::from_slice(&text).ok());
        let mut manifest = known.unwrap_or_default();
        manifest.unsure = interrupted;
        if interrupted {
            // Files that the killed publication had renamed already are ours although no manifest names them.
            for path in files_below(target)? {
                manifest.files.entry(path).or_insert_with(|| Entry { bytes: 0, hash: String::new() });
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

    pub(super) fn paths_not_in(&self, other: &Self) -> Vec<String> {
        self.files.keys().filter(|path| !other.files.contains_key(*path)).cloned().collect()
    }

    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// No files at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    pub(super) fn write(&self, target: &Path) -> Result<(), EnvironmentError> {
        let path = target.join(PRIVATE).join(FILE);
        let text = serde_json::to_vec_pretty(self)
            .map_err(|error| EnvironmentError::io("write", &path, std::io::Error::other(error)))?;
        super::write(&path, &text)
    }
}

fn files_below(target: &Path) -> Result<Vec<String>, EnvironmentError> {
    let mut paths = Vec::new();
    let walk = walkdir::WalkDir::new(target)
        .into_iter()
        .filter_entry(|entry| entry.depth() != 1 || entry.file_name() != PRIVATE);
    for entry in walk {
        let entry = entry.map_err(|error| EnvironmentError::io("read", target, error.into()))?;
        if entry.file_type().is_file()
            && let Some(path) = entry.path().strip_prefix(target).ok().and_then(Path::to_str)
        {
            paths.push(path.replace('\\', "/"));
        }
    }
    Ok(paths)
}
