//! Which pages belong to each other: translations, neighbours, shared terms.

use rayon::prelude::*;

use super::{PageId, Site, TaxonomyKind};
use crate::parse::{Kind, KindFields};

/// How many related pages are shown.
const RELATED: usize = 3;
/// Of a term's pages only the newest are candidates, so that the work stays linear in the number of pages.
const CANDIDATES_PER_TERM: usize = 40;

pub(super) fn translations(site: &mut Site) {
    for id in 0..site.pages.len() {
        let stem = site.document(id).stem.clone();
        let all = site
            .config
            .languages
            .iter()
            .filter_map(|language| site.page_by_stem(&stem, &language.code))
            .collect();
        site.pages[id].translations = all;
    }
}

pub(super) fn neighbours(site: &mut Site) {
    let lists: Vec<Vec<PageId>> = site.sections.values().map(|section| section.pages.clone()).collect();
    for pages in lists {
        let articles: Vec<PageId> =
            pages.into_iter().filter(|id| site.document(*id).kind == Kind::Article).collect();
        for pair in articles.windows(2) {
            let (newer, older) = (pair[0], pair[1]);
            site.pages[newer].previous = Some(older);
            site.pages[older].next = Some(newer);
        }
    }
}

pub(super) fn related(site: &mut Site) {
    let related: Vec<Vec<PageId>> = (0..site.pages.len())
        .into_par_iter()
        .map_init(|| Scores::new(site.pages.len()), |scores, id| related_to(site, id, scores))
        .collect();
    for (page, related) in site.pages.iter_mut().zip(related) {
        page.related = related;
    }
}

/// How much pages share with one: room for all of them, which is used for one page after the other.
struct Scores {
    of: Vec<u32>,
    /// Those that have a score.
    touched: Vec<PageId>,
}

impl Scores {
    fn new(pages: usize) -> Self {
        Self { of: vec![0; pages], touched: Vec::new() }
    }

    fn add(&mut self, id: PageId, score: u32) {
        if self.of[id] == 0 {
            self.touched.push(id);
        }
        self.of[id] += score;
    }

    /// All scores, which begin anew.
    fn take(&mut self) -> impl Iterator<Item = (PageId, u32)> + '_ {
        self.touched.drain(..).map(|id| (id, std::mem::take(&mut self.of[id])))
    }
}

/// The pages that share most with one, the newest first among equals.
fn related_to(site: &Site, id: PageId, scores: &mut Scores) -> Vec<PageId> {
    let document = site.document(id);
    let KindFields::Article { categories, tags, series, .. } = &document.front.own else { return Vec::new() };
    for taxonomy in site.taxonomies.iter().filter(|taxonomy| taxonomy.language == document.language) {
        // A shared tag says more than a shared category.
        let (names, weight) = match taxonomy.kind {
            TaxonomyKind::Categories => (categories, 1),
            TaxonomyKind::Tags => (tags, 3),
            // Its page and its neighbours are shown by themselves.
            TaxonomyKind::Series => continue,
        };
        for term in names.iter().filter_map(|name| taxonomy.term(name)) {
            for other in term.pages.iter().take(CANDIDATES_PER_TERM).filter(|other| **other != id) {
                let in_series = series.is_some()
                    && matches!(&site.document(*other).front.own,
                        KindFields::Article { series: theirs, .. } if theirs == series);
                scores.add(*other, weight + if in_series { 5 } else { 0 });
            }
        }
    }
    let is_better = |(one, one_score): (PageId, u32), (other, other_score): (PageId, u32)| {
        let date = |id: PageId| site.document(id).front.date;
        one_score > other_score || one_score == other_score && (date(one), other) > (date(other), one)
    };
    let mut best: Vec<(PageId, u32)> = Vec::with_capacity(RELATED + 1);
    for scored in scores.take() {
        if best.len() == RELATED && !best.last().is_some_and(|last| is_better(scored, *last)) {
            continue;
        }
        let at = best.iter().position(|known| is_better(scored, *known)).unwrap_or(best.len());
        best.insert(at, scored);
        best.truncate(RELATED);
    }
    best.into_iter().map(|(other, _)| other).collect()
}
