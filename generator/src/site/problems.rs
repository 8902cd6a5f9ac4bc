//! What can be wrong between files: two pages on one URL, links to nowhere.

use std::collections::HashMap;

use super::{LinkError, Site, Term};
use crate::diagnostic::{Diagnostic, Place};
use crate::parse::{Document, KindFields};

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

/// Every URL has one owner.
pub(super) fn check_urls(site: &Site, found: &mut Vec<Diagnostic>) {
    let mut owners: HashMap<String, String> = HashMap::new();
    let mut claim = |url: &str, owner: String, place: Place| {
        let key = url.trim_end_matches('/').to_lowercase();
        if let Some(other) = owners.insert(key, owner.clone()) {
            found.push(
                Diagnostic::error(
                    "url-taken",
                    place,
                    format!("adresu {url} već ima {other}"),
                    format!("the address {url} already belongs to {other}"),
                )
                .help(
                    "preimenujte datoteku ili dodajte „slug” u zaglavlje jedne od njih",
                    "rename the file, or give one of them a “slug”",
                ),
            );
        }
    };
    for page in &site.pages {
        let document = &site.documents[page.document];
        claim(&page.url, document.shown_path(), Place::file(&document.shown_path()));
    }
    for language in &site.config.languages {
        for form in &site.definitions.forms {
            let path = format!("content/obrasci/{}.yaml", form.id());
            claim(&site.form_url(form.id(), &language.code), path.clone(), Place::file(&path));
        }
        for card in site.definitions.cards.0.keys() {
            let path = format!("content/postupci/{}.yaml", card);
            claim(&site.procedure_url(card, &language.code), path.clone(), Place::file(&path));
        }
    }
    for taxonomy in &site.taxonomies {
        claim(&taxonomy.url, format!("({})", taxonomy.kind.name()), Place::file("site.yaml"));
    }
    for asset in &site.assets {
        claim(&asset.url, asset.url.clone(), Place::file(&format!("content{}", asset.url)));
    }
    for redirect in &site.redirects {
        let document = site.document(redirect.to);
        let place = document.front.aliases.iter().find(|(alias, _)| *alias == redirect.from).map_or_else(
            || Place::file(&document.shown_path()),
            |(alias, spot)| document.front_place(*spot, alias.chars().count()),
        );
        claim(&redirect.from, format!("{} (aliases)", document.shown_path()), place);
    }
}

/// Every link and picture that an editor wrote leads somewhere.
pub(super) fn check_links(site: &Site, found: &mut Vec<Diagnostic>) {
    for page in &site.pages {
        let document = &site.documents[page.document];
        for slot in &document.body.slots {
            if let Err(error) = site.resolve_from(document, &slot.target) {
                found.push(broken_link(site, document.body_place(&slot.range), &slot.target, &error));
            }
        }
        for (target, place) in front_links(document) {
            if let Err(error) = site.resolve_from(document, &target) {
                found.push(broken_link(site, place, &target, &error));
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
        for entry in entries {
            let target = &entry.link.value;
            if let Err(error) = site.resolve("", &site.config.default_language, target) {
                let place = site.config.place(&entry.link.referenced, target.chars().count());
                found.push(broken_link(site, place, target, &error));
            }
        }
    }
}

fn front_links(document: &Document) -> Vec<(String, Place)> {
    let spanned = |written: &serde_yaml::Spanned<String>| {
        let spot = crate::parse::spot_of(written);
        (written.value.clone(), document.front_place(spot, written.value.chars().count()))
    };
    let mut links: Vec<(String, Place)> =
        document.front.entries.iter().map(|entry| spanned(&entry.link)).collect();
    links.extend(document.front.picture.iter().map(|picture| spanned(&picture.src)));
    if let KindFields::Home { lead: Some((target, spot)) } = &document.front.own {
        links.push((target.clone(), document.front_place(*spot, target.chars().count())));
    }
    links
}

fn broken_link(site: &Site, place: Place, target: &str, error: &LinkError) -> Diagnostic {
    match error {
        LinkError::NotPublished => Diagnostic::error(
            "target-unpublished",
            place,
            format!("stranica „{target}” nije objavljena (nacrt, još nije ili više nije)"),
            format!("the page “{target}” is not published (draft, not yet or no longer)"),
        )
        .help("objavite je ili uklonite poveznicu", "publish it, or remove the link"),
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
