//! The addresses of everything that a site has by itself.

use super::{FormPart, Site, definitions, slug};
use crate::config::Config;
use crate::parse::{self, Document, Kind};

impl Site {
    /// The URL path of a form's page.
    pub fn form_url(&self, id: &str, language: &str) -> String {
        format!("{}{}/{id}/", self.config.home(language), definitions::FORMS)
    }

    /// The URL path of a page below a form's own.
    pub fn form_part_url(&self, id: &str, language: &str, part: &FormPart) -> String {
        let form = self.form_url(id, language);
        match part {
            FormPart::Paper => forms::html::paper_url(&form),
            FormPart::Need(stop) => forms::html::need_url(&form, stop),
        }
    }

    /// The URL path of a page that the form handlers answer ([`functions::PAGES`]).
    pub fn service_url(&self, page: &str, language: &str) -> String {
        functions::page_path(page, language, &self.config.default_language)
    }

    /// The URL path of a procedure's page.
    pub fn procedure_url(&self, id: &str, language: &str) -> String {
        format!("{}{}/{id}/", self.config.home(language), definitions::PROCEDURES)
    }
}

/// The path of a document's URL.
pub(crate) fn page_url(document: &Document, config: &Config) -> String {
    let home = config.home(&document.language);
    let folder = slug::slugify_path(document.folder());
    match document.kind {
        Kind::Home => home,
        Kind::Section => format!("{home}{folder}/"),
        _ if document.is_bundle => match (&document.front.slug, folder.rsplit_once('/')) {
            (Some(slug), Some((above, _))) => format!("{home}{above}/{slug}/"),
            (Some(slug), None) => format!("{home}{slug}/"),
            (None, _) => format!("{home}{folder}/"),
        },
        _ if folder.is_empty() => format!("{home}{}/", parse::url_name(document)),
        _ => format!("{home}{folder}/{}/", parse::url_name(document)),
    }
}
