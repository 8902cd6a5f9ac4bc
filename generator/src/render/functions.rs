//! The functions that templates call. Each is documented for theme authors in README.md.

use std::sync::Arc;

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use super::values::Values;
use crate::cache::{Read, record};
use crate::site::Site;
use crate::source::Sources;

/// Registers `t`, `asset`, `integrity`, `link`, `section`, `form_url` and `current`.
pub(super) fn register(tera: &mut Tera, site: &Arc<Site>, values: &Arc<Values>, sources: &Arc<Sources>) {
    let of = Arc::clone(site);
    tera.register_function("t", move |arguments: Kwargs, state: &State| translate(&of, &arguments, state));

    let of = Arc::clone(site);
    tera.register_function("asset", move |arguments: Kwargs, _: &State| {
        let path = arguments.must_get::<&str>("path")?;
        of.statics.url(path).ok_or_else(|| no_static("asset", path))
    });

    let (of, from) = (Arc::clone(site), Arc::clone(sources));
    tera.register_function("integrity", move |arguments: Kwargs, _: &State| {
        let path = arguments.must_get::<&str>("path")?;
        let integrity = of.statics.integrity(path, &from).map(str::to_owned);
        integrity.ok_or_else(|| no_static("integrity", path))
    });

    let of = Arc::clone(site);
    tera.register_function("link", move |arguments: Kwargs, state: &State| {
        let to = arguments.must_get::<&str>("to")?;
        let language = language(state)?;
        record(Read::Link { folder: String::new(), language: language.clone(), target: to.to_owned() });
        match of.resolve("", &language, to) {
            Ok(resolved) => Ok(resolved.url),
            Err(_) => Err(Error::message(format!("link: “{to}” does not exist in content"))),
        }
    });

    let (of, items) = (Arc::clone(site), Arc::clone(values));
    tera.register_function("section", move |arguments: Kwargs, state: &State| -> TeraResult<Value> {
        let path = arguments.must_get::<&str>("path")?;
        let limit = arguments.get::<usize>("limit")?.unwrap_or(usize::MAX);
        let language = language(state)?;
        record(Read::Section { folder: path.to_owned(), language: language.clone(), limit });
        let pages = of.section(path, &language).map(|section| section.pages.as_slice()).unwrap_or_default();
        Ok(Value::from(pages.iter().take(limit).map(|id| items.item(*id)).collect::<Vec<Value>>()))
    });

    tera.register_function("current", |arguments: Kwargs, state: &State| -> TeraResult<&'static str> {
        let url = arguments.must_get::<&str>("url")?;
        let Some(page) = state.get::<Value>("page")? else {
            return Err(Error::message("“page” is not defined here; pass it to the component"));
        };
        Ok(current(&page, url))
    });

    let of = Arc::clone(site);
    tera.register_function("form_url", move |arguments: Kwargs, state: &State| {
        let id = arguments.must_get::<&str>("id")?;
        if of.definitions.forms.iter().any(|form| form.id() == id) {
            Ok(of.form_url(id, &language(state)?))
        } else {
            Err(Error::message(format!("form_url: there is no form “{id}” in content/obrasci")))
        }
    });
}

fn language(state: &State) -> TeraResult<String> {
    state
        .get::<String>("lang")?
        .ok_or_else(|| Error::message("“lang” is not defined here; pass it to the component"))
}

/// The value of `aria-current` for a link: `page` leads to the page itself, `true` to one above it. The front page is
/// above every page, which says nothing.
fn current(page: &Value, url: &str) -> &'static str {
    let is = |value: &Value| value.get_from_path("url").and_then(Value::as_str) == Some(url);
    if is(page) {
        return "page";
    }
    let crumbs = page.get_from_path("breadcrumbs").and_then(Value::as_array).unwrap_or_default();
    if crumbs.iter().skip(1).any(is) { "true" } else { "" }
}

/// `t(key="news.count", n=3, name="…")`: `n` chooses the plural form, further arguments fill placeholders.
fn translate(site: &Site, arguments: &Kwargs, state: &State) -> TeraResult<String> {
    let key = arguments.must_get::<&str>("key")?;
    let language = match arguments.get::<&str>("lang")? {
        Some(language) => language.to_owned(),
        None => language(state)?,
    };
    let strings =
        site.catalogues.get(&language).filter(|strings| strings.entry(key).is_some()).ok_or_else(|| {
            Error::message(format!("t: there is no text “{key}” in the language “{language}”"))
        })?;
    let filled: Vec<(String, String)> = arguments
        .iter()
        .filter_map(|(name, value)| Some((name.as_str()?.to_owned(), value.to_string())))
        .filter(|(name, _)| !matches!(name.as_str(), "key" | "lang" | "n"))
        .collect();
    let filled: Vec<(&str, &str)> =
        filled.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Ok(match arguments.get::<u64>("n")? {
        Some(count) => strings.count(key, count, &filled),
        None => strings.text(key, &filled),
    })
}

fn no_static(function: &str, path: &str) -> Error {
    Error::message(format!("{function}: the theme has no static file “{path}”"))
}
