//! The articles of a section, and of all sections below it, by year and month. They are sorted, the newest first, so that
//! every period is a range of them; where nothing lies below, they are those of the section's own list.

use std::ops::Range;

use jiff::civil::Date;

use super::{PageId, Section, Site};
use crate::parse::{Kind, KindFields, SortOrder};

/// A section's articles by year and month, the newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Years that have articles.
    pub years: Vec<Year>,
    /// The articles of the section and of those below; nothing where none lie below.
    all: Option<Vec<PageId>>,
}

/// The articles of a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// Its first day.
    pub day: Date,
    /// Which of the archive's articles.
    pub pages: Range<usize>,
    /// Months that have articles.
    pub months: Vec<Month>,
}

/// The articles of a month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub day: Date,
    /// Which of the archive's articles.
    pub pages: Range<usize>,
}

/// A part of an archive that has a page; years and months by their place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// All years.
    All,
    /// One year.
    Year(usize),
    /// One month of a year.
    Month(usize, usize),
}

impl Archive {
    /// All periods, the overview first.
    pub fn periods(&self) -> impl Iterator<Item = Period> + '_ {
        let of_year = |(index, year): (usize, &Year)| {
            let months = (0..year.months.len()).map(move |month| Period::Month(index, month));
            std::iter::once(Period::Year(index)).chain(months)
        };
        std::iter::once(Period::All).chain(self.years.iter().enumerate().flat_map(of_year))
    }

    /// Which of the archive's articles a period has, and its first day; the overview shows none.
    pub fn pages(&self, period: Period) -> Option<(Date, Range<usize>)> {
        let year = |index: usize| self.years.get(index);
        match period {
            Period::All => None,
            Period::Year(index) => year(index).map(|year| (year.day, year.pages.clone())),
            Period::Month(index, month) => {
                year(index)?.months.get(month).map(|month| (month.day, month.pages.clone()))
            }
        }
    }

    /// The period of the same kind with the same first day, in an archive of another language.
    pub fn same_as(&self, other: &Self, period: Period) -> Option<Period> {
        let year_of = |day: Date| self.years.iter().position(|year| year.day.year() == day.year());
        match (period, other.pages(period)) {
            (Period::Year(_), Some((day, _))) => year_of(day).map(Period::Year),
            (Period::Month(..), Some((day, _))) => {
                let year = year_of(day)?;
                let month = self.years[year].months.iter().position(|month| month.day == day)?;
                Some(Period::Month(year, month))
            }
            _ => Some(Period::All),
        }
    }

    /// The next older and the next newer period of the same kind.
    pub fn neighbours(&self, period: Period) -> (Option<Period>, Option<Period>) {
        match period {
            Period::All => (None, None),
            Period::Year(index) => {
                let older = Some(index + 1).filter(|index| *index < self.years.len());
                (older.map(Period::Year), index.checked_sub(1).map(Period::Year))
            }
            Period::Month(index, month) => {
                let last = |index: usize| self.years.get(index).map(|year| year.months.len() - 1);
                let older = match self.years.get(index) {
                    Some(year) if month + 1 < year.months.len() => Some(Period::Month(index, month + 1)),
                    _ => last(index + 1).map(|_| Period::Month(index + 1, 0)),
                };
                let newer = match month.checked_sub(1) {
                    Some(month) => Some(Period::Month(index, month)),
                    None => index
                        .checked_sub(1)
                        .and_then(|index| last(index).map(|last| Period::Month(index, last))),
                };
                (older, newer)
            }
        }
    }
}

impl Section {
    /// The articles of the section's archive, the newest first; what has no date may stand at the end.
    pub fn archived(&self) -> &[PageId] {
        self.archive.as_ref().and_then(|archive| archive.all.as_deref()).unwrap_or(&self.pages)
    }
}

impl Site {
    /// The URL path of a part of a section's archive.
    pub fn archive_url(&self, section: PageId, archive: &Archive, period: Period) -> String {
        let all = format!("{}{}/", self.pages[section].url, self.config.paths.archive);
        match (period, archive.pages(period)) {
            (Period::Year(_), Some((day, _))) => format!("{all}{:04}/", day.year()),
            (Period::Month(..), Some((day, _))) => format!("{all}{:04}/{:02}/", day.year(), day.month()),
            _ => all,
        }
    }
}

/// The archive of a section that has one: it is sorted by date, has articles, and its editor does not mind.
pub(super) fn of_section(site: &Site, section: &Section) -> Option<Archive> {
    let KindFields::Section { sort: SortOrder::Date, archive, .. } = site.document(section.page).front.own
    else {
        return None;
    };
    if archive == Some(false) || !site.offers.archives {
        return None;
    }
    let all = with_those_below(site, section);
    let mut years: Vec<Year> = Vec::new();
    // What has no date stands at the end of the list.
    let dated = all.as_ref().unwrap_or(&section.pages).iter().map_while(|id| {
        let document = site.document(*id);
        document.front.date.filter(|_| document.kind == Kind::Article)
    });
    for (place, date) in dated.enumerate() {
        let (Ok(year_day), Ok(month_day)) =
            (Date::new(date.day.year(), 1, 1), Date::new(date.day.year(), date.day.month(), 1))
        else {
            continue;
        };
        if years.last().is_none_or(|year| year.day != year_day) {
            years.push(Year { day: year_day, pages: place..place, months: Vec::new() });
        }
        let Some(year) = years.last_mut() else { continue };
        year.pages.end = place + 1;
        if year.months.last().is_none_or(|month| month.day != month_day) {
            year.months.push(Month { day: month_day, pages: place..place });
        }
        if let Some(month) = year.months.last_mut() {
            month.pages.end = place + 1;
        }
    }
    (!years.is_empty()).then_some(Archive { years, all })
}

/// The articles of a section and of all sections below it, the newest first; nothing where none lie below.
fn with_those_below(site: &Site, section: &Section) -> Option<Vec<PageId>> {
    let is_article = |id: &PageId| site.document(*id).kind == Kind::Article;
    let mut below = Vec::new();
    let mut waiting = section.subsections.clone();
    while let Some(next) = waiting.pop().and_then(|id| site.sections.get(&id)) {
        below.extend(next.pages.iter().copied().filter(is_article));
        waiting.extend(&next.subsections);
    }
    if below.is_empty() {
        return None;
    }
    below.extend(section.pages.iter().copied().filter(is_article));
    site.sort(&mut below, SortOrder::Date, &site.document(section.page).language);
    Some(below)
}
