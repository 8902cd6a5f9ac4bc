//! Template values. Those of lists are built once and shared; a page's own are built when it is rendered.

use std::collections::HashMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};
use tera::{Context, Value};

use super::item::{item, moment};
use super::{body, service};
use crate::parse::{Document, Kind, KindFields};
use crate::site::{FormPart, PageId, Site, Taxonomy, Term};
use crate::source::Sources;

/// Values that many pages share.
pub struct Values {
    items: Vec<Value>,
    bases: HashMap<String, Context>,
}

impl Values {
    /// Builds them all.
    pub fn new(site: &Site, sources: &Sources) -> Self {
        let items =
            (0..site.pages.len()).map(|id| Value::from_serializable(&item(site, sources, id))).collect();
        let bases = site
            .config
            .languages
            .iter()
            .map(|language| (language.code.clone(), base(site, &language.code)))
            .collect();
        Self { items, bases }
    }

    /// A page as an entry of a list.
    pub fn item(&self, id: PageId) -> Value {
        self.items[id].clone()
    }

    /// What every template of a language sees.
    pub fn base(&self, language: &str) -> Context {
        self.bases.get(language).cloned().unwrap_or_default()
    }

    /// A page of content with all that its own template shows.
    pub fn page(&self, site: &Site, sources: &Sources, id: PageId) -> Value {
        let page = &site.pages[id];
        let document = site.document(id);
        let front = &document.front;
        let mut json = frame(site, &document.language, document.kind.name(), &front.title, &page.url);
        let language = document.language.as_str();
        merge(&mut json, item(site, sources, id));
        merge(
            &mut json,
            json!({
                "content": body::html(site, sources, document, ""),
                "updated": moment(site, language, front.updated),
                "breadcrumbs": breadcrumbs(site, page.section, language, document.kind),
                "translations": translations(site, &page.translations),
                "toc": document.body.toc,
                "is_draft": front.draft,
                "words": document.body.words,
                "entries": entries(site, document),
            }),
        );
        let value = Value::from_serializable(&json);
        let item_or_none = |id: Option<PageId>| id.map_or_else(Value::none, |id| self.item(id));
        let lead = match &front.own {
            KindFields::Home { lead: Some((target, _)) } => target.strip_suffix(".md").and_then(|stem| {
                site.page_by_stem(stem, language)
                    .or_else(|| site.page_by_stem(stem, &site.config.default_language))
            }),
            _ => None,
        };
        let related: Vec<Value> = page.related.iter().map(|id| self.item(*id)).collect();
        with(
            value,
            [
                ("previous", item_or_none(page.previous)),
                ("next", item_or_none(page.next)),
                ("related", Value::from(related)),
                ("lead", item_or_none(lead)),
            ],
        )
    }

    /// The list of all terms.
    pub fn taxonomy(&self, site: &Site, taxonomy: &Taxonomy) -> Value {
        let title = word(site, &taxonomy.language, &format!("taxonomy.{}", taxonomy.kind.name()));
        let mut json = frame(site, &taxonomy.language, "taxonomy", &title, &taxonomy.url);
        merge(&mut json, json!({ "breadcrumbs": breadcrumbs(site, None, &taxonomy.language, Kind::Page) }));
        Value::from_serializable(&json)
    }

    /// The list of a term.
    pub fn term(&self, site: &Site, taxonomy: &Taxonomy, term: &Term) -> Value {
        let language = &taxonomy.language;
        let title = word(site, language, &format!("taxonomy.{}", taxonomy.kind.name()));
        let mut crumbs = breadcrumbs(site, None, language, Kind::Page);
        crumbs.push(json!({ "title": title, "url": taxonomy.url }));
        let mut json = frame(site, language, "term", &term.name, &term.url);
        merge(&mut json, json!({ "breadcrumbs": crumbs }));
        Value::from_serializable(&json)
    }

    /// The page for unknown addresses.
    pub fn not_found(&self, site: &Site, language: &str) -> Value {
        let title = word(site, language, "not_found.title");
        let url = format!("{}404.html", site.config.home(language));
        Value::from_serializable(&frame(site, language, "404", &title, &url))
    }

    /// A procedure card.
    pub fn procedure(&self, site: &Site, card: &str, language: &str) -> Value {
        let view = card_view(site, card, language);
        let text = |key: &str| view.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
        let url = site.procedure_url(card, language);
        let mut json = frame(site, language, "procedure", &text("title"), &url);
        merge(
            &mut json,
            json!({
                "description": text("summary"),
                "breadcrumbs": breadcrumbs(site, above(site, site.config.parents.postupci.as_ref(), language), language, Kind::Page),
                "translations": alternates(site, |language| site.procedure_url(card, language)),
            }),
        );
        Value::from_serializable(&json)
    }

