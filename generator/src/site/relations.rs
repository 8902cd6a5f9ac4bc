//! Which pages belong to each other: translations, neighbours, shared terms.

use std::collections::HashMap;

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
    let related: Vec<Vec<PageId>> = (0..site.pages.len()).map(|id| related_to(site, id)).collect();
    for (page, related) in site.pages.iter_mut().zip(related) {
        page.related = related;
    }
}

fn related_to(site: &Site, id: PageId) -> Vec<PageId> {
    let document = site.document(id);
    let KindFields::Article { categories, tags, series, .. } = &document.front.own else { return Vec::new() };
    let mut score: HashMap<PageId, usize> = HashMap::new();
    for taxonomy in site.taxonomies.iter().filter(|taxonomy| taxonomy.language == document.language) {
        // A shared tag says more than a shared category.
        let (names, weight) = match taxonomy.kind {
            TaxonomyKind::Categories => (categories, 1),
            TaxonomyKind::Tags => (tags, 3),
        };
        for term in names.iter().filter_map(|name| taxonomy.term(name)) {
            for other in term.pages.iter().take(CANDIDATES_PER_TERM).filter(|other| **other != id) {
                let in_series = matches!(
                    (&site.document(*other).front.own, series),
                    (KindFields::Article { series: Some(theirs), .. }, Some(ours)) if theirs == ours
                );
                *score.entry(*other).or_default() += weight + if in_series { 5 } else { 0 };
            }
        }
    }
    let mut ranked: Vec<(PageId, usize)> = score.into_iter().collect();
    ranked.sort_by(|(one, one_score), (other, other_score)| {
        let date = |id: &PageId| site.document(*id).front.date;
        other_score.cmp(one_score).then_with(|| date(other).cmp(&date(one))).then_with(|| one.cmp(other))
    });
    ranked.into_iter().take(RELATED).map(|(other, _)| other).collect()
}
