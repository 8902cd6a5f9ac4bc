//! The form bundle: all that the dynamic pages need, written by the generator, the same for every host.

use std::borrow::Cow;
use std::collections::BTreeMap;

use forms::calendar::Calendar;
use forms::html::Script;
use forms::procedure::Cards;
use forms::retention::Retention;
use forms::strings::Strings;
use forms::{Form, Words};
use jiff::tz::TimeZone;
use mail::{LetterKind, Messages, Sender};
use serde::{Deserialize, Serialize};
use store::ReferenceLength;

use crate::{Payment, Shell, strings_needed};

/// Names under `/usluge/` that mean something else, so that no form can have them.
pub const RESERVED_FORM_IDS: &[&str] = &["kljucevi", "moj-upis", "potvrda", "status", "veza"];

/// The pages under `/usluge/` that an author may link to; each has a form that anybody may fill in.
pub const PAGES: &[&str] = &["moj-upis", "status"];

/// The address of one of [`PAGES`] in a language: the language is a field of the query, and the default one needs none.
pub fn page_path(page: &str, language: &str, default_language: &str) -> String {
    if language == default_language {
        format!("/usluge/{page}")
    } else {
        format!("/usluge/{page}?lang={language}")
    }
}

/// Definitions, page shells, texts and settings. It holds no key and nothing personal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// `https://host` of the public site, without a trailing slash.
    pub public_url: String,
    /// The town's name.
    pub town: Words,
    /// How to reach the office, in one line and never empty: shown where a page cannot help, and in letters.
    pub contact: Words,
    /// Who letters come from.
    pub sender: Sender,
    /// BCP 47 tag of the language without a prefix in URLs.
    pub default_language: String,
    /// BCP 47 tags of all languages, the default one among them.
    pub languages: Vec<String>,
    /// In which times are shown and days begin.
    #[serde(with = "crate::zone")]
    pub time_zone: TimeZone,
    /// The page around everything that belongs to no form (status, links, receipts), one per language.
    pub shells: BTreeMap<String, Shell>,
    /// Scripts of the theme that only the handlers' pages need.
    #[serde(default)]
    pub scripts: Scripts,
    /// Forms by id.
    pub forms: BTreeMap<String, BundleForm>,
    /// Procedure cards: fees and deadlines on form pages.
    pub cards: Cards,
    /// Working days: what a promised date is counted with.
    pub calendar: Calendar,
    /// How long what is kept; a bundle whose forms are of no class in it has a gap.
    #[serde(default)]
    pub retention: Retention,
    /// Texts of the interface by language.
    pub strings: BTreeMap<String, Strings>,
    /// Texts of letters.
    pub messages: Messages,
    /// How long new references are; those that were given out keep theirs.
    #[serde(default)]
    pub reference_length: ReferenceLength,
    /// Where fees are paid, once the town said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment: Option<Payment>,
}

/// Scripts that are no part of a shell, where the theme has them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scripts {
    /// Makes large photographs smaller before they are sent.
    pub attach: Option<Script>,
    /// Calculates under load.
    pub work: Option<Script>,
}

/// A form and the pages around it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundleForm {
    /// The checked definition.
    pub form: Form,
    /// One shell per language.
    pub shells: BTreeMap<String, Shell>,
}

/// A bundle cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// Not the JSON of a bundle of this version.
    #[error("the form bundle cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// Something is missing in it.
    #[error("the form bundle is incomplete: {}", .0.join("; "))]
    Incomplete(Vec<String>),
}

impl Bundle {
    /// Reads a bundle and refuses one with gaps.
    pub fn from_json(json: &[u8]) -> Result<Self, BundleError> {
        let bundle: Self = serde_json::from_slice(json)?;
        let gaps = bundle.gaps();
        if gaps.is_empty() { Ok(bundle) } else { Err(BundleError::Incomplete(gaps)) }
    }

    /// Whether there are pages for the services at all: a theme without a template for forms has none.
    pub fn has_services(&self) -> bool {
        !self.shells.is_empty()
    }

    /// The bundle as JSON, the same bytes for the same bundle.
    pub fn to_json(&self) -> Result<Vec<u8>, BundleError> {
        Ok(serde_json::to_vec(self)?)
    }

    /// What is missing: texts, shells, messages, or a name that no form can have. Empty for a good bundle.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        if !self.languages.contains(&self.default_language) {
            gaps.push(format!("the default language {} is not among the languages", self.default_language));
        }
        let keys = forms::strings_needed::KEYS.iter().chain(strings_needed::KEYS);
        for language in &self.languages {
            let strings = self.strings(language);
            gaps.extend(
                keys.clone()
                    .filter(|key| strings.entry(key).is_none())
                    .map(|key| format!("the text {key} in {language}")),
            );
            if !self.shells.contains_key(language) {
                gaps.push(format!("the page around the services in {language}"));
            }
            for (id, form) in &self.forms {
                if !form.shells.contains_key(language) {
                    gaps.push(format!("the page of the form {id} in {language}"));
                }
            }
        }
        for (id, form) in &self.forms {
            let class = form.form.retention();
            if !self.retention.has_class(class) {
                gaps.push(format!("the retention class {class} of the form {id}"));
            }
        }
        for id in self.forms.keys().filter(|id| RESERVED_FORM_IDS.contains(&id.as_str())) {
            gaps.push(format!("another name for the form {id}: this one has a meaning of its own"));
        }
        // What the office sends later it can be told about when it sends it; without this one no form can be answered.
        if self.messages.missing().contains(&LetterKind::Received) {
            gaps.push(format!("the message {}", LetterKind::Received.file_name()));
        }
        gaps
    }

    /// The asked language if the site has it, else the default one.
    pub(crate) fn language<'a>(&'a self, asked: Option<&str>) -> &'a str {
        self.languages
            .iter()
            .find(|language| Some(language.as_str()) == asked)
            .unwrap_or(&self.default_language)
    }

    pub(crate) fn strings(&self, language: &str) -> Cow<'_, Strings> {
        match self.strings.get(language) {
            Some(strings) => Cow::Borrowed(strings),
            None => Cow::Owned(Strings::new(language, BTreeMap::new())),
        }
    }

    /// The static page of a form.
    pub(crate) fn form_page(&self, form: &str, language: &str) -> String {
        if language == self.default_language {
            format!("/obrasci/{form}/")
        } else {
            format!("/{language}/obrasci/{form}/")
        }
    }

    /// The front page in a language.
    pub(crate) fn home(&self, language: &str) -> String {
        if language == self.default_language { "/".to_owned() } else { format!("/{language}/") }
    }
}
