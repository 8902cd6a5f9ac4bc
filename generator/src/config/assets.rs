//! How the files of the theme and the pages are published.

use serde::Deserialize;

/// `assets` in `site.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Assets {
    /// Files that templates ask for bear a hash of their content in their name.
    pub fingerprint: bool,
    /// Style sheets and pages are published without bytes that mean nothing.
    pub minify: bool,
    /// Texts are published in compressed forms as well.
    pub precompress: bool,
}

impl Default for Assets {
    fn default() -> Self {
        Self { fingerprint: true, minify: false, precompress: false }
    }
}
