//! What stands above pages for a while.

use std::collections::HashMap;

use tera::Value;

use super::body;
use super::object::{object, text};
use crate::parse::Body;
use crate::site::slug::slugify_path;
use crate::site::{Alert, Site};
use crate::source::Sources;

/// The alerts of every language, made once.
pub(super) struct AlertValues(HashMap<String, Vec<Limited>>);

/// An alert and the beginnings of the URLs that it is limited to.
struct Limited {
    below: Vec<String>,
    value: Value,
}

impl AlertValues {
    pub(super) fn new(site: &Site, sources: &Sources) -> Self {
        let of_language = |(language, alerts): (&String, &Vec<Alert>)| {
            let home = site.config.home(language);
            let limited = alerts.iter().map(|alert| Limited {
                below: alert
                    .sections
                    .iter()
                    .map(|folder| format!("{home}{}/", slugify_path(folder)))
                    .collect(),
                value: value(site, sources, alert),
            });
            (language.clone(), limited.collect())
        };
        Self(site.alerts.iter().map(of_language).collect())
    }

    /// Those of the page with this URL.
    pub(super) fn on(&self, language: &str, url: &str) -> Value {
        let alerts = self.0.get(language).map(Vec::as_slice).unwrap_or_default();
        let is_here = |alert: &&Limited| {
            alert.below.is_empty() || alert.below.iter().any(|below| url.starts_with(below))
        };
        Value::from(alerts.iter().filter(is_here).map(|alert| alert.value.clone()).collect::<Vec<Value>>())
    }
}

fn value(site: &Site, sources: &Sources, alert: &Alert) -> Value {
    let document = &site.documents[alert.document];
    let none = Body::default();
    let body = document.alert.as_deref().unwrap_or(&none);
    object([
        ("title", text(&document.front.title)),
        ("level", text(alert.level.name())),
        ("lang", text(&document.language)),
        ("content", text(body::html(site, sources, document, body, ""))),
    ])
    .into()
}
