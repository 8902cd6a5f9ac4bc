//! Categories, tags and series: every term of a language with its pages.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::slug::slugify;
use super::{PageId, Site};
use crate::diagnostic::Diagnostic;
use crate::parse::{KindFields, SortOrder};

/// The taxonomies of articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaxonomyKind {
    /// Few, broad.
    Categories,
    /// Many, narrow.
    Tags,
    /// Articles that are read one after the other.
    Series,
}

/// All terms of a taxonomy in a language.
#[derive(Debug, Clone)]
pub struct Taxonomy {
    /// Which.
    pub kind: TaxonomyKind,
    /// BCP 47 tag.
    pub language: String,
    /// The page that lists the terms.
    pub url: String,
    /// Terms in the order of the language.
    pub terms: Vec<Term>,
    by_name: FxHashMap<String, usize>,
}

/// One term.
#[derive(Debug, Clone)]
pub struct Term {
    /// As it is shown.
    pub name: String,
    /// The page that lists its articles.
    pub url: String,
    /// Its articles, newest first; those of a series oldest first.
    pub pages: Vec<PageId>,
}

impl Taxonomy {
    /// A term by its name.
    pub fn term(&self, name: &str) -> Option<&Term> {
        self.index(name).map(|index| &self.terms[index])
    }

    /// Where a term stands among [`Self::terms`].
    pub fn index(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
}

impl TaxonomyKind {
    /// All, in their order.
    pub const ALL: [Self; 3] = [Self::Categories, Self::Tags, Self::Series];

    /// The name in strings and templates.
    pub fn name(self) -> &'static str {
        match self {
            Self::Categories => "categories",
            Self::Tags => "tags",
            Self::Series => "series",
        }
    }

    fn terms(self, own: &KindFields) -> &[String] {
        match (self, own) {
            (Self::Categories, KindFields::Article { categories, .. }) => categories,
            (Self::Tags, KindFields::Article { tags, .. }) => tags,
            (Self::Series, KindFields::Article { series, .. }) => series.as_slice(),
            _ => &[],
        }
    }
}

/// Collects all terms; two terms on one URL are reported.
pub(super) fn collect(site: &Site, found: &mut Vec<Diagnostic>) -> Vec<Taxonomy> {
    let mut taxonomies = Vec::new();
    for language in &site.config.languages {
        for kind in TaxonomyKind::ALL {
            if kind == TaxonomyKind::Series && !site.offers.series {
                continue;
            }
            let folder = match kind {
                TaxonomyKind::Categories => &site.config.paths.categories,
                TaxonomyKind::Tags => &site.config.paths.tags,
                TaxonomyKind::Series => &site.config.paths.series,
            };
            let url = format!("{}{folder}/", site.config.home(&language.code));
            let mut pages: FxHashMap<&str, Vec<PageId>> = FxHashMap::default();
            for id in 0..site.pages.len() {
                let document = site.document(id);
                if document.language == language.code {
                    for name in kind.terms(&document.front.own) {
                        pages.entry(name).or_default().push(id);
                    }
                }
            }
            if pages.is_empty() {
                continue;
            }
            let mut terms: Vec<Term> = pages
                .into_par_iter()
                .map(|(name, mut pages)| {
                    match kind {
                        TaxonomyKind::Series => site.sort_series(&mut pages),
                        _ => site.sort(&mut pages, SortOrder::Date, &language.code),
                    }
                    Term { name: name.to_owned(), url: format!("{url}{}/", slugify(name)), pages }
                })
                .collect();
            terms.sort_by(|one, other| match site.locales.get(&language.code) {
                Some(locale) => {
                    locale.compare(&one.name, &other.name).then_with(|| one.name.cmp(&other.name))
                }
                None => one.name.cmp(&other.name),
            });
            let mut seen: FxHashMap<&str, &Term> = FxHashMap::default();
            for term in &terms {
                if let Some(other) = seen.insert(&term.url, term) {
                    found.push(super::problems::terms_on_one_url(site, term, other));
                }
            }
            let by_name = terms.iter().enumerate().map(|(index, term)| (term.name.clone(), index)).collect();
            taxonomies.push(Taxonomy { kind, language: language.code.clone(), url, terms, by_name });
        }
    }
    taxonomies
}
