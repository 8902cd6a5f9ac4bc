//! Link targets, each kept once however many pages have it.

use std::borrow::Cow;
use std::sync::{Arc, PoisonError, RwLock};

use borsh::{BorshDeserialize, BorshSerialize};
use rustc_hash::FxHashMap;

/// Number of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub(super) struct TargetId(u32);

impl TargetId {
    /// Its place in the list.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// All targets so far; used from several threads.
#[derive(Debug, Default)]
pub struct Targets(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    ids: FxHashMap<Arc<str>, TargetId>,
    list: Vec<Arc<str>>,
}

impl Known {
    fn id(&mut self, target: &str) -> TargetId {
        if let Some(id) = self.ids.get(target) {
            return *id;
        }
        // More than four thousand million different targets do not fit into memory.
        let id = TargetId(u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        let target: Arc<str> = Arc::from(target);
        self.list.push(Arc::clone(&target));
        self.ids.insert(target, id);
        id
    }
}

impl Targets {
    /// With these numbers: the first is 0.
    pub fn from_list(list: Vec<Arc<str>>) -> Self {
        let mut known = Known::default();
        for target in list {
            known.id(&target);
        }
        Self(RwLock::new(known))
    }

    /// The numbers of a page's targets, each once, and how many of them are of the first `loads`: they stand first.
    pub(super) fn ids(&self, targets: &[Cow<'_, str>], loads: usize) -> (Vec<TargetId>, u32) {
        let (loaded, others) = targets.split_at(loads);
        let mut ids = Vec::with_capacity(targets.len());
        self.add(loaded, &mut ids);
        ids.sort_unstable();
        ids.dedup();
        let loads = ids.len();
        self.add(others, &mut ids);
        let (loaded, others) = ids.split_at_mut(loads);
        others.sort_unstable();
        // What is no other is overwritten by the next that is.
        let mut kept = 0;
        for at in 0..others.len() {
            if (kept == 0 || others[kept - 1] != others[at]) && !loaded.contains(&others[at]) {
                others[kept] = others[at];
                kept += 1;
            }
        }
        ids.truncate(loads + kept);
        ids.shrink_to_fit();
        (ids, u32::try_from(loads).unwrap_or(u32::MAX))
    }

    fn add(&self, targets: &[Cow<'_, str>], ids: &mut Vec<TargetId>) {
        let mut new = Vec::new();
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for target in targets {
            match known.ids.get(target.as_ref()) {
                Some(id) => ids.push(*id),
                None => new.push(target.as_ref()),
            }
        }
        drop(known);
        if !new.is_empty() {
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            ids.extend(new.into_iter().map(|target| known.id(target)));
        }
    }

    /// All targets by their number.
    pub fn list(&self) -> Vec<Arc<str>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).list.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_target_has_one_number_and_what_is_loaded_stands_first() {
        let targets = Targets::default();
        let page = ["/b", "/a", "/b", "/d", "/a", "/c", "/d", "/b"].map(Cow::Borrowed);
        let (ids, loads) = targets.ids(&page, 3);
        let list = targets.list();
        let read: Vec<&str> = ids.iter().map(|id| &*list[id.index()]).collect();
        assert_eq!((read, loads), (vec!["/b", "/a", "/d", "/c"], 2));
        assert_eq!(targets.ids(&page, 3), (ids, 2), "the same numbers again");
        assert_eq!(targets.ids(&[], 0), (Vec::new(), 0));
    }
}
