//! What the build before knew of every output, so that only what has changed is made again.
//!
//! ```text
//! what an output is made of, known before it is made ─► Key ─┐
//! what it asked for while it was made ─► Reads ─► Key ───────┴─► as before? ─► Known: content and facts
//!                                                                          └► made anew
//! ```
//!
//! A wrong "as before" would leave a page stale for ever: whatever is not certain is made anew.

mod file;
mod key;
mod reads;

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use rustc_hash::FxHashMap;

pub use key::{Hasher, Ingredients, Key};
pub use reads::{Read, record, recorded};

use crate::check::{PageNotes, Targets};
use crate::parse::ParsedBefore;
use crate::publish::Entry;
use crate::render::{Keys, Plan};
use crate::site::SiteBefore;
use crate::source::{AssetsBefore, Sources};

/// What an output came from.
#[derive(Debug, Clone, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Origin {
    /// Of all that it was made of, as far as that is known before.
    pub inputs: Key,
    /// What it asked for while it was made.
    pub reads: Vec<Read>,
    /// Of what it was told.
    pub answers: Key,
}

/// An output as it came out.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub struct Known {
    /// What it came from; nothing if there was something to tell about it, which has to be told again.
    pub origin: Option<Origin>,
    /// Size and hash of its bytes.
    pub entry: Entry,
    /// What the checks read from it, if it is a page.
    pub notes: Option<Arc<PageNotes>>,
}

/// A build that is done.
#[derive(Debug, Default)]
pub struct Cache {
    /// Its files, with the key of the settings that say which belong to it.
    pub sources: Option<(Key, Arc<Sources>)>,
    /// Its files that are published as they are.
    pub assets: AssetsBefore,
    /// Its documents.
    pub documents: ParsedBefore,
    /// Its site.
    pub site: Option<SiteBefore>,
    /// What it was to make.
    pub plan: Option<Arc<Plan>>,
    /// What the outputs were made by.
    made_by: Option<(Arc<Plan>, Arc<Keys>)>,
    outputs: FxHashMap<Arc<str>, Arc<Known>>,
    /// They are not as they were read.
    has_new_outputs: bool,
    /// The link targets that the notes of pages speak of.
    pub targets: Arc<Targets>,
}

impl Cache {
    /// Takes the outputs of a build that went well.
    pub fn replace(
        &mut self,
        plan: Arc<Plan>,
        keys: Arc<Keys>,
        outputs: impl IntoIterator<Item = (Arc<str>, Arc<Known>)>,
    ) {
        self.made_by = Some((plan, keys));
        let outputs: FxHashMap<Arc<str>, Arc<Known>> = outputs.into_iter().collect();
        let is_as_before = |(path, known): (&Arc<str>, &Arc<Known>)| {
            self.outputs.get(path).is_some_and(|before| Arc::ptr_eq(before, known))
        };
        self.has_new_outputs |= self.outputs.len() != outputs.len() || !outputs.iter().all(is_as_before);
        self.outputs = outputs;
    }

    /// Whether the outputs have the same paths as these that are to be made.
    pub fn has_paths_of(&self, plan: &Arc<Plan>) -> bool {
        self.made_by.as_ref().is_some_and(|(made_by, _)| Arc::ptr_eq(made_by, plan))
    }

    /// The keys that the outputs were made with.
    pub fn keys(&self) -> Option<&Keys> {
        self.made_by.as_ref().map(|(_, keys)| &**keys)
    }

    /// An output by its path.
    pub fn get(&self, path: &str) -> Option<&Arc<Known>> {
        self.outputs.get(path)
    }
}
