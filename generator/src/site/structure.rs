//! Where everything stands is the same as long as nothing but texts change.

use std::sync::Arc;

use super::{Offers, Request, Site, schedule};
use crate::cache::{Ingredients, Key};
use crate::config::Config;
use crate::parse::{Document, KindFields, SortOrder, download};
use crate::source::{AssetFile, SourceFile};

/// A site with the key of what its structure was made of.
#[derive(Debug)]
pub struct SiteBefore {
    key: Key,
    site: Arc<Site>,
}

impl SiteBefore {
    /// To be kept for the next build.
    pub fn new(key: Key, site: Arc<Site>) -> Self {
        Self { key, site }
    }

    /// Of what its structure was made of.
    pub fn key(&self) -> Key {
        self.key
    }

    /// The site, if its structure is the same and nobody uses it any more.
    pub(super) fn with_structure(self, key: Key) -> Option<Site> {
        Some(self.site).filter(|_| self.key == key).and_then(Arc::into_inner)
    }
}

/// Of all that the structure of a site is made of; `settings` is the key of `site.yaml`. Sections are listed by their
/// titles in the sections above them.
pub(super) fn key(
    (settings, offers): (Key, Offers),
    config: &Config,
    request: &Request,
    documents: &[Arc<Document>],
    content: &[SourceFile],
    assets: &[Arc<AssetFile>],
) -> Key {
    let sorted_by_title: Vec<&str> = documents
        .iter()
        .filter(|document| {
            matches!(
                document.front.own,
                KindFields::Section { sort: SortOrder::Title | SortOrder::Weight, .. }
            )
        })
        .map(|document| document.folder())
        .collect();
    let mut of = Ingredients::of("structure");
    of.key(settings);
    of.text(&format!("{offers:?}"));
    for document in documents {
        of.key(document.shape_key);
        of.number(schedule::is_published(document, request).into());
        if let KindFields::Event { .. } = document.front.own {
            of.number(schedule::has_ended(document, config, request.now).into());
        }
        let is_section = matches!(document.front.own, KindFields::Section { .. });
        if is_section || sorted_by_title.iter().any(|folder| document.path.starts_with(folder)) {
            of.text(&document.front.title);
        }
    }
    content.iter().for_each(|file| of.text(&file.path));
    for file in assets {
        of.text(&file.path);
        // Links tell the size of what they lead to.
        if download::extension(&file.path).is_some() {
            of.number(file.facts.bytes);
        }
    }
    of.finish()
}
