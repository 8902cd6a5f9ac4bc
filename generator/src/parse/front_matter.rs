//! The YAML at the top of a content file, typed per kind.

use borsh::{BorshDeserialize, BorshSerialize};
use jiff::tz::TimeZone;

use super::flat;
use super::keys::{Entry, Figure, Level, Picture, Raw, SortOrder, common_keys};
use super::kind::Kind;
use super::moment::{Moment, read_moment};
use super::problems;
use super::written::{LINE_OFFSET, Spot, Written};
use crate::config::lists;
use crate::diagnostic::{Diagnostic, Place};
use crate::yaml;

/// The checked front matter.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub struct FrontMatter {
    /// Title of the page.
    pub title: String,
    /// Summary for lists and search engines; empty if not given.
    pub description: String,
    /// Date of publication.
    pub date: Option<Moment>,
    /// Date of the last change worth telling.
    pub updated: Option<Moment>,
    /// Not published without `--drafts`.
    pub draft: bool,
    /// Last part of the URL instead of the file name.
    pub slug: Option<String>,
    /// Old paths that lead here.
    pub aliases: Vec<(String, Spot)>,
    /// The picture in lists and at the head.
    pub picture: Option<Picture>,
    /// Not published before.
    pub publish: Option<Moment>,
    /// Not published from then on.
    pub expires: Option<Moment>,
    /// Cards that lead elsewhere.
    pub entries: Vec<Entry>,
    /// Place in lists sorted by weight; lower is first.
    pub weight: i64,
    /// What only this kind has.
    pub own: KindFields,
}

/// What only one kind of content has.
#[derive(Debug, Clone, BorshSerialize, BorshDeserialize)]
pub enum KindFields {
    /// Front page.
    Home {
        /// Content path of the lead story.
        lead: Option<(String, Spot)>,
    },
    /// List page.
    Section {
        /// Items on one page; if not written, the site decides.
        paginate: Option<usize>,
        /// Order of the items.
        sort: SortOrder,
        /// Whether there is an archive by year and month; if not written, the site decides.
        archive: Option<bool>,
    },
    /// News.
    Article {
        /// Terms of the taxonomy `categories`.
        categories: Vec<String>,
        /// Terms of the taxonomy `tags`.
        tags: Vec<String>,
        /// Articles of one series belong together.
        series: Option<String>,
        /// Where the text comes from.
        source: Option<String>,
    },
    /// Event.
    Event {
        /// First day, if known.
        start: Option<Moment>,
        /// Last day, if known.
        end: Option<Moment>,
        /// Place in words.
        place: String,
        /// Postal address.
        address: String,
    },
    /// Project.
    Project {
        /// Years in words.
        period: String,
        /// Who takes part.
        partners: Vec<String>,
        /// Results in figures.
        figures: Vec<Figure>,
        /// Web address.
        url: String,
    },
    /// Association.
    Association {
        /// Town.
        city: String,
        /// Country.
        country: String,
        /// Web address.
        website: String,
        /// Public e-mail address.
        email: String,
    },
    /// Alert. What is not written is as in the default language.
    Alert {
        /// How urgent it is.
        level: Option<Level>,
        /// Content folders on whose pages it stands.
        sections: Option<Vec<(String, Spot)>>,
    },
    /// Nothing.
    Page,
}

struct Reader<'a> {
    path: &'a str,
    file: &'a str,
    kind: Kind,
    time_zone: &'a TimeZone,
    found: Vec<Diagnostic>,
}

impl FrontMatter {
    /// Reads the YAML of a file. Without a result there is at least one error.
    pub(super) fn read(
        path: &str,
        file: &str,
        text: &str,
        kind: Kind,
        time_zone: &TimeZone,
    ) -> (Option<Self>, Vec<Diagnostic>) {
        let raw = flat::read(text).map_or_else(|| yaml::read(path, file, text, LINE_OFFSET), Ok);
        let raw: Raw = match raw {
            Ok(raw) => raw,
            Err(diagnostic) => {
                return (None, vec![problems::only_keys_of_kind(diagnostic, kind, common_keys(kind))]);
            }
        };
        let mut reader = Reader { path, file, kind, time_zone, found: Vec::new() };
        let front = reader.convert(raw);
        let failed = reader.found.iter().any(Diagnostic::is_error);
        (front.filter(|_| !failed), reader.found)
    }
}

