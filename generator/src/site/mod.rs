//! Third stage: all documents become one site: URLs, lists, terms, translations, neighbours.
//!
//! ```text
//! Documents + Definitions ─► schedule (what is published now) ─► pages with URLs ─► sections, taxonomies
//!                        ─► translations, neighbours, related ─► Site (whole, never patched)
//! ```

mod alerts;
mod archive;
mod assets;
pub mod definitions;
mod downloads;
pub mod links;
mod offers;
mod order;
mod problems;
mod relations;
mod schedule;
mod sections;
mod series;
pub mod slug;
pub mod strings;
mod structure;
mod taxonomy;
mod urls;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_yaml::Spanned;

pub use alerts::Alert;
pub use archive::{Archive, Period};
#[cfg(test)]
pub(crate) use assets::EXTENSIONS;
pub use definitions::FormPart;
pub use links::LinkError;
pub use offers::Offers;
use sections::parent;
pub use series::Part;
pub use structure::SiteBefore;
pub use taxonomy::{Taxonomy, TaxonomyKind, Term};
pub(crate) use urls::page_url;

use crate::cache::Key;
use crate::config::{Config, Language};
use crate::diagnostic::Diagnostic;
use crate::error::EnvironmentError;
use crate::locale::Locale;
use crate::parse::{Body, Document, Kind, KindFields, Labels};
use crate::source::{AssetFile, SourceFile};
use crate::statics::Statics;
use definitions::Definitions;
use strings::Catalogues;

/// Index of a page in [`Site::pages`].
pub type PageId = usize;

/// What the build was asked for.
#[derive(Debug, Clone)]
pub struct Request {
    /// The moment of the build: decides what is published.
    pub now: Timestamp,
    /// Publish drafts too.
    pub drafts: bool,
    /// Scheme and host of absolute URLs, without a slash at the end.
    pub base_url: String,
}

/// A document that is published.
#[derive(Debug, Clone)]
pub struct Page {
    /// Index in [`Site::documents`].
    pub document: usize,
    /// Path of the URL: `/vijesti/2019/naslov/`.
    pub url: String,
    /// The nearest folder above with a list page in this language.
    pub section: Option<PageId>,
    /// The same document in all languages, this one included, in the order of the site's languages.
    pub translations: Vec<PageId>,
    /// The older neighbour in the section (articles).
    pub previous: Option<PageId>,
    /// The newer neighbour.
    pub next: Option<PageId>,
    /// Pages with shared terms.
    pub related: Vec<PageId>,
}

/// A folder's list in one language.
#[derive(Debug, Clone)]
pub struct Section {
    /// The list page.
    pub page: PageId,
    /// Items on one page.
    pub page_length: usize,
    /// Its pages, sorted.
    pub pages: Vec<PageId>,
    /// The lists right below it, sorted by weight and title.
    pub subsections: Vec<PageId>,
    /// Its articles by year and month.
    pub archive: Option<Archive>,
}

/// A file of the content that is published as it is.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Index in the content's files that are published as they are.
    pub file: usize,
    /// Path of its URL.
    pub url: String,
    /// Its size.
    pub size_bytes: u64,
}

/// An old address that leads to a page.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// Old path.
    pub from: String,
    /// The page.
    pub to: PageId,
}

/// The whole site.
#[derive(Debug)]
pub struct Site {
    /// `site.yaml`.
    pub config: Config,
    /// What the build was asked for.
    pub request: Request,
    /// All documents, published or not.
    pub documents: Vec<Arc<Document>>,
    /// The published ones.
    pub pages: Vec<Page>,
    /// Lists by their page.
    pub sections: BTreeMap<PageId, Section>,
    /// Terms per language.
    pub taxonomies: Vec<Taxonomy>,
    /// Where articles stand in their series.
    pub parts: FxHashMap<PageId, Part>,
    /// Files published as they are.
    pub assets: Vec<Asset>,
    /// Files of the theme, as they are published.
    pub statics: Statics,
    /// Old addresses.
    pub redirects: Vec<Redirect>,
    /// Forms, procedure cards, messages.
    pub definitions: Definitions,
    /// The words of the interface.
    pub catalogues: Catalogues,
    /// Words inside texts, per language.
    pub labels: BTreeMap<String, Labels>,
    /// Dates and sorting per language.
    pub locales: FxHashMap<String, Locale>,
    /// When the output of the same sources will next change.
    pub next_change: Option<Timestamp>,
    /// Alerts by language, the most urgent first.
    pub alerts: BTreeMap<String, Vec<Alert>>,
    /// What the theme has pages for.
    pub offers: Offers,
    /// Page by content path (`vijesti/x.en.md`).
    by_path: FxHashMap<String, PageId>,
    /// Page by stem and language.
    by_stem: FxHashMap<(String, String), PageId>,
    /// Asset by content path.
    asset_by_path: FxHashMap<String, usize>,
    /// Asset by path of its URL.
    asset_by_url: FxHashMap<String, usize>,
    /// Files that wait for the page beside which they lie.
    withheld: FxHashSet<String>,
}

