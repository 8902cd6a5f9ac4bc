//! What an output is made of, as far as that is known before it is made: its key among the cache's.
//!
//! Whatever a page shows has to be in its key, or be asked for by a function that is recorded ([`Read`]).

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::body;
use super::feeds;
use super::jobs::{self, Job};
use crate::cache::{Ingredients, Key, Read};
use crate::config::MenuEntry;
use crate::parse::KindFields;
use crate::site::{Archive, PageId, Period, Site, definitions};
use crate::source::{SourceFile, Sources};

/// Keys that many outputs share.
pub(super) struct Keys {
    /// Of what every output depends on.
    environment: Key,
    /// Of pages as entries of lists.
    items: Vec<Key>,
    /// Of the years and months of archives, by their section.
    archives: FxHashMap<PageId, Key>,
}

impl Keys {
    pub(super) fn new(site: &Site, sources: &Sources, config: &SourceFile) -> Self {
        let items = (0..site.pages.len()).into_par_iter().map(|id| item(site, sources, id)).collect();
        let archives =
            site.sections.iter().filter_map(|(id, section)| Some((*id, archive(section.archive.as_ref()?))));
        Self { environment: environment(site, sources, config), items, archives: archives.collect() }
    }

    /// Of a job's output.
    pub(super) fn of(&self, site: &Site, sources: &Sources, job: &Job) -> Key {
        match job {
            // What is published as it is depends on nothing else.
            Job::Asset(index) => return Key::of(&sources.content[site.assets[*index].file].bytes),
            Job::Static(index) => return Key::of(&sources.statics[*index].bytes),
            _ => {}
        }
        let mut of = Ingredients::of("output");
        of.key(self.environment);
        match job {
            Job::Page(id) => self.page(&mut of, site, *id),
            Job::List { page, number } => {
                self.page(&mut of, site, *page);
                if let Some(section) = site.sections.get(page) {
                    self.list(&mut of, &section.pages, section.page_length, *number);
                }
            }
            Job::Archive { section, period, number } => {
                self.archive(&mut of, site, *section, *period, *number)
            }
            Job::Taxonomy { taxonomy, number } => {
                of.number(*number as u64);
                for term in &site.taxonomies[*taxonomy].terms {
                    of.text(&term.name);
                    of.text(&term.url);
                    of.number(term.pages.len() as u64);
                }
            }
            Job::Term { taxonomy, term, number } => {
                let term = &site.taxonomies[*taxonomy].terms[*term];
                of.text(&term.name);
                of.text(&term.url);
                self.list(&mut of, &term.pages, jobs::TERM_PAGE_LENGTH, *number);
            }
            Job::Procedure { language, .. } => {
                above(&mut of, site, site.config.parents.postupci.as_ref(), language);
            }
            Job::Form { language, .. } | Job::FormPart { language, .. } | Job::Schema { language, .. } => {
                above(&mut of, site, site.config.parents.obrasci.as_ref(), language);
            }
            Job::Redirect(index) => {
                let to = site.redirects[*index].to;
                of.text(&site.pages[to].url);
                of.text(&site.document(to).front.title);
                of.text(&site.document(to).language);
            }
            Job::Atom(language) | Job::JsonFeed(language) => {
                for id in feeds::newest(site, language) {
                    of.key(site.document(id).key);
                    of.key(self.items[id]);
                }
            }
            Job::SectionFeed(id) => {
                of.text(&site.document(*id).front.title);
                let pages = site.sections.get(id).map(|section| section.pages.as_slice());
                self.feed(&mut of, site, pages.unwrap_or_default());
            }
            Job::TermFeed { taxonomy, term } => {
                let term = &site.taxonomies[*taxonomy].terms[*term];
                of.text(&term.name);
                self.feed(&mut of, site, &term.pages);
            }
            Job::Sitemap => sitemap(&mut of, site),
            Job::NotFound(_) | Job::Robots => {}
            Job::Asset(_) | Job::Static(_) => {}
        }
        of.finish()
    }

    /// Of what the site answers to what an output asked.
    pub(super) fn answers(&self, site: &Site, sources: &Sources, reads: &[Read]) -> Key {
        if reads.is_empty() {
            return Key::default();
        }
        let mut of = Ingredients::of("answers");
        for read in reads {
            match read {
                Read::Link { folder, language, target } => {
                    resolved(&mut of, site, sources, folder, language, target);
                }
                Read::Section { folder, language, limit } => {
                    let section = site.section(folder, language);
                    let pages = section.map(|section| section.pages.as_slice()).unwrap_or_default();
                    of.number(pages.len().min(*limit) as u64);
                    pages.iter().take(*limit).for_each(|id| of.key(self.items[*id]));
                }
            }
        }
        of.finish()
    }

    fn page(&self, of: &mut Ingredients, site: &Site, id: PageId) {
        let page = &site.pages[id];
        let document = site.document(id);
        of.key(document.key);
        of.key(self.items[id]);
        crumbs(of, site, page.section);
        for id in &page.translations {
            of.text(&site.document(*id).language);
            of.text(&site.pages[*id].url);
        }
        of.optional_key(page.previous.map(|id| self.items[id]));
        of.optional_key(page.next.map(|id| self.items[id]));
        of.number(page.related.len() as u64);
        page.related.iter().for_each(|id| of.key(self.items[*id]));
        of.optional_key(site.lead(id).map(|id| self.items[id]));
        if let Some((series, place)) = site.series_of(id) {
            of.text(&series.name);
            of.text(&series.url);
            of.number(place as u64);
            of.number(series.pages.len() as u64);
            let part = |place: usize| series.pages.get(place).map(|id| self.items[*id]);
            of.optional_key(place.checked_sub(1).and_then(part));
            of.optional_key(part(place + 1));
        }
        if let Some(section) = site.sections.get(&id) {
            of.number(section.subsections.len() as u64);
            section.subsections.iter().for_each(|id| of.key(self.items[*id]));
            of.optional_key(self.archives.get(&id).copied());
            of.number(jobs::has_feed(site, section).into());
        }
    }

