//! Articles that belong together: where each stands in its series.

use rustc_hash::FxHashMap;

use super::{PageId, Site, Taxonomy, TaxonomyKind, Term};

/// An article's place in its series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Index in [`Site::taxonomies`].
    pub taxonomy: usize,
    /// Index of its term.
    pub term: usize,
    /// From 0, the oldest first.
    pub place: usize,
}

/// The place of every article of a series.
pub(super) fn parts(taxonomies: &[Taxonomy]) -> FxHashMap<PageId, Part> {
    let mut parts = FxHashMap::default();
    for (taxonomy, of) in taxonomies.iter().enumerate() {
        if of.kind != TaxonomyKind::Series {
            continue;
        }
        for (term, series) in of.terms.iter().enumerate() {
            parts.extend(
                series.pages.iter().enumerate().map(|(place, id)| (*id, Part { taxonomy, term, place })),
            );
        }
    }
    parts
}

impl Site {
    /// The series of an article, and its place there, from 0.
    pub fn series_of(&self, id: PageId) -> Option<(&Term, usize)> {
        let part = self.parts.get(&id)?;
        Some((&self.taxonomies.get(part.taxonomy)?.terms[part.term], part.place))
    }

    /// Sorts the articles of a series: the oldest first; of one day, by weight and then by the name of the file.
    pub(super) fn sort_series(&self, pages: &mut [PageId]) {
        pages.sort_by(|one, other| {
            let key = |id: &PageId| {
                let document = self.document(*id);
                (document.front.date, document.front.weight, document.path.as_str())
            };
            key(one).cmp(&key(other))
        });
    }
}