/// What a site is built from.
#[derive(Debug)]
pub struct Parts<'a> {
    /// `site.yaml`.
    pub config: Config,
    /// Key of `site.yaml`.
    pub settings: Key,
    /// What the build is asked for.
    pub request: Request,
    /// All documents, sorted by path.
    pub documents: Vec<Arc<Document>>,
    /// The definitions of the content.
    pub content: &'a [SourceFile],
    /// The rest of it.
    pub files: &'a [Arc<AssetFile>],
    /// Files of the theme, as they are published.
    pub statics: Statics,
    /// Forms, procedure cards, messages.
    pub definitions: Definitions,
    /// The words of the interface.
    pub catalogues: Catalogues,
    /// Words inside texts, per language.
    pub labels: BTreeMap<String, Labels>,
    /// What the theme has pages for.
    pub offers: Offers,
}

/// Builds the site; leaves it `before` the next one. Its structure is taken over from there if it is the same.
pub fn build(parts: Parts<'_>, before: &mut Option<SiteBefore>) -> (Arc<Site>, Vec<Diagnostic>) {
    let Parts { config, settings, request, documents, content, files, statics, .. } = parts;
    let Parts { definitions, catalogues, labels, offers, .. } = parts;
    let key = structure::key((settings, offers), &config, &request, &documents, content, files);
    let mut found = Vec::new();
    let next_change = schedule::next_change(&documents, &config, &request);
    let mut site = match before.take().and_then(|before| before.with_structure(key)) {
        Some(before) => Site {
            config,
            request,
            documents,
            statics,
            definitions,
            catalogues,
            labels,
            next_change,
            ..before
        },
        None => {
            let locale = |language: &Language| {
                let tag = language.locale.as_ref().unwrap_or(&language.code);
                (language.code.clone(), Locale::new(tag))
            };
            let mut site = Site {
                locales: config.languages.iter().map(locale).collect(),
                config,
                request,
                pages: Vec::with_capacity(documents.len()),
                documents,
                sections: BTreeMap::new(),
                taxonomies: Vec::new(),
                parts: FxHashMap::default(),
                assets: Vec::new(),
                statics,
                redirects: Vec::new(),
                definitions,
                catalogues,
                labels,
                next_change,
                alerts: BTreeMap::new(),
                offers,
                by_path: FxHashMap::default(),
                by_stem: FxHashMap::default(),
                asset_by_path: FxHashMap::default(),
                asset_by_url: FxHashMap::default(),
                withheld: FxHashSet::default(),
            };
            site.add_structure(content, files, &mut found);
            site
        }
    };
    let is_sound = found.is_empty();
    downloads::check_all(&site, files, &mut found);
    site.alerts = alerts::collect(&site, &mut found);
    problems::check_links(&site, &mut found);
    let site = Arc::new(site);
    // What is wrong with a structure is told each time.
    *before = is_sound.then(|| SiteBefore::new(key, Arc::clone(&site)));
    (site, found)
}

impl Site {
    /// Where everything stands: made of what [`structure::key`] knows, and of nothing else.
    fn add_structure(
        &mut self,
        content: &[SourceFile],
        files: &[Arc<AssetFile>],
        found: &mut Vec<Diagnostic>,
    ) {
        self.add_pages();
        self.add_assets(content, files, found);
        self.add_sections();
        self.taxonomies = taxonomy::collect(self, found);
        self.parts = series::parts(&self.taxonomies);
        relations::translations(self);
        relations::neighbours(self);
        relations::related(self);
        self.add_redirects();
    }

