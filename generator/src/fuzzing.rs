//! Doors to private readers of what editors write, for fuzz targets only (feature `fuzzing`).

use jiff::tz::TimeZone;

use crate::parse::fuzzing;
pub use crate::parse::fuzzing::Rendered;
use crate::site::{links, slug};

/// Reads a front matter of every kind; answers with the places of what is wrong: line and column.
pub fn front_matter(text: &str) -> Vec<(usize, usize)> {
    fuzzing::front_matter(text, &TimeZone::UTC)
}

/// What the flat reader and the YAML library make of a front matter, where the flat reader makes anything of it.
pub fn flat_and_library(text: &str) -> Option<(String, String)> {
    fuzzing::flat_and_library(text)
}

/// A text as HTML.
pub fn markdown(text: &str, raw_html: bool) -> Rendered {
    fuzzing::markdown(text, raw_html)
}

/// The address that a file of the content has.
pub fn url_of(path: &str) -> String {
    slug::slugify_path(path)
}

/// The files that a link target may mean, from a folder.
pub fn targets(folder: &str, target: &str) -> Vec<String> {
    links::candidates(folder, target)
}
