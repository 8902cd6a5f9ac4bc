//! Which published files bear a fingerprint, for whoever serves them.

use std::collections::BTreeMap;

use super::is_style_sheet;

/// A file whose name changes with its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Path below `static/`.
    pub path: String,
    /// Path below the output folder.
    pub published: String,
    /// `sha384-…` of its bytes.
    pub integrity: String,
}

/// All of a site.
#[derive(Debug, Clone, Default)]
pub struct Fingerprints {
    by_path: BTreeMap<String, Fingerprint>,
    paths: BTreeMap<String, String>,
}

impl Fingerprints {
    /// Of a list.
    pub fn new(files: impl IntoIterator<Item = Fingerprint>) -> Self {
        let by_path: BTreeMap<_, _> = files.into_iter().map(|file| (file.path.clone(), file)).collect();
        let paths = by_path.values().map(|file| (file.published.clone(), file.path.clone())).collect();
        Self { by_path, paths }
    }

    /// The path below `static/` of a published file.
    pub fn original(&self, published: &str) -> Option<&str> {
        self.paths.get(published).map(String::as_str)
    }

    /// The published path of a file of the theme.
    pub fn published(&self, path: &str) -> Option<&str> {
        self.by_path.get(path).map(|file| file.published.as_str())
    }

    /// All style sheets.
    pub fn sheets(&self) -> impl Iterator<Item = &Fingerprint> {
        self.by_path.values().filter(|file| is_style_sheet(&file.path))
    }

    /// A style sheet by its path below `static/`.
    pub fn sheet(&self, path: &str) -> Option<&Fingerprint> {
        self.by_path.get(path).filter(|file| is_style_sheet(&file.path))
    }
}
