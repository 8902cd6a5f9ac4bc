//! What can be wrong between files: two pages on one URL, links to nowhere.

use std::collections::BTreeSet;

use super::{LinkError, Site, Term, downloads};
use crate::config::MenuEntry;
use crate::diagnostic::{Diagnostic, Place};
use crate::parse::{Body, Document, KindFields, SlotUse, Spot};
use crate::site::definitions::RETENTION;

pub(super) fn terms_on_one_url(site: &Site, term: &Term, other: &Term) -> Diagnostic {
    let place = term
        .pages
        .first()
        .map_or_else(|| Place::file("content"), |page| Place::file(&site.document(*page).shown_path()));
    Diagnostic::error(
        "terms-on-one-url",
        place,
        format!("pojmovi „{}” i „{}” imaju istu adresu {}", term.name, other.name, term.url),
        format!("the terms “{}” and “{}” have the same address {}", term.name, other.name, term.url),
    )
    .help("pišite pojam svugdje jednako", "spell the term the same everywhere")
}

/// Every link and picture of a text leads somewhere.
pub(super) fn check_body(site: &Site, document: &Document, body: &Body, found: &mut Vec<Diagnostic>) {
    let text = document.text();
    for slot in &body.slots {
        if slot.usage == SlotUse::Retention {
            // A table with mistakes was told already.
            if site.definitions.retention.rows().is_empty() && !site.definitions.has("", RETENTION) {
                found.push(no_retention(text.body_place(&slot.range)));
            }
            continue;
        }
        let resolved = site.resolve_from(document, &slot.target);
        if let SlotUse::Download(told) = slot.usage {
            // The link itself has its own slot.
            let size_bytes = resolved.ok().and_then(|link| Some(site.assets.get(link.asset?)?.size_bytes));
            if let Some(size_bytes) = size_bytes.filter(|size| !told.fits(*size)) {
                let size = site.locales.get(&document.language).map(|locale| locale.size(size_bytes));
                let size = size.unwrap_or_default();
                found.push(downloads::wrong_size(text.body_place(&slot.range), &size));
            }
        } else if let Err(error) = resolved {
            found.push(broken_link(site, text.body_place(&slot.range), &slot.target, &error));
        }
    }
}

/// Every link and picture of front matters and `site.yaml` leads somewhere.
pub(super) fn check_links(site: &Site, found: &mut Vec<Diagnostic>) {
    for page in &site.pages {
        let document = &site.documents[page.document];
        let text = document.text();
        for (target, spot) in front_links(document) {
            if let Err(error) = site.resolve_from(document, target) {
                let place = text.front_place(spot, target.chars().count());
                found.push(broken_link(site, place, target, &error));
            }
        }
    }
    for parent in [&site.config.parents.obrasci, &site.config.parents.postupci].into_iter().flatten() {
        let target = &parent.value;
        if let Err(error) = site.resolve("", &site.config.default_language, target) {
            let place = site.config.place(&parent.referenced, target.chars().count());
            found.push(broken_link(site, place, target, &error));
        }
    }
    for entries in site.config.menus.values() {
        for link in entries.iter().flat_map(MenuEntry::links) {
            let target = &link.value;
            if let Err(error) = site.resolve("", &site.config.default_language, target) {
                let place = site.config.place(&link.referenced, target.chars().count());
                found.push(broken_link(site, place, target, &error));
            }
        }
    }
}

pub(super) fn alert_section(place: Place, section: &str, folders: &BTreeSet<&str>) -> Diagnostic {
    let known: Vec<&str> = folders.iter().copied().collect();
    let list = known.join(", ");
    let diagnostic = Diagnostic::error(
        "alert-section-unknown",
        place,
        format!("obavijest treba stajati u rubrici „{section}”, a nje nema"),
        format!("the alert is to stand in the section “{section}”, which does not exist"),
    );
    match crate::yaml::nearest(section, &known) {
        Some(near) => diagnostic.help(
            format!("jeste li mislili „{near}”? Rubrike: {list}"),
            format!("did you mean “{near}”? Sections: {list}"),
        ),
        None => diagnostic.help(
            format!("rubrike: {list}; bez retka „sections” stoji na svim stranicama"),
            format!("sections: {list}; without a line “sections” it stands on all pages"),
        ),
    }
}

pub(super) fn alert_without_end(path: &str) -> Diagnostic {
    Diagnostic::warning(
        "alert-without-end",
        Place::file(path),
        "obavijest nema kraja: ostat će iznad stranica dok je netko ne obriše",
        "the alert has no end: it stays above the pages until somebody removes it",
    )
    .help(
        "dodajte npr. expires: 2026-11-30T18:00; kad ustreba, pomaknite ga",
        "add e.g. expires: 2026-11-30T18:00; move it when needed",
    )
}

pub(super) fn alert_differs(path: &str, default: &str, keys: &str) -> Diagnostic {
    Diagnostic::warning(
        "alert-differs",
        Place::file(path),
        format!("prijevod obavijesti kaže drugo nego {default}: {keys}"),
        format!("the alert's translation says something else than {default}: {keys}"),
    )
    .help(
        "obrišite te retke: što prijevod ne kaže, vrijedi kao u zadanom jeziku",
        "remove these lines: what a translation does not say is as in the default language",
    )
}

fn no_retention(place: Place) -> Diagnostic {
    Diagnostic::error(
        "retention-missing",
        place,
        format!("nema tablice rokova čuvanja content/{RETENTION}"),
        format!("there is no table of retention periods content/{RETENTION}"),
    )
    .help("dodajte je ili uklonite „::: cuvanje”", "add it, or remove “::: cuvanje”")
}

fn front_links(document: &Document) -> impl Iterator<Item = (&str, Spot)> {
    let front = &document.front;
    let lead = match &front.own {
        KindFields::Home { lead: Some((target, spot)) } => Some((target.as_str(), *spot)),
        _ => None,
    };
    let entries = front.entries.iter().map(|entry| &entry.link);
    let written = entries.chain(front.picture.iter().map(|picture| &picture.src));
    written.map(|written| (written.value.as_str(), written.spot)).chain(lead)
}

fn broken_link(site: &Site, place: Place, target: &str, error: &LinkError) -> Diagnostic {
    match error {
        LinkError::Draft => Diagnostic::error(
            "target-unpublished",
            place,
            format!("stranica „{target}” je nacrt"),
            format!("the page “{target}” is a draft"),
        )
        .help("objavite je ili uklonite poveznicu", "publish it, or remove the link"),
        // The schedule must go on without an editor: the words stay, the link waits.
        LinkError::NotNow => Diagnostic::warning(
            "target-not-now",
            place,
            format!("stranica „{target}” još nije ili više nije objavljena; poveznica se ne prikazuje"),
            format!("the page “{target}” is not yet or no longer published; the link is not shown"),
        )
        .help(
            "ako stranica više ne treba, uklonite i poveznicu",
            "if the page is no longer needed, remove the link as well",
        ),
        LinkError::Unknown => {
            let diagnostic = Diagnostic::error(
                "unknown-target",
                place,
                format!("„{target}” ne postoji"),
                format!("“{target}” does not exist"),
            );
            match site.nearest_target(target) {
                Some(near) => {
                    diagnostic.help(format!("jeste li mislili „{near}”?"), format!("did you mean “{near}”?"))
                }
                None => diagnostic.help(
                    "pišite put od mape content (dijaspora/e-maticar.md) ili od ove datoteke (./slika.jpg)",
                    "write the path from the folder content (dijaspora/e-maticar.md) or from this file (./picture.jpg)",
                ),
            }
        }
    }
}
