//! The keys of a front matter as YAML has them, before they are checked.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Deserialize;

use super::kind::Kind;
use super::written::Written;

/// Every key of every kind; which of them a page may have is decided by its kind.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) title: Option<Written<String>>,
    pub(super) description: Option<String>,
    pub(super) date: Option<Written<String>>,
    pub(super) updated: Option<Written<String>>,
    pub(super) draft: Option<bool>,
    pub(super) slug: Option<Written<String>>,
    pub(super) aliases: Option<Vec<Written<String>>>,
    pub(super) picture: Option<Picture>,
    #[serde(rename = "editor_note")]
    pub(super) _editor_note: Option<String>,
    pub(super) publish: Option<Written<String>>,
    pub(super) expires: Option<Written<String>>,
    pub(super) entries: Option<Vec<Entry>>,
    pub(super) weight: Option<i64>,
    pub(super) lead: Option<Written<String>>,
    pub(super) paginate: Option<Written<usize>>,
    pub(super) sort: Option<Written<SortOrder>>,
    pub(super) archive: Option<Written<bool>>,
    pub(super) categories: Option<Written<Vec<String>>>,
    pub(super) tags: Option<Written<Vec<String>>>,
    pub(super) series: Option<Written<String>>,
    pub(super) source: Option<Written<String>>,
    pub(super) start: Option<Written<String>>,
    pub(super) end: Option<Written<String>>,
    pub(super) place: Option<Written<String>>,
    pub(super) address: Option<Written<String>>,
    pub(super) period: Option<Written<String>>,
    pub(super) partners: Option<Written<Vec<String>>>,
    pub(super) figures: Option<Written<Vec<Figure>>>,
    pub(super) url: Option<Written<String>>,
    pub(super) level: Option<Written<String>>,
    pub(super) sections: Option<Written<Vec<Written<String>>>>,
    pub(super) city: Option<Written<String>>,
    pub(super) country: Option<Written<String>>,
    pub(super) website: Option<Written<String>>,
    pub(super) email: Option<Written<String>>,
}

/// The keys that every kind of page has.
const COMMON_KEYS: &[&str] = &[
    "title",
    "description",
    "date",
    "updated",
    "draft",
    "slug",
    "aliases",
    "picture",
    "editor_note",
    "publish",
    "expires",
    "entries",
    "weight",
];

/// The keys of the common ones that an alert has: it has no page.
const ALERT_KEYS: &[&str] = &["title", "draft", "editor_note", "publish", "expires", "weight"];

/// The keys that a kind shares with others.
pub(super) fn common_keys(kind: Kind) -> &'static [&'static str] {
    if kind == Kind::Alert { ALERT_KEYS } else { COMMON_KEYS }
}

/// How urgent an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, BorshSerialize, BorshDeserialize)]
pub enum Level {
    /// Good to know.
    #[default]
    Information,
    /// Something does not work as usual.
    Warning,
    /// People or their property are in danger.
    Danger,
}

impl Level {
    /// All, the least urgent first.
    pub const ALL: [Self; 3] = [Self::Information, Self::Warning, Self::Danger];

    /// As editors write it and templates read it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Information => "information",
            Self::Warning => "warning",
            Self::Danger => "danger",
        }
    }
}

/// The order of a section's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "lowercase")]
pub enum SortOrder {
    /// Newest first.
    #[default]
    Date,
    /// By title, in the order of the language.
    Title,
    /// Lowest weight first, then by title.
    Weight,
    /// Events: what comes next first, then what is over, latest first.
    Start,
}

/// A picture of a page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// A file beside the text or a path of the site.
    pub src: Written<String>,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// Who made it.
    #[serde(default)]
    pub credit: String,
}

/// A card that leads elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What one can do.
    pub title: String,
    /// One sentence.
    #[serde(default)]
    pub text: String,
    /// Content path, form or path of the site.
    pub link: Written<String>,
    /// Name of one of the theme's pictures.
    #[serde(default)]
    pub picture: String,
}

/// A result in figures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, serde::Serialize, BorshSerialize, BorshDeserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// The number as it is shown.
    pub value: String,
    /// What it counts.
    pub label: String,
}