    /// The shell around everything that belongs to no form: the status page is the one that people come back to.
    pub fn service_shell(&self, site: &Site, language: &str) -> Value {
        let mut json = frame(
            site,
            language,
            "form",
            functions::Shell::TITLE_SLOT,
            &site.service_url("status", language),
        );
        merge(
            &mut json,
            json!({
                "content": functions::Shell::MAIN_SLOT,
                "breadcrumbs": breadcrumbs(site, above(site, site.config.parents.obrasci.as_ref(), language), language, Kind::Page),
                "translations": alternates(site, |language| site.service_url("status", language)),
            }),
        );
        Value::from_serializable(&json)
    }

    /// A page below a form's own: paper, or the question path before it.
    pub fn form_part(
        &self,
        site: &Site,
        form: &forms::Form,
        language: &str,
        part: &FormPart,
        made: &service::Made,
    ) -> Value {
        let url = site.form_part_url(form.id(), language, part);
        let mut crumbs = breadcrumbs(
            site,
            above(site, site.config.parents.obrasci.as_ref(), language),
            language,
            Kind::Page,
        );
        crumbs.push(json!({ "title": form.title(language), "url": site.form_url(form.id(), language) }));
        let mut json = frame(site, language, "form", &made.title, &url);
        merge(
            &mut json,
            json!({
                "description": form.description(language),
                "content": made.html,
                "form": form.id(),
                "breadcrumbs": crumbs,
                "translations": alternates(site, |language| site.form_part_url(form.id(), language, part)),
            }),
        );
        Value::from_serializable(&json)
    }

    /// The shell around a form's pages: title and content are slots.
    pub fn form_shell(&self, site: &Site, form: &forms::Form, language: &str) -> Value {
        let url = site.form_url(form.id(), language);
        let mut json = frame(site, language, "form", functions::Shell::TITLE_SLOT, &url);
        merge(
            &mut json,
            json!({
                "description": form.description(language),
                "content": functions::Shell::MAIN_SLOT,
                "form": form.id(),
                "breadcrumbs": breadcrumbs(site, above(site, site.config.parents.obrasci.as_ref(), language), language, Kind::Page),
                "translations": alternates(site, |language| site.form_url(form.id(), language)),
            }),
        );
        Value::from_serializable(&json)
    }
}

/// The card as its template sees it.
pub fn procedure(site: &Site, card: &str, language: &str) -> Value {
    let mut view = card_view(site, card, language);
    // The card names the form that starts it; the template links to it.
    let form_url = view.get("form").and_then(Json::as_str).map(|form| site.form_url(form, language));
    merge(&mut view, json!({ "form_url": form_url }));
    Value::from_serializable(&view)
}

fn card_view(site: &Site, card: &str, language: &str) -> Json {
    let view = site.definitions.cards.get(card).zip(site.catalogues.get(language));
    view.and_then(|(card, strings)| serde_json::to_value(card.view(language, strings, site.today())).ok())
        .unwrap_or(Json::Null)
}

/// All terms for the page that lists them.
pub fn terms(taxonomy: &Taxonomy) -> Value {
    Value::from(taxonomy.terms.iter().map(term).collect::<Vec<Value>>())
}

/// One term.
pub fn term(term: &Term) -> Value {
    Value::from_serializable(&json!({ "name": term.name, "url": term.url, "count": term.pages.len() }))
}

/// The navigation of a list's pages; `url` gives the path of a page.
pub fn pager(number: usize, total: usize, url: impl Fn(usize) -> String) -> Value {
    // Long lists show their ends and the neighbourhood.
    let items: Vec<Json> = (1..=total)
        .filter(|page| *page == 1 || *page == total || page.abs_diff(number) <= 2)
        .map(|page| json!({ "number": page, "url": url(page), "current": page == number }))
        .collect();
    Value::from_serializable(&json!({
        "number": number,
        "total": total,
        "previous": (number > 1).then(|| url(number - 1)),
        "next": (number < total).then(|| url(number + 1)),
        "items": items,
    }))
}

/// A page value with every key that templates may ask for.
fn frame(site: &Site, language: &str, kind: &str, title: &str, url: &str) -> Json {
    let absolute = format!("{}{url}", site.request.base_url);
    json!({
        "kind": kind,
        "title": title,
        "description": "",
        "url": url,
        "absolute_url": absolute,
        "lang": language,
        "date": null,
        "updated": null,
        "content": "",
        "picture": null,
        "categories": [],
        "tags": [],
        "breadcrumbs": [],
        "translations": [],
        "toc": [],
        "previous": null,
        "next": null,
        "related": [],
        "is_draft": false,
        "words": 0,
        "entries": [],
        "lead": null,
        "event": null,
        "project": null,
        "association": null,
        "form": null,
        "share": {
            "url": utf8_percent_encode(&absolute, NON_ALPHANUMERIC).to_string(),
            "title": utf8_percent_encode(title, NON_ALPHANUMERIC).to_string(),
        },
    })
}

