//! What the build before knew of every output, so that only what has changed is made again.
//!
//! ```text
//! what an output is made of, known before it is made ─► Key ─┐
//! what it asked for while it was made ─► Reads ─► Key ───────┴─► as before? ─► Known: content and facts
//!                                                                          └► made anew
//! ```
//!
//! A wrong "as before" would leave a page stale for ever: whatever is not certain is made anew.

mod key;
mod reads;

use std::sync::Arc;

use rustc_hash::FxHashMap;

pub use key::{Ingredients, Key};
pub use reads::{Read, record, recorded};

use crate::check::{PageNotes, Targets};
use crate::parse::ParsedBefore;
use crate::publish::Entry;

/// What an output came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Of all that it was made of, as far as that is known before.
    pub inputs: Key,
    /// What it asked for while it was made.
    pub reads: Vec<Read>,
    /// Of what it was told.
    pub answers: Key,
}

/// An output as it came out.
#[derive(Debug)]
pub struct Known {
    /// What it came from.
    pub origin: Origin,
    /// Size and hash of its bytes.
    pub entry: Entry,
    /// What the checks read from it, if it is a page.
    pub notes: Option<Arc<PageNotes>>,
}

/// A build that is done.
#[derive(Debug, Default)]
pub struct Cache {
    /// Its documents.
    pub documents: ParsedBefore,
    outputs: FxHashMap<Arc<str>, Arc<Known>>,
    /// The link targets that the notes of pages speak of.
    pub targets: Arc<Targets>,
}

impl Cache {
    /// Takes the outputs of the next build. What was made with a warning is not among them, so that it is told again.
    pub fn replace(&mut self, outputs: impl IntoIterator<Item = (Arc<str>, Arc<Known>)>) {
        self.outputs = outputs.into_iter().collect();
    }

    /// An output by its path.
    pub fn get(&self, path: &str) -> Option<(&Arc<str>, &Arc<Known>)> {
        self.outputs.get_key_value(path)
    }
}
