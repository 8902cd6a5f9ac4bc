//! The way to a page: the pages above it.

use tera::Map;

use super::object::{object, text};
use super::values::word;
use crate::parse::Kind;
use crate::site::{PageId, Site};

/// Below the page that `site.yaml` puts above forms or procedures.
pub(super) fn crumbs_below(
    site: &Site,
    parent: Option<&serde_yaml::Spanned<String>>,
    language: &str,
) -> Vec<Map> {
    let above = site.page_above(parent, language);
    breadcrumbs(site, above, language, Kind::Page)
}

pub(super) fn crumb(title: &str, url: &str) -> Map {
    object([("title", text(title)), ("url", text(url))])
}

pub(super) fn breadcrumbs(site: &Site, section: Option<PageId>, language: &str, kind: Kind) -> Vec<Map> {
    if kind == Kind::Home {
        return Vec::new();
    }
    let mut crumbs = Vec::new();
    let home = site.config.home(language);
    let mut above = section;
    while let Some(id) = above {
        // The front page is the last section above, or missing above pages that lie in no section.
        if site.pages[id].url != home {
            crumbs.push(crumb(&site.document(id).front.title, &site.pages[id].url));
        }
        above = site.pages[id].section;
    }
    crumbs.push(crumb(&word(site, language, "nav.home"), &home));
    crumbs.reverse();
    crumbs
}