fn entries(site: &Site, document: &Document) -> Vec<Json> {
    document
        .front
        .entries
        .iter()
        .filter_map(|entry| {
            // A card whose page is not published now comes and goes with it.
            let url = site.resolve_from(document, &entry.link.value).ok()?.url;
            Some(json!({ "title": entry.title, "text": entry.text, "url": url, "picture": entry.picture }))
        })
        .collect()
}

/// The page that `site.yaml` puts above forms or procedures.
fn above(site: &Site, parent: Option<&serde_yaml::Spanned<String>>, language: &str) -> Option<PageId> {
    let stem = parent?.value.strip_suffix(".md")?;
    site.page_by_stem(stem, language).or_else(|| site.page_by_stem(stem, &site.config.default_language))
}

fn breadcrumbs(site: &Site, section: Option<PageId>, language: &str, kind: Kind) -> Vec<Json> {
    if kind == Kind::Home {
        return Vec::new();
    }
    let mut crumbs = Vec::new();
    let mut above = section;
    while let Some(id) = above {
        crumbs.push(json!({ "title": site.document(id).front.title, "url": site.pages[id].url }));
        above = site.pages[id].section;
    }
    // The front page is the last section above, or missing above pages that lie in no section.
    let home = site.config.home(language);
    crumbs.retain(|crumb| crumb["url"] != home);
    crumbs.push(json!({ "title": word(site, language, "nav.home"), "url": home }));
    crumbs.reverse();
    crumbs
}

fn translations(site: &Site, pages: &[PageId]) -> Vec<Json> {
    pages
        .iter()
        .map(|id| {
            let code = &site.document(*id).language;
            json!({ "lang": code, "name": language_name(site, code), "url": site.pages[*id].url })
        })
        .collect()
}

fn alternates(site: &Site, url: impl Fn(&str) -> String) -> Vec<Json> {
    site.config
        .languages
        .iter()
        .map(|language| json!({ "lang": language.code, "name": language.name, "url": url(&language.code) }))
        .collect()
}

fn language_name<'a>(site: &'a Site, code: &str) -> &'a str {
    site.config.languages.iter().find(|language| language.code == code).map_or("", |language| &language.name)
}

fn base(site: &Site, language: &str) -> Context {
    let config = &site.config;
    let home = config.home(language);
    let contact = &config.contact;
    let mut menus: HashMap<&str, Vec<Json>> = config
        .menus
        .iter()
        .map(|(name, entries)| {
            let entries = entries
                .iter()
                .filter_map(|entry| {
                    let url = site.resolve("", language, &entry.link.value).ok()?.url;
                    Some(json!({ "label": config.text(&entry.label.value, language), "url": url }))
                })
                .collect();
            (name.as_str(), entries)
        })
        .collect();
    // A town without one of the theme's two menus has an empty one.
    for name in ["main", "footer"] {
        menus.entry(name).or_default();
    }
    let languages = alternates(site, |language| config.home(language));
    let languages: Vec<Json> = languages
        .into_iter()
        .map(|entry| json!({ "code": entry["lang"], "name": entry["name"], "url": entry["url"] }))
        .collect();
    let title = config.text(&config.title, language);
    let mut context = Context::new();
    context.insert("lang", language);
    context.insert("menus", &menus);
    context.insert(
        "site",
        &json!({
            "title": title,
            "description": config.text(&config.description, language),
            "url": site.request.base_url,
            "home": home,
            "status": site.service_url("status", language),
            "year": site.today().year(),
            "languages": languages,
            "contact": {
                "name": config.text(&contact.name, language),
                "street": contact.street,
                "postcode": contact.postcode,
                "city": contact.city,
                "country": config.text(&contact.country, language),
                "phone": contact.phone,
                "email": contact.email,
            },
            "feeds": [
                { "type": "application/atom+xml", "url": format!("{home}atom.xml"), "title": format!("{title} (Atom)") },
                { "type": "application/feed+json", "url": format!("{home}feed.json"), "title": format!("{title} (JSON Feed)") },
            ],
        }),
    );
    context
}

fn word(site: &Site, language: &str, key: &str) -> String {
    site.catalogues.get(language).map(|strings| strings.text(key, &[])).unwrap_or_default()
}

fn merge(into: &mut Json, from: Json) {
    if let (Json::Object(into), Json::Object(from)) = (into, from) {
        into.extend(from);
    }
}

fn with<const N: usize>(value: Value, more: [(&'static str, Value); N]) -> Value {
    let mut map = value.into_map().unwrap_or_default();
    for (key, value) in more {
        map.insert(key.into(), value);
    }
    Value::from(map)
}
