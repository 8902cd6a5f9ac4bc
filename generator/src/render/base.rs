//! What every template sees, whatever page it makes: the site, its menus and languages.

use std::collections::HashMap;

use serde_json::{Value as Json, json};
use tera::Context;

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
    let languages: Vec<Json> = config
        .languages
        .iter()
        .map(|language| {
            json!({ "code": language.code, "name": language.name, "url": config.home(&language.code) })
        })
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
