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
        .map_init(Vec::new, |scores, id| related_to(site, id, scores))
        .collect();
    for (page, related) in site.pages.iter_mut().zip(related) {
        page.related = related;
    }
}

/// The pages that share most with one; `scores` is room to work in.
fn related_to(site: &Site, id: PageId, scores: &mut Vec<(PageId, usize)>) -> Vec<PageId> {
    let document = site.document(id);
    let KindFields::Article { categories, tags, series, .. } = &document.front.own else { return Vec::new() };
    scores.clear();
    for taxonomy in site.taxonomies.iter().filter(|taxonomy| taxonomy.language == document.language) {
        // A shared tag says more than a shared category.
        let (names, weight) = match taxonomy.kind {
            TaxonomyKind::Categories => (categories, 1),
            TaxonomyKind::Tags => (tags, 3),
        };
        for term in names.iter().filter_map(|name| taxonomy.term(name)) {
            for other in term.pages.iter().take(CANDIDATES_PER_TERM).filter(|other| **other != id) {
                let in_series = series.is_some()
                    && matches!(&site.document(*other).front.own,
                        KindFields::Article { series: theirs, .. } if theirs == series);
                scores.push((*other, weight + if in_series { 5 } else { 0 }));
            }
        }
    }
    scores.sort_unstable_by_key(|(other, _)| *other);
    scores.dedup_by(|later, kept| {
        let is_same = later.0 == kept.0;
        if is_same {
            kept.1 += later.1;
        }
        is_same
    });
    let better = |(one, one_score): &(PageId, usize), (other, other_score): &(PageId, usize)| {
        let date = |id: &PageId| site.document(*id).front.date;
        other_score.cmp(one_score).then_with(|| date(other).cmp(&date(one))).then_with(|| one.cmp(other))
    };
    if scores.len() > RELATED {
        scores.select_nth_unstable_by(RELATED - 1, better);
        scores.truncate(RELATED);
    }
    scores.sort_unstable_by(better);
    scores.iter().map(|(other, _)| *other).collect()
}
