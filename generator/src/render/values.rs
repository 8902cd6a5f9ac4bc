//! Template values. Those of lists are built once and shared; a page's own are built when it is rendered.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};
use tera::{Context, Map, Value};

use super::alerts::AlertValues;
use super::archive::ArchiveValues;
use super::base::base;
use super::crumbs::{breadcrumbs, crumb, crumbs_below};
use super::item::{TermValues, item, moment};
use super::object::{extend, list, object, or_none, text};
use super::{body, feeds, service};
use crate::parse::{Body, Document, Kind};
use crate::site::{FormPart, PageId, Site, Taxonomy, TaxonomyKind, Term};
use crate::source::Sources;

/// Values that many pages share.
pub struct Values {
    site: Arc<Site>,
    sources: Arc<Sources>,
    /// Made when the first list or page asks.
    items: Vec<OnceLock<Value>>,
    terms: TermValues,
    pub(super) archives: ArchiveValues,
    pub(super) alerts: AlertValues,
    bases: HashMap<String, Context>,
}

impl Values {
    /// Of a site.
    pub fn new(site: &Arc<Site>, sources: &Arc<Sources>) -> Self {
        let items = std::iter::repeat_with(OnceLock::new).take(site.pages.len()).collect();
        let terms = TermValues::new(site);
        let bases = site
            .config
            .languages
            .iter()
            .map(|language| (language.code.clone(), base(site, &language.code)))
            .collect();
        let archives = ArchiveValues::new(site);
        let alerts = AlertValues::new(site, sources);
        Self { site: Arc::clone(site), sources: Arc::clone(sources), items, terms, archives, alerts, bases }
    }

    /// A page as an entry of a list.
    pub fn item(&self, id: PageId) -> Value {
        let make = || Value::from(item(&self.site, &self.sources, &self.terms, id));
        self.items[id].get_or_init(make).clone()
    }

    /// What every template of a language sees.
    pub fn base(&self, language: &str) -> Context {
        self.bases.get(language).cloned().unwrap_or_default()
    }

    /// A page of content with all that its own template shows.
    pub fn page(&self, site: &Site, sources: &Sources, id: PageId, body: &Body) -> Value {
        let page = &site.pages[id];
        let document = site.document(id);
        let front = &document.front;
        let language = document.language.as_str();
        let item_or_none = |id: Option<PageId>| or_none(id, |id| self.item(id));
        let toc = body.toc.iter().map(|entry| {
            object([
                ("id", text(&entry.id)),
                ("title", text(&entry.title)),
                ("level", u64::from(entry.level).into()),
            ])
        });
        let mut map = frame(site, language, document.kind.name(), &front.title, &page.url);
        if let Some(item) = self.item(id).as_map() {
            map.extend(item.iter().map(|(key, value)| (key.clone(), value.clone())));
        }
        extend(
            &mut map,
            [
                ("content", text(body::html(site, sources, document, body, ""))),
                ("updated", moment(site, language, front.updated)),
                ("breadcrumbs", list(breadcrumbs(site, page.section, language, document.kind))),
                ("translations", translations(site, &page.translations)),
                ("toc", list(toc)),
                ("is_draft", front.draft.into()),
                ("words", body.words.into()),
                ("entries", entries(site, document)),
                ("previous", item_or_none(page.previous)),
                ("next", item_or_none(page.next)),
                ("related", list(page.related.iter().map(|id| self.item(*id)))),
                ("lead", item_or_none(site.lead(id))),
            ],
        );
        if let Some((series, place)) = site.series_of(id) {
            let part = |place: usize| or_none(series.pages.get(place), |id| self.item(*id));
            let value = object([
                ("name", text(&series.name)),
                ("url", text(&series.url)),
                ("number", (place + 1).into()),
                ("total", series.pages.len().into()),
                ("previous", place.checked_sub(1).map_or_else(Value::none, part)),
                ("next", part(place + 1)),
            ]);
            extend(&mut map, [("series", value.into())]);
        }
        if let Some(section) = site.sections.get(&id) {
            let subsections = section.subsections.iter().map(|id| self.item(*id));
            extend(
                &mut map,
                [
                    ("subsections", list(subsections)),
                    ("archive", self.archives.of_list(site, id)),
                    ("feeds", feeds::of_section(site, id)),
                ],
            );
        }
        map.into()
    }

