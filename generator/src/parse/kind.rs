//! The kinds of content, by folder.

use borsh::{BorshDeserialize, BorshSerialize};

/// What a document is; decides its keys, its template and where it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, BorshSerialize, BorshDeserialize)]
pub enum Kind {
    /// The front page.
    Home,
    /// The list page of a folder (`_index.md`).
    Section,
    /// A news article (`vijesti/`).
    Article,
    /// An event (`dogadanja/`).
    Event,
    /// A project (`projekti/`).
    Project,
    /// An association (`udruge/`).
    Association,
    /// A short text above other pages (`obavijesti/`); has no page of its own.
    Alert,
    /// Any other page.
    Page,
}

impl Kind {
    /// The kind of a document by its stem.
    pub fn of(stem: &str) -> Self {
        if stem == "_index" {
            return Self::Home;
        }
        if stem.starts_with("obavijesti/") {
            return Self::Alert;
        }
        if stem.ends_with("/_index") {
            return Self::Section;
        }
        match stem.split_once('/').map(|(folder, _)| folder) {
            Some("vijesti") => Self::Article,
            Some("dogadanja") => Self::Event,
            Some("projekti") => Self::Project,
            Some("udruge") => Self::Association,
            _ => Self::Page,
        }
    }

    /// The name in templates and in the template's file name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Section => "section",
            Self::Article => "article",
            Self::Event => "event",
            Self::Project => "project",
            Self::Association => "association",
            Self::Alert => "alert",
            Self::Page => "page",
        }
    }

    /// The keys of the front matter that only this kind has.
    pub fn own_keys(self) -> &'static [&'static str] {
        match self {
            Self::Home => &["lead"],
            Self::Section => &["paginate", "sort", "archive"],
            Self::Article => &["categories", "tags", "series", "source"],
            Self::Event => &["start", "end", "place", "address"],
            Self::Project => &["period", "partners", "figures", "url"],
            Self::Association => &["city", "country", "website", "email"],
            Self::Alert => &["level", "sections"],
            Self::Page => &[],
        }
    }
}
