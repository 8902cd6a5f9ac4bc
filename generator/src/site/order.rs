//! In which order lists show their pages.

use rayon::prelude::*;

use super::{PageId, Site, schedule};
use crate::parse::SortOrder;

impl Site {
    /// Sorts pages of a language.
    pub(super) fn sort(&self, pages: &mut [PageId], order: SortOrder, language: &str) {
        let title = |id: &PageId| self.document(*id).front.title.as_str();
        let by_title = |one: &PageId, other: &PageId| match self.locales.get(language) {
            Some(locale) => locale.compare(title(one), title(other)),
            None => title(one).cmp(title(other)),
        };
        // The path makes every order total, so that two builds agree.
        let path = |id: &PageId| self.document(*id).path.as_str();
        match order {
            SortOrder::Date => pages.par_sort_by(|one, other| {
                let date = |id: &PageId| self.document(*id).front.date;
                date(other).cmp(&date(one)).then_with(|| path(one).cmp(path(other)))
            }),
            SortOrder::Title => {
                pages.sort_by(|one, other| by_title(one, other).then_with(|| path(one).cmp(path(other))));
            }
            SortOrder::Weight => pages.sort_by(|one, other| {
                let weight = |id: &PageId| self.document(*id).front.weight;
                weight(one)
                    .cmp(&weight(other))
                    .then_with(|| by_title(one, other))
                    .then_with(|| path(one).cmp(path(other)))
            }),
            SortOrder::Start => {
                let now = self.request.now;
                let start = |id: &PageId| schedule::event_start(self.document(*id));
                let ended = |id: &PageId| schedule::has_ended(self.document(*id), &self.config, now);
                pages.sort_by(|one, other| {
                    ended(one)
                        .cmp(&ended(other))
                        .then_with(|| {
                            let forward = start(one).cmp(&start(other));
                            if ended(one) { forward.reverse() } else { forward }
                        })
                        .then_with(|| path(one).cmp(path(other)))
                });
            }
        }
    }
}
