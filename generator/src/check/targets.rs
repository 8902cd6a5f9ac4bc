//! Link targets, each kept once however many pages have it.

use std::borrow::Cow;
use std::sync::{PoisonError, RwLock};

use rustc_hash::FxHashMap;

/// Number of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TargetId(u32);

impl TargetId {
    /// Its place in the list.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// All targets so far; used from several threads.
#[derive(Debug, Default)]
pub(super) struct Targets {
    known: RwLock<FxHashMap<Box<str>, TargetId>>,
}

impl Targets {
    /// The numbers of a page's targets, each once.
    pub(super) fn ids(&self, targets: &[Cow<'_, str>]) -> Vec<TargetId> {
        let mut ids = Vec::with_capacity(targets.len());
        let mut new = Vec::new();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        for target in targets {
            match known.get(target.as_ref()) {
                Some(id) => ids.push(*id),
                None => new.push(target.as_ref()),
            }
        }
        drop(known);
        if !new.is_empty() {
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            for target in new {
                // More than four thousand million different targets do not fit into memory.
                let next = TargetId(u32::try_from(known.len()).unwrap_or(u32::MAX));
                ids.push(*known.entry(Box::from(target)).or_insert(next));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids.shrink_to_fit();
        ids
    }

    /// All targets by their number.
    pub(super) fn into_list(self) -> Vec<Box<str>> {
        let known = self.known.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<(TargetId, Box<str>)> =
            known.into_iter().map(|(target, id)| (id, target)).collect();
        list.sort_unstable_by_key(|(id, _)| *id);
        list.into_iter().map(|(_, target)| target).collect()
    }
}