    /// The list of all terms.
    pub fn taxonomy(&self, site: &Site, taxonomy: &Taxonomy) -> Value {
        let title = word(site, &taxonomy.language, &format!("taxonomy.{}", taxonomy.kind.name()));
        let mut map = frame(site, &taxonomy.language, "taxonomy", &title, &taxonomy.url);
        let crumbs = breadcrumbs(site, None, &taxonomy.language, Kind::Page);
        extend(&mut map, [("breadcrumbs", list(crumbs))]);
        map.into()
    }

    /// The list of a term.
    pub fn term(&self, site: &Site, taxonomy: &Taxonomy, term: &Term) -> Value {
        let language = &taxonomy.language;
        let title = word(site, language, &format!("taxonomy.{}", taxonomy.kind.name()));
        let mut crumbs = breadcrumbs(site, None, language, Kind::Page);
        crumbs.push(crumb(&title, &taxonomy.url));
        let kind = if taxonomy.kind == TaxonomyKind::Series { "series" } else { "term" };
        let mut map = frame(site, language, kind, &term.name, &term.url);
        extend(&mut map, [("breadcrumbs", list(crumbs)), ("feeds", feeds::of_term(site, language, term))]);
        map.into()
    }

    /// The page for unknown addresses.
    pub fn not_found(&self, site: &Site, language: &str) -> Value {
        let title = word(site, language, "not_found.title");
        let url = format!("{}404.html", site.config.home(language));
        frame(site, language, "404", &title, &url).into()
    }

    /// A procedure card.
    pub fn procedure(&self, site: &Site, card: &str, language: &str) -> Value {
        let view = card_view(site, card, language);
        let of_card = |key: &str| view.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
        let url = site.procedure_url(card, language);
        let mut map = frame(site, language, "procedure", &of_card("title"), &url);
        extend(
            &mut map,
            [
                ("description", text(of_card("summary"))),
                ("breadcrumbs", list(crumbs_below(site, site.config.parents.postupci.as_ref(), language))),
                ("translations", alternates(site, |language| site.procedure_url(card, language))),
            ],
        );
        map.into()
    }

    /// The shell around everything that belongs to no form: the status page is the one that people come back to.
    pub fn service_shell(&self, site: &Site, language: &str) -> Value {
        let mut map = frame(
            site,
            language,
            "form",
            functions::Shell::TITLE_SLOT,
            &site.service_url("status", language),
        );
        extend(
            &mut map,
            [
                ("content", text(functions::Shell::MAIN_SLOT)),
                ("breadcrumbs", list(crumbs_below(site, site.config.parents.obrasci.as_ref(), language))),
                ("translations", alternates(site, |language| site.service_url("status", language))),
            ],
        );
        map.into()
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
        let mut crumbs = crumbs_below(site, site.config.parents.obrasci.as_ref(), language);
        crumbs.push(crumb(form.title(language), &site.form_url(form.id(), language)));
        let mut map = frame(site, language, "form", &made.title, &url);
        extend(
            &mut map,
            [
                ("description", text(form.description(language))),
                ("content", text(&made.html)),
                ("form", text(form.id())),
                ("breadcrumbs", list(crumbs)),
                ("translations", alternates(site, |language| site.form_part_url(form.id(), language, part))),
            ],
        );
        map.into()
    }

    /// The shell around a form's pages: title and content are slots.
    pub fn form_shell(&self, site: &Site, form: &forms::Form, language: &str) -> Value {
        let url = site.form_url(form.id(), language);
        let mut map = frame(site, language, "form", functions::Shell::TITLE_SLOT, &url);
        extend(
            &mut map,
            [
                ("description", text(form.description(language))),
                ("content", text(functions::Shell::MAIN_SLOT)),
                ("form", text(form.id())),
                ("breadcrumbs", list(crumbs_below(site, site.config.parents.obrasci.as_ref(), language))),
                ("translations", alternates(site, |language| site.form_url(form.id(), language))),
            ],
        );
        map.into()
    }
}

/// The card as its template sees it.
pub fn procedure(site: &Site, card: &str, language: &str) -> Value {
    let mut view = card_view(site, card, language);
    // The card names the form that starts it; the template links to it.
    let form_url = view.get("form").and_then(Json::as_str).map(|form| site.form_url(form, language));
    view["form_url"] = json!(form_url);
    Value::from_serializable(&view)
}

fn card_view(site: &Site, card: &str, language: &str) -> Json {
    let view = site.definitions.cards.get(card).zip(site.catalogues.get(language));
    view.and_then(|(card, strings)| serde_json::to_value(card.view(language, strings, site.today())).ok())
        .unwrap_or(Json::Null)
}

