//! A page as an entry of a list, and the parts that its own page shows as well.

use serde_json::{Value as Json, json};

use super::body;
use crate::parse::{Document, KindFields, Moment};
use crate::site::{PageId, Site, TaxonomyKind};
use crate::source::Sources;

/// Characters of a summary made from the first paragraph.
const SUMMARY_CHARACTERS: usize = 200;

/// A page in a list.
pub(super) fn item(site: &Site, sources: &Sources, id: PageId) -> Json {
    let document = site.document(id);
    let front = &document.front;
    let language = document.language.as_str();
    let description = if front.description.is_empty() {
        shortened(&document.body.first_paragraph)
    } else {
        front.description.clone()
    };
    let terms = |names: &[String], kind: TaxonomyKind| -> Vec<Json> {
        site.taxonomies
            .iter()
            .filter(|taxonomy| taxonomy.kind == kind && taxonomy.language == language)
            .flat_map(|taxonomy| names.iter().filter_map(|name| taxonomy.term(name)))
            .map(|term| json!({ "name": term.name, "url": term.url }))
            .collect()
    };
    let (categories, tags) = match &front.own {
        KindFields::Article { categories, tags, .. } => (categories.as_slice(), tags.as_slice()),
        _ => (&[][..], &[][..]),
    };
    json!({
        "kind": document.kind.name(),
        "title": front.title,
        "url": site.pages[id].url,
        "description": description,
        "lang": language,
        "date": moment(site, language, front.date),
        "picture": picture(site, sources, document),
        "categories": terms(categories, TaxonomyKind::Categories),
        "tags": terms(tags, TaxonomyKind::Tags),
        "event": event(site, document),
        "project": project(document),
        "association": association(document),
    })
}

fn event(site: &Site, document: &Document) -> Json {
    let KindFields::Event { start, end, place, address } = &document.front.own else { return Json::Null };
    json!({
        "start": moment(site, &document.language, *start),
        "end": moment(site, &document.language, *end),
        "place": place,
        "address": address,
        "ended": site.has_ended(document),
    })
}

fn project(document: &Document) -> Json {
    let KindFields::Project { period, partners, figures, url } = &document.front.own else {
        return Json::Null;
    };
    json!({ "period": period, "partners": partners, "figures": figures, "url": url })
}

fn association(document: &Document) -> Json {
    let KindFields::Association { city, country, website, email } = &document.front.own else {
        return Json::Null;
    };
    json!({ "city": city, "country": country, "website": website, "email": email })
}

fn picture(site: &Site, sources: &Sources, document: &Document) -> Json {
    let Some(picture) = &document.front.picture else { return Json::Null };
    let Ok(resolved) = site.resolve_from(document, &picture.src.value) else { return Json::Null };
    let (width, height) =
        resolved.asset.and_then(|asset| body::size(site, sources, asset)).unwrap_or_default();
    json!({
        "src": resolved.url, "alt": picture.alt, "credit": picture.credit, "width": width, "height": height,
    })
}

/// A date for a template, or none.
pub(super) fn moment(site: &Site, language: &str, moment: Option<Moment>) -> Json {
    let (Some(moment), Some(locale)) = (moment, site.locales.get(language)) else { return Json::Null };
    json!({ "iso": moment.day.to_string(), "long": locale.long(moment.day), "short": locale.short(moment.day) })
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
