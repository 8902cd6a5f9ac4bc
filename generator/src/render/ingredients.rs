//! What each output is made of. Whatever a page shows has to stand here, or be asked for by a function that is
//! recorded ([`Read`]).

use super::facts::Facts;
use super::feeds;
use super::jobs::{self, Job};
use crate::cache::Read;
use crate::site::{PageId, Period, Site};

/// What a job's output is made of.
pub(super) fn add(to: &mut impl Facts, site: &Site, job: &Job) {
    match job {
        Job::Page(id) => add_page(to, site, *id),
        Job::List { page, number } => {
            add_page(to, site, *page);
            if let Some(section) = site.sections.get(page) {
                add_list(to, &section.pages, section.page_length, *number);
            }
        }
        Job::Archive { section, period, number } => add_archive(to, site, *section, *period, *number),
        Job::Taxonomy { taxonomy, number } => {
            to.number(*number);
            for term in &site.taxonomies[*taxonomy].terms {
                to.text(&term.name);
                to.text(&term.url);
                to.number(term.pages.len());
            }
        }
        Job::Term { taxonomy, term, number } => {
            let term = &site.taxonomies[*taxonomy].terms[*term];
            to.text(&term.name);
            to.text(&term.url);
            add_list(to, &term.pages, site.config.lists.paginate, *number);
        }
        Job::Procedure { language, .. } => {
            add_crumbs(to, site, site.page_above(site.config.parents.postupci.as_ref(), language));
        }
        Job::Form { language, .. } | Job::FormPart { language, .. } | Job::Schema { language, .. } => {
            add_crumbs(to, site, site.page_above(site.config.parents.obrasci.as_ref(), language));
        }
        Job::Redirect(index) => {
            let to_page = site.redirects[*index].to;
            to.text(&site.pages[to_page].url);
            to.item(to_page);
        }
        Job::Atom(language) | Job::JsonFeed(language) => {
            for id in feeds::newest(site, language) {
                to.document(id);
                to.item(id);
            }
        }
        Job::SectionFeed(id) => {
            to.item(*id);
            let pages = site.sections.get(id).map(|section| section.pages.as_slice());
            add_feed(to, site, pages.unwrap_or_default());
        }
        Job::TermFeed { taxonomy, term } => {
            let term = &site.taxonomies[*taxonomy].terms[*term];
            to.text(&term.name);
            add_feed(to, site, &term.pages);
        }
        // All of it follows from the structure.
        Job::Sitemap => {
            for (id, page) in site.pages.iter().enumerate() {
                let front = &site.document(id).front;
                let day = front.updated.or(front.date).map(|moment| moment.day.to_string());
                to.text(&page.url);
                to.text(&day.unwrap_or_default());
                page.translations.iter().for_each(|id| to.number(*id));
            }
            for taxonomy in &site.taxonomies {
                to.text(&taxonomy.url);
                taxonomy.terms.iter().for_each(|term| to.text(&term.url));
            }
            for (id, section) in &site.sections {
                let periods = section.archive.iter().flat_map(|archive| {
                    archive.periods().map(|period| site.archive_url(*id, archive, period))
                });
                periods.for_each(|url| to.text(&url));
            }
        }
        Job::NotFound(_) | Job::Robots | Job::Asset(_) | Job::Static(_) => {}
    }
}

fn add_page(to: &mut impl Facts, site: &Site, id: PageId) {
    let page = &site.pages[id];
    to.document(id);
    to.item(id);
    add_crumbs(to, site, page.section);
    for id in &page.translations {
        to.text(&site.document(*id).language);
        to.text(&site.pages[*id].url);
    }
    to.optional_item(page.previous);
    to.optional_item(page.next);
    to.items(&page.related);
    to.optional_item(site.lead(id));
    if let Some((series, place)) = site.series_of(id) {
        to.text(&series.name);
        to.text(&series.url);
        to.number(place);
        to.number(series.pages.len());
        let part = |place: usize| series.pages.get(place).copied();
        to.optional_item(place.checked_sub(1).and_then(part));
        to.optional_item(part(place + 1));
    }
    if let Some(section) = site.sections.get(&id) {
        to.items(&section.subsections);
        to.archive(id);
        to.number(jobs::has_feed(site, section).into());
    }
}

/// Its years and months, the articles of its page, the pages above, the same in other languages.
fn add_archive(to: &mut impl Facts, site: &Site, id: PageId, period: Period, number: usize) {
    let found = site.sections.get(&id).and_then(|section| Some((section, section.archive.as_ref()?)));
    let Some((section, archive)) = found else { return };
    to.archive(id);
    to.text(&site.archive_url(id, archive, period));
    to.number(number);
    to.item(id);
    to.number(jobs::has_feed(site, section).into());
    add_crumbs(to, site, site.pages[id].section);
    if let Some((_, pages)) = archive.pages(period) {
        add_list(to, section.archived().get(pages).unwrap_or_default(), section.page_length, number);
    }
    for other in &site.pages[id].translations {
        to.text(&site.document(*other).language);
        to.text(&site.pages[*other].url);
        let theirs = site.sections.get(other).and_then(|section| section.archive.as_ref());
        to.number(theirs.is_some_and(|theirs| theirs.same_as(archive, period).is_some()).into());
    }
}

fn add_feed(to: &mut impl Facts, site: &Site, pages: &[PageId]) {
    feeds::newest_of(site, pages.iter().copied()).into_iter().for_each(|id| to.item(id));
}

fn add_list(to: &mut impl Facts, pages: &[PageId], length: usize, number: usize) {
    to.number(number);
    to.number(jobs::page_count(pages.len(), length));
    let start = (number - 1) * length;
    to.items(&pages[start.min(pages.len())..(start + length).min(pages.len())]);
}

/// The pages above one.
fn add_crumbs(to: &mut impl Facts, site: &Site, section: Option<PageId>) {
    let mut above = section;
    while let Some(id) = above {
        to.item(id);
        above = site.pages[id].section;
    }
}

pub(super) fn add_read(to: &mut impl Facts, site: &Site, read: &Read) {
    match read {
        Read::Link { folder, language, target } => add_link(to, site, folder, language, target),
        Read::Section { folder, language, limit } => {
            let section = site.section(folder, language);
            let pages = section.map(|section| section.pages.as_slice()).unwrap_or_default();
            to.items(&pages[..pages.len().min(*limit)]);
        }
    }
}

pub(super) fn add_link(to: &mut impl Facts, site: &Site, folder: &str, language: &str, target: &str) {
    match site.resolve(folder, language, target) {
        Ok(resolved) => {
            to.text(&resolved.url);
            // The size of a picture, the kind of a document.
            if let Some(asset) = resolved.asset {
                to.file(site.assets[asset].file);
            }
            // A link to a file tells how large it is.
            let asset = resolved.asset.and_then(|asset| site.assets.get(asset));
            to.number(asset.map_or(0, |asset| usize::try_from(asset.size_bytes).unwrap_or(usize::MAX)));
        }
        Err(error) => to.text(&format!("{error:?}")),
    }
}