/// The terms that a page of their list shows.
pub fn terms(taxonomy: &Taxonomy, length: usize, number: usize) -> Value {
    list(taxonomy.terms.iter().skip((number - 1) * length).take(length).map(term))
}

/// One term.
pub fn term(term: &Term) -> Value {
    object([("name", text(&term.name)), ("url", text(&term.url)), ("count", term.pages.len().into())]).into()
}

/// The navigation of a list's pages; `url` gives the path of a page.
pub fn pager(number: usize, total: usize, length: usize, url: impl Fn(usize) -> String) -> Value {
    // Long lists show their ends and the neighbourhood.
    let items =
        (1..=total).filter(|page| *page == 1 || *page == total || page.abs_diff(number) <= 2).map(|page| {
            object([("number", page.into()), ("url", text(url(page))), ("current", (page == number).into())])
        });
    object([
        ("number", number.into()),
        ("total", total.into()),
        ("first", ((number - 1) * length + 1).into()),
        ("previous", (number > 1).then(|| url(number - 1)).into()),
        ("next", (number < total).then(|| url(number + 1)).into()),
        ("items", list(items)),
    ])
    .into()
}

/// A page value with every key that templates may ask for.
pub(super) fn frame(site: &Site, language: &str, kind: &str, title: &str, url: &str) -> Map {
    let absolute = format!("{}{url}", site.request.base_url);
    let encoded = |value: &str| text(Cow::from(utf8_percent_encode(value, NON_ALPHANUMERIC)));
    let share = object([("url", encoded(&absolute)), ("title", encoded(title))]);
    let mut map = BLANK.clone();
    extend(
        &mut map,
        [
            ("kind", text(kind)),
            ("title", text(title)),
            ("url", text(url)),
            ("absolute_url", text(&absolute)),
            ("lang", text(language)),
            ("share", share.into()),
        ],
    );
    map
}

/// Every key that templates may ask a page for.
static BLANK: LazyLock<Map> = LazyLock::new(|| {
    let empty = || list(std::iter::empty::<Value>());
    object([
        ("kind", text("")),
        ("title", text("")),
        ("description", text("")),
        ("url", text("")),
        ("absolute_url", text("")),
        ("lang", text("")),
        ("date", Value::none()),
        ("updated", Value::none()),
        ("content", text("")),
        ("picture", Value::none()),
        ("categories", empty()),
        ("tags", empty()),
        ("breadcrumbs", empty()),
        ("translations", empty()),
        ("toc", empty()),
        ("previous", Value::none()),
        ("next", Value::none()),
        ("related", empty()),
        ("is_draft", false.into()),
        ("words", 0_u64.into()),
        ("entries", empty()),
        ("subsections", empty()),
        ("archive", Value::none()),
        ("series", Value::none()),
        ("feeds", empty()),
        ("lead", Value::none()),
        ("event", Value::none()),
        ("project", Value::none()),
        ("association", Value::none()),
        ("form", Value::none()),
        ("share", Value::none()),
    ])
});

fn entries(site: &Site, document: &Document) -> Value {
    list(document.front.entries.iter().filter_map(|entry| {
        // A card whose page is not published now comes and goes with it.
        let url = body::resolve(site, document, &entry.link.value).ok()?.url;
        Some(object([
            ("title", text(&entry.title)),
            ("text", text(&entry.text)),
            ("url", text(url)),
            ("picture", text(&entry.picture)),
        ]))
    }))
}

pub(super) fn in_language(code: &str, name: &str, url: &str) -> Map {
    object([("lang", text(code)), ("name", text(name)), ("url", text(url))])
}

fn translations(site: &Site, pages: &[PageId]) -> Value {
    list(pages.iter().map(|id| {
        let code = &site.document(*id).language;
        in_language(code, language_name(site, code), &site.pages[*id].url)
    }))
}

fn alternates(site: &Site, url: impl Fn(&str) -> String) -> Value {
    let languages = site.config.languages.iter();
    list(languages.map(|language| in_language(&language.code, &language.name, &url(&language.code))))
}

pub(super) fn language_name<'a>(site: &'a Site, code: &str) -> &'a str {
    site.config.languages.iter().find(|language| language.code == code).map_or("", |language| &language.name)
}

pub(super) fn word(site: &Site, language: &str, key: &str) -> String {
    site.catalogues.get(language).map(|strings| strings.text(key, &[])).unwrap_or_default()
}