impl Reader<'_> {
    fn convert(&mut self, raw: Raw) -> Option<FrontMatter> {
        self.refuse_foreign_keys(&raw);
        if self.kind == Kind::Alert {
            self.refuse_keys_of_pages(&raw);
        }
        let title = match &raw.title {
            Some(title) if !title.value.trim().is_empty() => Some(title.value.trim().to_owned()),
            Some(title) => {
                self.found.push(problems::empty_title(self.place(title)));
                None
            }
            None => {
                self.found.push(problems::missing_key(self.path, self.file, "title"));
                None
            }
        };
        let date = self.moment(raw.date.as_ref());
        if self.kind == Kind::Article && raw.date.is_none() {
            self.found.push(problems::missing_key(self.path, self.file, "date"));
        }
        if let Some(slug) = &raw.slug
            && crate::site::slug::slugify(&slug.value) != slug.value
        {
            self.found.push(problems::bad_slug(self.place(slug), &slug.value));
        }
        let aliases: Vec<(String, Spot)> = raw
            .aliases
            .unwrap_or_default()
            .into_iter()
            .map(|alias| (alias.value.clone(), alias.spot))
            .collect();
        for (alias, at) in &aliases {
            if !is_site_path(alias) {
                let place = Place::at(self.path, self.file, at.line, at.column, alias.chars().count());
                self.found.push(problems::bad_alias(place, alias));
            }
        }
        if let Some(picture) = &raw.picture
            && picture.alt.trim().is_empty()
        {
            self.found.push(problems::picture_without_alt(self.place(&picture.src)));
        }
        let (publish, expires) = (self.moment(raw.publish.as_ref()), self.moment(raw.expires.as_ref()));
        if let (Some(from), Some(until), Some(written)) = (publish, expires, &raw.expires)
            && until <= from
        {
            self.found.push(problems::expires_before_publish(self.place(written)));
        }
        let own = match self.kind {
            Kind::Home => KindFields::Home { lead: raw.lead.map(|lead| (lead.value.clone(), lead.spot)) },
            Kind::Section => {
                if let Some(paginate) = &raw.paginate
                    && !(1..=lists::MOST).contains(&paginate.value)
                {
                    self.found.push(lists::bad_page_length(self.place(paginate)));
                }
                let sort = raw.sort.map_or_else(SortOrder::default, |sort| sort.value);
                if let Some(archive) = raw.archive.as_ref().filter(|archive| archive.value)
                    && sort != SortOrder::Date
                {
                    self.found.push(problems::archive_without_dates(self.place(archive)));
                }
                KindFields::Section {
                    paginate: raw.paginate.map(|length| length.value),
                    sort,
                    archive: raw.archive.map(|archive| archive.value),
                }
            }
            Kind::Article => KindFields::Article {
                categories: terms(raw.categories),
                tags: terms(raw.tags),
                series: Some(text(raw.series).trim().to_owned()).filter(|series| !series.is_empty()),
                source: raw.source.map(|source| source.value),
            },
            Kind::Event => {
                let (start, end) = (self.moment(raw.start.as_ref()), self.moment(raw.end.as_ref()));
                if let (Some(first), Some(last), Some(written)) = (start, end, &raw.end)
                    && last < first
                {
                    self.found.push(problems::ends_before_start(self.place(written)));
                }
                KindFields::Event { start, end, place: text(raw.place), address: text(raw.address) }
            }
            Kind::Project => KindFields::Project {
                period: text(raw.period),
                partners: raw.partners.map(|partners| partners.value).unwrap_or_default(),
                figures: raw.figures.map(|figures| figures.value).unwrap_or_default(),
                url: self.web_address(raw.url),
            },
            Kind::Association => KindFields::Association {
                city: text(raw.city),
                country: text(raw.country),
                website: self.web_address(raw.website),
                email: text(raw.email),
            },
            Kind::Alert => {
                let level = raw.level.and_then(|written| {
                    let level = Level::ALL.into_iter().find(|level| level.name() == written.value);
                    if level.is_none() {
                        self.found.push(problems::alert_level(self.place(&written), &written.value));
                    }
                    level
                });
                let sections = raw.sections.map(|sections| {
                    sections.value.into_iter().map(|section| (section.value, section.spot)).collect()
                });
                KindFields::Alert { level, sections }
            }
            Kind::Page => KindFields::Page,
        };
        Some(FrontMatter {
            title: title?,
            description: raw.description.unwrap_or_default().trim().to_owned(),
            date,
            updated: self.moment(raw.updated.as_ref()),
            draft: raw.draft.unwrap_or(false),
            slug: raw.slug.map(|slug| slug.value),
            aliases,
            picture: raw.picture,
            publish,
            expires,
            entries: raw.entries.unwrap_or_default(),
            weight: raw.weight.unwrap_or(0),
            own,
        })
    }

    /// A key that another kind has is as wrong here as a misspelt one.
    fn refuse_foreign_keys(&mut self, raw: &Raw) {
        let written = [
            ("lead", raw.lead.as_ref().map(|written| written.spot)),
            ("paginate", raw.paginate.as_ref().map(|written| written.spot)),
            ("sort", raw.sort.as_ref().map(|written| written.spot)),
            ("archive", raw.archive.as_ref().map(|written| written.spot)),
            ("categories", raw.categories.as_ref().map(|written| written.spot)),
            ("tags", raw.tags.as_ref().map(|written| written.spot)),
            ("series", raw.series.as_ref().map(|written| written.spot)),
            ("source", raw.source.as_ref().map(|written| written.spot)),
            ("start", raw.start.as_ref().map(|written| written.spot)),
            ("end", raw.end.as_ref().map(|written| written.spot)),
            ("place", raw.place.as_ref().map(|written| written.spot)),
            ("address", raw.address.as_ref().map(|written| written.spot)),
            ("period", raw.period.as_ref().map(|written| written.spot)),
            ("partners", raw.partners.as_ref().map(|written| written.spot)),
            ("figures", raw.figures.as_ref().map(|written| written.spot)),
            ("url", raw.url.as_ref().map(|written| written.spot)),
            ("level", raw.level.as_ref().map(|written| written.spot)),
            ("sections", raw.sections.as_ref().map(|written| written.spot)),
            ("city", raw.city.as_ref().map(|written| written.spot)),
            ("country", raw.country.as_ref().map(|written| written.spot)),
            ("website", raw.website.as_ref().map(|written| written.spot)),
            ("email", raw.email.as_ref().map(|written| written.spot)),
        ];
        for (key, at) in written {
            if let Some(at) = at
                && !self.kind.own_keys().contains(&key)
            {
                // The value's place is known; the key's line is the same or the one above it.
                let line = key_line(self.file, key, at.line);
                let place = Place::at(self.path, self.file, line, 1, key.len());
                self.found.push(problems::foreign_key(place, key, self.kind, common_keys(self.kind)));
            }
        }
    }

    /// What only a page can have.
    fn refuse_keys_of_pages(&mut self, raw: &Raw) {
        let written = [
            ("description", raw.description.is_some()),
            ("date", raw.date.is_some()),
            ("updated", raw.updated.is_some()),
            ("slug", raw.slug.is_some()),
            ("aliases", raw.aliases.is_some()),
            ("picture", raw.picture.is_some()),
            ("entries", raw.entries.is_some()),
        ];
        for (key, _) in written.into_iter().filter(|(_, is_written)| *is_written) {
            let starts = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
            let line = self.file.lines().position(starts).map_or(1, |line| line + 1);
            let place = Place::at(self.path, self.file, line, 1, key.len());
            self.found.push(problems::foreign_key(place, key, self.kind, common_keys(self.kind)));
        }
    }

    fn moment(&mut self, written: Option<&Written<String>>) -> Option<Moment> {
        let written = written?;
        let moment = read_moment(&written.value, self.time_zone);
        if moment.is_none() {
            self.found.push(problems::bad_date(self.place(written), &written.value));
        }
        moment
    }

    fn web_address(&mut self, written: Option<Written<String>>) -> String {
        let Some(written) = written else { return String::new() };
        if !written.value.is_empty()
            && !written.value.starts_with("https://")
            && !written.value.starts_with("http://")
        {
            self.found.push(problems::bad_web_address(self.place(&written), &written.value));
        }
        written.value
    }

    fn place<T: std::fmt::Debug>(&self, written: &Written<T>) -> Place {
        let at = written.spot;
        let rest = self.file.lines().nth(at.line - 1).unwrap_or_default().trim_end().chars().count();
        Place::at(self.path, self.file, at.line, at.column, rest.saturating_sub(at.column - 1))
    }
}

fn key_line(file: &str, key: &str, value_line: usize) -> usize {
    let starts = |line: usize| {
        file.lines()
            .nth(line - 1)
            .is_some_and(|text| text.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
    };
    (1..=value_line).rev().find(|line| starts(*line)).unwrap_or(value_line)
}

fn text(written: Option<Written<String>>) -> String {
    written.map(|written| written.value).unwrap_or_default()
}

fn terms(written: Option<Written<Vec<String>>>) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for term in written.map(|written| written.value).unwrap_or_default() {
        let term = term.trim().to_owned();
        if !term.is_empty() && !terms.contains(&term) {
            terms.push(term);
        }
    }
    terms
}

/// A path of the site without tricks: `/staro/mjesto/`.
fn is_site_path(path: &str) -> bool {
    path.starts_with('/')
        && path.len() > 1
        && !path.starts_with("//")
        && !path.contains(['?', '#', '\\', '<', '>', '"', '%', ':'])
        && !path.chars().any(|character| character.is_control() || character.is_whitespace())
        && path.split('/').all(|part| part != ".." && part != "." && !part.starts_with(".zavicaj"))
}
