//! A page as an entry of a list, and the parts that its own page shows as well.

use std::borrow::Cow;

use tera::{Map, Value};

use super::body;
use super::object::{list, object, or_none, text};
use crate::parse::{Document, KindFields, Moment};
use crate::site::{PageId, Site, TaxonomyKind, Term};
use crate::source::Sources;

/// Characters of a summary made from the first paragraph.
const SUMMARY_CHARACTERS: usize = 200;

/// Every term as a page shows it, made once and shared; in the order of the site's.
pub(super) struct TermValues(Vec<Vec<Value>>);

impl TermValues {
    pub(super) fn new(site: &Site) -> Self {
        let value = |term: &Term| object([("name", text(&term.name)), ("url", text(&term.url))]).into();
        Self(site.taxonomies.iter().map(|taxonomy| taxonomy.terms.iter().map(value).collect()).collect())
    }
}

/// A page in a list.
pub(super) fn item(site: &Site, sources: &Sources, terms: &TermValues, id: PageId) -> Map {
    let document = site.document(id);
    let front = &document.front;
    let language = document.language.as_str();
    let terms = |names: &[String], kind: TaxonomyKind| {
        let taxonomies = site.taxonomies.iter().zip(&terms.0);
        let own = taxonomies.filter(|(taxonomy, _)| taxonomy.kind == kind && taxonomy.language == language);
        list(own.flat_map(|(taxonomy, values)| {
            names.iter().filter_map(|name| values.get(taxonomy.index(name)?).cloned())
        }))
    };
    let (categories, tags) = match &front.own {
        KindFields::Article { categories, tags, .. } => (categories.as_slice(), tags.as_slice()),
        _ => (&[][..], &[][..]),
    };
    object([
        ("kind", text(document.kind.name())),
        ("title", text(&front.title)),
        ("url", text(&site.pages[id].url)),
        ("description", text(summary(document))),
        ("lang", text(language)),
        ("date", moment(site, language, front.date)),
        ("picture", picture(site, sources, document)),
        ("categories", terms(categories, TaxonomyKind::Categories)),
        ("tags", terms(tags, TaxonomyKind::Tags)),
        ("event", event(site, document)),
        ("project", project(document)),
        ("association", association(document)),
    ])
}

/// One or two sentences: the description, else the beginning of the text.
pub(super) fn summary(document: &Document) -> Cow<'_, str> {
    if document.front.description.is_empty() {
        Cow::Owned(shortened(&document.first_paragraph))
    } else {
        Cow::Borrowed(document.front.description.as_str())
    }
}

fn event(site: &Site, document: &Document) -> Value {
    let KindFields::Event { start, end, place, address } = &document.front.own else { return Value::none() };
    object([
        ("start", moment(site, &document.language, *start)),
        ("end", moment(site, &document.language, *end)),
        ("place", text(place)),
        ("address", text(address)),
        ("ended", site.has_ended(document).into()),
    ])
    .into()
}

fn project(document: &Document) -> Value {
    let KindFields::Project { period, partners, figures, url } = &document.front.own else {
        return Value::none();
    };
    let figure = |figure: &crate::parse::Figure| {
        object([("value", text(&figure.value)), ("label", text(&figure.label))])
    };
    object([
        ("period", text(period)),
        ("partners", list(partners.iter().map(text))),
        ("figures", list(figures.iter().map(figure))),
        ("url", text(url)),
    ])
    .into()
}

fn association(document: &Document) -> Value {
    let KindFields::Association { city, country, website, email } = &document.front.own else {
        return Value::none();
    };
    object([
        ("city", text(city)),
        ("country", text(country)),
        ("website", text(website)),
        ("email", text(email)),
    ])
    .into()
}

fn picture(site: &Site, sources: &Sources, document: &Document) -> Value {
    let Some(picture) = &document.front.picture else { return Value::none() };
    let Ok(resolved) = site.resolve_from(document, &picture.src.value) else { return Value::none() };
    let (width, height) =
        resolved.asset.and_then(|asset| body::size(site, sources, asset)).unwrap_or_default();
    object([
        ("src", text(&resolved.url)),
        ("alt", text(&picture.alt)),
        ("credit", text(&picture.credit)),
        ("width", width.into()),
        ("height", height.into()),
    ])
    .into()
}

/// A date for a template, or none.
pub(super) fn moment(site: &Site, language: &str, moment: Option<Moment>) -> Value {
    or_none(moment.zip(site.locales.get(language)), |(moment, locale)| {
        object([
            ("iso", text(moment.day.to_string())),
            ("long", text(locale.long(moment.day))),
            ("short", text(locale.short(moment.day))),
        ])
        .into()
    })
}

/// Whole words, with an ellipsis when something was left out.
fn shortened(text: &str) -> String {
    if text.chars().count() <= SUMMARY_CHARACTERS {
        return text.to_owned();
    }
    let cut: String = text.chars().take(SUMMARY_CHARACTERS).collect();
    let words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", words.trim_end_matches([',', ';', ':', '–', '-']))
}
