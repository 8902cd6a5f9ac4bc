//! A text in every language of the site.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One text per language tag.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Words(BTreeMap<String, String>);

impl Words {
    /// The texts by language tag.
    pub fn new(texts: BTreeMap<String, String>) -> Self {
        Self(texts)
    }

    /// The text of a language; of any language where that one has none, so that a page is never empty.
    pub fn get(&self, lang: &str) -> &str {
        self.0.get(lang).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }

    /// The text of exactly this language.
    pub fn exactly(&self, lang: &str) -> Option<&str> {
        self.0.get(lang).map(String::as_str)
    }

    /// The languages that have a text, sorted.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// The paragraphs of a text: what blank lines divide.
pub(crate) fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
}