    fn add_pages(&mut self) {
        let is_page = |document: &Document| {
            document.kind != Kind::Alert && schedule::is_published(document, &self.request)
        };
        let published: Vec<usize> =
            (0..self.documents.len()).filter(|index| is_page(&self.documents[*index])).collect();
        let documents = || published.iter().map(|index| &self.documents[*index]).enumerate();
        let page = |index: &usize| Page {
            document: *index,
            url: self.documents[*index].url.clone(),
            section: None,
            translations: Vec::new(),
            previous: None,
            next: None,
            related: Vec::new(),
        };
        let by_path = || documents().map(|(id, document)| (document.path.clone(), id)).collect();
        let by_stem = || {
            let of = |document: &Document| (document.stem.clone(), document.language.clone());
            documents().map(|(id, document)| (of(document), id)).collect()
        };
        let pages = || published.iter().map(page).collect();
        (self.pages, (self.by_path, self.by_stem)) = rayon::join(pages, || rayon::join(by_path, by_stem));
    }

    fn add_redirects(&mut self) {
        for (id, page) in self.pages.iter().enumerate() {
            let document = &self.documents[page.document];
            for (alias, _) in &document.front.aliases {
                self.redirects.push(Redirect { from: alias.clone(), to: id });
            }
        }
    }

    /// The document of a page.
    pub fn document(&self, id: PageId) -> &Document {
        &self.documents[self.pages[id].document]
    }

    /// A document's text as HTML, and what is wrong in it.
    pub fn body(&self, document: &Document) -> Result<(Body, Vec<Diagnostic>), EnvironmentError> {
        let none = Labels::default();
        let labels = self.labels.get(&document.language).unwrap_or(&none);
        let (body, mut found) = document.body(self.config.raw_html, labels)?;
        problems::check_body(self, document, &body, &mut found);
        Ok((body, found))
    }

    /// What is wrong in any text: what a build tells that does not come to render them.
    pub fn body_problems(&self) -> Result<Vec<Diagnostic>, EnvironmentError> {
        let found: Vec<Vec<Diagnostic>> = self
            .pages
            .par_iter()
            .map(|page| self.body(&self.documents[page.document]).map(|(_, found)| found))
            .collect::<Result<_, _>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The list of a content folder in a language.
    pub fn section(&self, folder: &str, language: &str) -> Option<&Section> {
        self.sections.get(&self.list_of(folder, language)?)
    }

    /// The page of a content folder in a language.
    fn list_of(&self, folder: &str, language: &str) -> Option<PageId> {
        let stem = if folder.is_empty() { "_index".to_owned() } else { format!("{folder}/_index") };
        self.by_stem.get(&(stem, language.to_owned())).copied()
    }

    /// A page by its stem in a language.
    pub fn page_by_stem(&self, stem: &str, language: &str) -> Option<PageId> {
        self.by_stem.get(&(stem.to_owned(), language.to_owned())).copied()
    }

    /// The lead story of a front page.
    pub fn lead(&self, id: PageId) -> Option<PageId> {
        let document = self.document(id);
        let KindFields::Home { lead: Some((target, _)) } = &document.front.own else { return None };
        self.page_in(target.strip_suffix(".md")?, &document.language)
    }

    /// The page that `site.yaml` puts above forms or procedures.
    pub fn page_above(&self, parent: Option<&Spanned<String>>, language: &str) -> Option<PageId> {
        self.page_in(parent?.value.strip_suffix(".md")?, language)
    }

    /// A page by its stem in a language, or in the default language.
    fn page_in(&self, stem: &str, language: &str) -> Option<PageId> {
        self.page_by_stem(stem, language).or_else(|| self.page_by_stem(stem, &self.config.default_language))
    }

    /// Whether an event is over.
    pub fn has_ended(&self, document: &Document) -> bool {
        schedule::has_ended(document, &self.config, self.request.now)
    }

    /// The civil date of the build in the town.
    pub fn today(&self) -> jiff::civil::Date {
        self.request.now.to_zoned_datetime(self.config.time_zone.clone()).date()
    }
}
