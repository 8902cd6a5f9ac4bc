//! What every template sees, whatever page it makes: the site, its menus and languages.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use serde_yaml::Spanned;
use tera::Context;

use crate::config::PerLanguage;
use crate::site::Site;

/// The values of a language.
pub(super) fn base(site: &Site, language: &str) -> Context {
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
                    let children: Vec<Json> = entry
                        .children
                        .iter()
                        .filter_map(|child| menu_entry(site, language, &child.label, &child.link))
                        .collect();
                    let mut entry = menu_entry(site, language, &entry.label, &entry.link)?;
                    entry["children"] = Json::from(children);
                    Some(entry)
                })
                .collect();
            (name.as_str(), entries)
        })
        .collect();
    // A town without one of the theme's two menus has an empty one.
    for name in ["main", "footer"] {
        menus.entry(name).or_default();
    }
    let languages: Vec<Json> = config
        .languages
        .iter()
        .map(|language| {
            json!({ "code": language.code, "name": language.name, "url": config.home(&language.code) })
        })
        .collect();
    let title = config.text(&config.title, language);
    let mut feeds = Vec::new();
    if config.feeds.site {
        for (kind, name, called) in [
            ("application/atom+xml", "atom.xml", "Atom"),
            ("application/feed+json", "feed.json", "JSON Feed"),
        ] {
            let title = format!("{title} ({called})");
            feeds.push(json!({ "type": kind, "url": format!("{home}{name}"), "title": title }));
        }
    }
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
            "feeds": feeds,
        }),
    );
    context
}

/// What leads to a page that is not published now is left out.
fn menu_entry(
    site: &Site,
    language: &str,
    label: &Spanned<PerLanguage>,
    link: &Spanned<String>,
) -> Option<Json> {
    let url = site.resolve("", language, &link.value).ok()?.url;
    Some(json!({ "label": site.config.text(&label.value, language), "url": url }))
}
