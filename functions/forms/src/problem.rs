//! What is wrong in a definition or a procedure card, said to its editor.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A sentence for the editor, in the two languages of diagnostics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Hash)]
pub struct Bilingual {
    /// Croatian.
    pub hr: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// A sentence in both languages.
    pub fn new(hr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { hr: hr.into(), en: en.into() }
    }
}

/// A mistake in a definition or card, with its place in the source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A short stable name of the kind of mistake (`unknown-key`).
    pub code: &'static str,
    /// Line in the source, counted from 1; 0 where there is no source (a bundle).
    pub line: usize,
    /// Column in the source in characters, counted from 1; 0 where there is no source.
    pub column: usize,
    /// What is wrong.
    pub message: Bilingual,
    /// What to do about it.
    pub help: Option<Bilingual>,
}

/// A place in a source text; line 0 means "no source".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub line: usize,
    pub column: usize,
}

/// Where each part of a definition stands in its source, by path (`sections/0/fields/2`).
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(BTreeMap<String, Place>);

impl Places {
    /// Remembers the place of a part.
    #[cfg(feature = "yaml")]
    pub fn insert(&mut self, path: String, place: Place) {
        self.0.insert(path, place);
    }

    /// The place of a part, or of the nearest part around it.
    pub fn at(&self, path: &str) -> Place {
        let mut path = path;
        loop {
            if let Some(place) = self.0.get(path) {
                return *place;
            }
            match path.rfind('/') {
                Some(end) => path = &path[..end],
                None => return self.0.get("").copied().unwrap_or_default(),
            }
        }
    }
}

/// Problems being gathered, so that an editor sees all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    found: Vec<Problem>,
}

impl Problems {
    /// Notes a mistake at a place.
    pub fn add(&mut self, code: &'static str, place: Place, message: Bilingual, help: Option<Bilingual>) {
        self.found.push(Problem { code, line: place.line, column: place.column, message, help });
    }

    /// Whether nothing is wrong so far.
    #[cfg(feature = "yaml")]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// All problems in the order of the source, each once.
    pub fn into_sorted(mut self) -> Vec<Problem> {
        self.found.sort_by(|a, b| {
            (a.line, a.column, a.code, &a.message.en).cmp(&(b.line, b.column, b.code, &b.message.en))
        });
        self.found.dedup();
        self.found
    }
}