    /// Its years and months, the articles of its page, the pages above, the same in other languages.
    fn archive(&self, of: &mut Ingredients, site: &Site, id: PageId, period: Period, number: usize) {
        let found = site.sections.get(&id).and_then(|section| Some((section, section.archive.as_ref()?)));
        let Some((section, archive)) = found else { return };
        of.optional_key(self.archives.get(&id).copied());
        of.text(&site.archive_url(id, archive, period));
        of.number(number as u64);
        of.text(&site.document(id).front.title);
        of.number(jobs::has_feed(site, section).into());
        crumbs(of, site, site.pages[id].section);
        if let Some((_, pages)) = archive.pages(period) {
            let pages = section.pages.get(pages).unwrap_or_default();
            self.list(of, pages, section.page_length, number);
        }
        for other in &site.pages[id].translations {
            of.text(&site.document(*other).language);
            of.text(&site.pages[*other].url);
            let theirs = site.sections.get(other).and_then(|section| section.archive.as_ref());
            of.number(theirs.is_some_and(|theirs| theirs.same_as(archive, period).is_some()).into());
        }
    }

    fn feed(&self, of: &mut Ingredients, site: &Site, pages: &[PageId]) {
        for id in feeds::newest_of(site, pages.iter().copied()) {
            of.key(self.items[id]);
        }
    }

    fn list(&self, of: &mut Ingredients, pages: &[PageId], length: usize, number: usize) {
        of.number(number as u64);
        of.number(jobs::page_count(pages.len(), length) as u64);
        pages.iter().skip((number - 1) * length).take(length).for_each(|id| of.key(self.items[*id]));
    }
}

/// What every output depends on: the program, the settings, the theme, the definitions, the day, the menus.
fn environment(site: &Site, sources: &Sources, config: &SourceFile) -> Key {
    let mut of = Ingredients::of("environment");
    of.text(env!("CARGO_PKG_VERSION"));
    of.bytes(&config.bytes);
    of.text(&site.request.base_url);
    of.number(site.request.drafts.into());
    of.text(&site.today().to_string());
    let definitions = sources.content.iter().filter(|file| definitions::is_definition(&file.path));
    for (kind, files) in
        [("templates", &sources.templates), ("statics", &sources.statics), ("strings", &sources.strings)]
    {
        of.text(kind);
        of.number(files.len() as u64);
        for file in files {
            of.text(&file.path);
            of.key(Key::of(&file.bytes));
        }
    }
    for file in definitions {
        of.text(&file.path);
        of.key(Key::of(&file.bytes));
    }
    for language in &site.config.languages {
        for link in site.config.menus.values().flatten().flat_map(MenuEntry::links) {
            of.optional(
                site.resolve("", &language.code, &link.value).ok().map(|resolved| resolved.url).as_deref(),
            );
        }
    }
    of.finish()
}

/// A page as an entry of a list.
fn item(site: &Site, sources: &Sources, id: PageId) -> Key {
    let document = site.document(id);
    let mut of = Ingredients::of("item");
    of.text(&document.path);
    of.key(document.front_key);
    of.text(&document.first_paragraph);
    of.text(&site.pages[id].url);
    if let KindFields::Event { .. } = document.front.own {
        of.number(site.has_ended(document).into());
    }
    if let Some(picture) = &document.front.picture {
        resolved(&mut of, site, sources, document.folder(), &document.language, &picture.src.value);
    }
    of.finish()
}

fn resolved(
    of: &mut Ingredients,
    site: &Site,
    sources: &Sources,
    folder: &str,
    language: &str,
    target: &str,
) {
    match site.resolve(folder, language, target) {
        Ok(resolved) => {
            of.text(&resolved.url);
            let size = resolved.asset.and_then(|asset| body::size(site, sources, asset)).unwrap_or_default();
            of.number(size.0 as u64);
            of.number(size.1 as u64);
        }
        Err(error) => of.text(&format!("{error:?}")),
    }
}

/// Years and months with their numbers of articles.
fn archive(archive: &Archive) -> Key {
    let mut of = Ingredients::of("archive");
    for year in &archive.years {
        for month in &year.months {
            of.text(&month.day.to_string());
            of.number(month.pages.len() as u64);
        }
    }
    of.finish()
}

/// The pages above one.
fn crumbs(of: &mut Ingredients, site: &Site, section: Option<PageId>) {
    let mut above = section;
    while let Some(id) = above {
        of.text(&site.document(id).front.title);
        of.text(&site.pages[id].url);
        above = site.pages[id].section;
    }
}

/// The pages above forms or procedures.
fn above(of: &mut Ingredients, site: &Site, parent: Option<&serde_yaml::Spanned<String>>, language: &str) {
    crumbs(of, site, site.page_above(parent, language));
}

fn sitemap(of: &mut Ingredients, site: &Site) {
    for page in &site.pages {
        let front = &site.documents[page.document].front;
        of.text(&page.url);
        of.optional(front.updated.or(front.date).map(|moment| moment.day.to_string()).as_deref());
        page.translations.iter().for_each(|id| of.number(*id as u64));
    }
    for taxonomy in &site.taxonomies {
        of.text(&taxonomy.url);
        taxonomy.terms.iter().for_each(|term| of.text(&term.url));
    }
    for (id, section) in &site.sections {
        if let Some(archive) = &section.archive {
            archive.periods().for_each(|period| of.text(&site.archive_url(*id, archive, period)));
        }
    }
}
