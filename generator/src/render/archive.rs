//! The pages of a section's archive: all years, a year, a month.

use rustc_hash::FxHashMap;
use tera::{Context, Map, Value};

use super::crumbs::{breadcrumbs, crumb};
use super::jobs::{self, Job};
use super::object::{extend, list, object, or_none, text};
use super::values::{frame, in_language, language_name, pager, word};
use super::{Failed, Renderer, feeds};
use crate::parse::Kind;
use crate::site::{Archive, PageId, Period, Section, Site};

/// The years of every archive with their months, made once and shared.
pub(super) struct ArchiveValues(FxHashMap<PageId, Vec<Value>>);

impl ArchiveValues {
    pub(super) fn new(site: &Site) -> Self {
        let of = |(id, section): (&PageId, &Section)| {
            let archive = section.archive.as_ref()?;
            let years = (0..archive.years.len()).map(|year| year_value(site, *id, archive, year).into());
            Some((*id, years.collect()))
        };
        Self(site.sections.iter().filter_map(of).collect())
    }

    /// What the list of a section shows of its archive; none where it has none.
    pub(super) fn of_list(&self, site: &Site, id: PageId) -> Value {
        let years = site.sections.get(&id).and_then(|section| section.archive.as_ref()).zip(self.0.get(&id));
        or_none(years, |(archive, years)| {
            object([
                ("title", text(word(site, &site.document(id).language, "archive.name"))),
                ("url", text(site.archive_url(id, archive, Period::All))),
                ("years", Value::from(years.clone())),
            ])
            .into()
        })
    }
}

fn year_value(site: &Site, id: PageId, archive: &Archive, year: usize) -> Map {
    let of = &archive.years[year];
    let locale = site.locales.get(&site.document(id).language);
    let months = of.months.iter().enumerate().map(|(place, month)| {
        object([
            ("month", i64::from(month.day.month()).into()),
            ("name", text(locale.map_or_else(String::new, |locale| locale.month(month.day)))),
            ("title", text(title(site, id, archive, Period::Month(year, place)))),
            ("url", text(site.archive_url(id, archive, Period::Month(year, place)))),
            ("count", month.pages.len().into()),
        ])
    });
    object([
        ("year", i64::from(of.day.year()).into()),
        ("title", text(title(site, id, archive, Period::Year(year)))),
        ("url", text(site.archive_url(id, archive, Period::Year(year)))),
        ("count", of.pages.len().into()),
        ("months", list(months)),
    ])
}

/// `2019.`, `svibanj 2019.`; nothing for all years.
fn title(site: &Site, id: PageId, archive: &Archive, period: Period) -> String {
    let locale = site.locales.get(&site.document(id).language);
    match (period, archive.pages(period), locale) {
        (Period::Year(_), Some((day, _)), Some(locale)) => locale.year(day),
        (Period::Month(..), Some((day, _)), Some(locale)) => locale.month_of_year(day),
        _ => String::new(),
    }
}

impl Renderer {
    /// One page of a part of a section's archive.
    pub(super) fn archive(
        &self,
        job: &Job,
        id: PageId,
        period: Period,
        number: usize,
        source: &str,
    ) -> Result<Vec<u8>, Failed> {
        let site = &*self.site;
        let found = site.sections.get(&id).and_then(|section| Some((section, section.archive.as_ref()?)));
        let Some((section, archive)) = found else { return Ok(Vec::new()) };
        let page = archive_page(site, id, archive, period);
        let mut context = self.context(&site.document(id).language, page);
        let years = self.values.archives.0.get(&id).map(Vec::as_slice).unwrap_or_default();
        match archive.pages(period) {
            Some((_, pages)) => {
                let pages = section.archived().get(pages).unwrap_or_default();
                self.add_list(&mut context, site, job, pages, section.page_length, number);
                let months = match period {
                    Period::Year(year) | Period::Month(year, _) => years.get(year..=year),
                    Period::All => None,
                };
                add_archive(
                    &mut context,
                    site,
                    id,
                    (archive, period),
                    pages.len(),
                    months.unwrap_or_default(),
                );
            }
            None => {
                let length = site.config.lists.years;
                let shown = years.chunks(length).nth(number - 1).unwrap_or_default();
                let total = jobs::page_count(years.len(), length);
                context.insert_value("pages", list(std::iter::empty::<Value>()));
                context.insert_value(
                    "pager",
                    pager(number, total, length, |page| jobs::list_url(site, job, page)),
                );
                let count = archive.years.iter().map(|year| year.pages.len()).sum();
                add_archive(&mut context, site, id, (archive, period), count, shown);
            }
        }
        Ok(self.template("archive.html", &context, source)?)
    }
}

fn add_archive(
    context: &mut Context,
    site: &Site,
    id: PageId,
    (archive, period): (&Archive, Period),
    count: usize,
    years: &[Value],
) {
    let (older, newer) = archive.neighbours(period);
    let neighbour = |period: Option<Period>| {
        or_none(period, |period| {
            let url = site.archive_url(id, archive, period);
            crumb(&title(site, id, archive, period), &url).into()
        })
    };
    let day = archive.pages(period).map(|(day, _)| day);
    let is_month = matches!(period, Period::Month(..));
    let value = object([
        ("section", crumb(&site.document(id).front.title, &site.pages[id].url).into()),
        ("url", text(site.archive_url(id, archive, Period::All))),
        ("period", text(title(site, id, archive, period))),
        ("year", or_none(day, |day| i64::from(day.year()).into())),
        ("month", or_none(day.filter(|_| is_month), |day| i64::from(day.month()).into())),
        ("count", count.into()),
        ("years", Value::from(years.to_vec())),
        ("older", neighbour(older)),
        ("newer", neighbour(newer)),
    ]);
    context.insert_value("archive", Value::from(value));
}

/// The page itself: its title, the way to it, the same in other languages.
fn archive_page(site: &Site, id: PageId, archive: &Archive, period: Period) -> Value {
    let document = site.document(id);
    let language = document.language.as_str();
    let (section_title, section_url) = (document.front.title.as_str(), site.pages[id].url.as_str());
    let words = [("section", section_title), ("period", &title(site, id, archive, period))];
    let heading = site.catalogues.get(language).map(|strings| match period {
        Period::All => strings.text("archive.all", &words),
        _ => strings.text("archive.title", &words),
    });
    let url = site.archive_url(id, archive, period);
    let mut crumbs = breadcrumbs(site, site.pages[id].section, language, Kind::Section);
    crumbs.push(crumb(section_title, section_url));
    if period != Period::All {
        crumbs
            .push(crumb(&word(site, language, "archive.name"), &site.archive_url(id, archive, Period::All)));
    }
    if let Period::Month(year, _) = period {
        let year = Period::Year(year);
        crumbs.push(crumb(&title(site, id, archive, year), &site.archive_url(id, archive, year)));
    }
    let translations = site.pages[id].translations.iter().filter_map(|other| {
        let theirs = site.sections.get(other)?.archive.as_ref()?;
        let same = theirs.same_as(archive, period)?;
        let code = &site.document(*other).language;
        Some(in_language(code, language_name(site, code), &site.archive_url(*other, theirs, same)))
    });
    let mut map = frame(site, language, "archive", &heading.unwrap_or_default(), &url);
    extend(
        &mut map,
        [
            ("breadcrumbs", list(crumbs)),
            ("translations", list(translations)),
            ("feeds", feeds::of_section(site, id)),
        ],
    );
    map.into()
}
