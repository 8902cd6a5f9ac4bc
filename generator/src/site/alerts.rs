//! Alerts: short texts that stand above the pages of the site, or of some of its sections, for a while.
//!
//! An alert is a document without a page of its own: it is written, translated and timed like one. What a translation
//! does not say (level, sections, publish, expires) is as in the default language, so that it cannot outlive it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Site, definitions, problems, schedule};
use crate::diagnostic::Diagnostic;
use crate::parse::{Document, Kind, KindFields, Level, Moment, Spot};

/// An alert that is shown to the readers of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Index in [`Site::documents`]; of the default language where there is no translation.
    pub document: usize,
    /// How urgent it is.
    pub level: Level,
    /// The content folders on whose pages it stands; on all pages where there is none.
    pub sections: Vec<String>,
}

/// What holds for one text of an alert.
struct Terms<'a> {
    draft: bool,
    publish: Option<Moment>,
    expires: Option<Moment>,
    level: Level,
    sections: &'a [(String, Spot)],
}

type Fields<'a> = (Option<Level>, Option<&'a [(String, Spot)]>);

fn fields(document: &Document) -> Fields<'_> {
    match &document.front.own {
        KindFields::Alert { level, sections } => (*level, sections.as_deref()),
        _ => (None, None),
    }
}

impl<'a> Terms<'a> {
    fn of(document: &'a Document, default: Option<&'a Document>) -> Self {
        let (own, theirs) = (&document.front, default.map(|default| &default.front));
        let ((level, sections), (their_level, their_sections)) =
            (fields(document), default.map(fields).unwrap_or_default());
        Self {
            draft: own.draft || theirs.is_some_and(|theirs| theirs.draft),
            publish: own.publish.or(theirs.and_then(|theirs| theirs.publish)),
            expires: own.expires.or(theirs.and_then(|theirs| theirs.expires)),
            level: level.or(their_level).unwrap_or_default(),
            sections: sections.or(their_sections).unwrap_or_default(),
        }
    }
}

/// The alerts of every language, the most urgent first.
pub(super) fn collect(site: &Site, found: &mut Vec<Diagnostic>) -> BTreeMap<String, Vec<Alert>> {
    let mut texts: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, document) in site.documents.iter().enumerate() {
        if document.kind == Kind::Alert {
            texts.entry(&document.stem).or_default().push(index);
        }
    }
    let mut shown: BTreeMap<String, Vec<Alert>> = BTreeMap::new();
    if texts.is_empty() {
        return shown;
    }
    let folders = folders(site);
    for texts in texts.values() {
        let in_language =
            |language: &str| texts.iter().copied().find(|index| site.documents[*index].language == language);
        let default = in_language(&site.config.default_language).map(|index| &*site.documents[index]);
        let mut published: Vec<(usize, Alert)> = Vec::new();
        for index in texts {
            let document = &*site.documents[*index];
            let terms = Terms::of(document, default);
            check(document, default, &terms, &folders, found);
            if schedule::is_due(terms.draft, terms.publish, terms.expires, &site.request) {
                if let Some(body) = &document.alert {
                    problems::check_body(site, document, body, found);
                }
                let sections = terms.sections.iter().map(|(section, _)| folder(section).to_owned()).collect();
                published.push((*index, Alert { document: *index, level: terms.level, sections }));
            }
        }
        for language in &site.config.languages {
            let of = |code: &str| {
                published
                    .iter()
                    .find(|(index, _)| site.documents[*index].language == code)
                    .map(|(_, alert)| alert)
            };
            if let Some(alert) = of(&language.code).or_else(|| of(&site.config.default_language)) {
                shown.entry(language.code.clone()).or_default().push(alert.clone());
            }
        }
    }
    for alerts in shown.values_mut() {
        alerts.sort_by_key(|alert| {
            let document = &site.documents[alert.document];
            (std::cmp::Reverse(alert.level), document.front.weight, document.path.clone())
        });
    }
    shown
}

/// The folders that an alert can be limited to.
fn folders(site: &Site) -> BTreeSet<&str> {
    let lists = site.documents.iter().filter_map(|document| document.stem.strip_suffix("/_index"));
    lists.chain([definitions::FORMS, definitions::PROCEDURES]).collect()
}

/// `dijaspora`, `dijaspora/`, `dijaspora/_index.md`: all mean the folder.
fn folder(written: &str) -> &str {
    written.strip_suffix("_index.md").unwrap_or(written).trim_matches('/')
}

fn check(
    document: &Document,
    default: Option<&Document>,
    terms: &Terms,
    folders: &BTreeSet<&str>,
    found: &mut Vec<Diagnostic>,
) {
    let (level, sections) = fields(document);
    for (section, spot) in sections.unwrap_or_default() {
        if !folders.contains(folder(section)) {
            let place = document.text().front_place(*spot, section.chars().count());
            found.push(problems::alert_section(place, section, folders));
        }
    }
    let default = default.filter(|default| default.path != document.path);
    if default.is_none() && terms.expires.is_none() && !terms.draft {
        found.push(problems::alert_without_end(&document.shown_path()));
    }
    let Some(default) = default else { return };
    let (their_level, their_sections) = fields(default);
    let names = |sections: &[(String, Spot)]| -> Vec<String> {
        sections.iter().map(|(section, _)| folder(section).to_owned()).collect()
    };
    let instant = |moment: Option<Moment>| moment.map(|moment| moment.instant);
    let differs = [
        ("level", level.is_some_and(|level| level != their_level.unwrap_or_default())),
        ("sections", sections.is_some_and(|own| names(own) != names(their_sections.unwrap_or_default()))),
        ("publish", terms.publish.is_some() && instant(terms.publish) != instant(default.front.publish)),
        ("expires", terms.expires.is_some() && instant(terms.expires) != instant(default.front.expires)),
    ];
    let differing: Vec<&str> =
        differs.into_iter().filter(|(_, differs)| *differs).map(|(key, _)| key).collect();
    if !differing.is_empty() {
        found.push(problems::alert_differs(
            &document.shown_path(),
            &default.shown_path(),
            &differing.join(", "),
        ));
    }
}
