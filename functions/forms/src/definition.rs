//! What a definition says: sections, fields, kinds, conditions, fee lines. Data only; `check` decides whether
//! it makes sense, and only a [`crate::Form`] holds one that does.

use serde::{Deserialize, Serialize};

use crate::attachments::FormLimits;
use crate::need::NeedCheck;
use crate::words::Words;

/// A part of a form under one heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Name within the form: lower-case letters, digits, `_`.
    pub id: String,
    /// Heading.
    pub title: Words,
    /// Text under the heading; blank lines divide paragraphs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<Words>,
    /// When the whole section applies; always, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_when: Option<Condition>,
    /// The questions, in order.
    pub fields: Vec<Field>,
}

impl Section {
    /// The pages that people with script see one at a time: each field begins one, unless it belongs to the page
    /// of the field before it. No page is empty.
    pub fn pages(&self) -> impl Iterator<Item = &[Field]> {
        self.fields.chunk_by(|_, next| next.with_previous)
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Name within the form or group: lower-case letters, digits, `_`.
    pub id: String,
    /// The question as it stands above the input.
    pub label: Words,
    /// A line under the question: format, example, reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Words>,
    /// A longer explanation that opens on demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Words>,
    /// Whether the question stands on the page of the question before it, for people who see one page at a time.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub with_previous: bool,
    /// The heading of the page that begins with this question. Without one, the question is the heading of a page
    /// of its own, and the section's title that of a section of one page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_title: Option<Words>,
    /// What is said when the answer is missing ("Upišite ime."); a general sentence, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Words>,
    /// Whether the question may be left unanswered.
    #[serde(default)]
    pub optional: bool,
    /// What the answer is used for beyond the sealed submission.
    #[serde(default)]
    pub mark: Mark,
    /// The purpose for the browser's filling-in (WCAG 1.3.5); only for data about the person who fills in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autocomplete: Option<Autocomplete>,
    /// When the question applies; always, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_when: Option<Condition>,
    /// What kind of answer is asked.
    #[serde(flatten)]
    pub kind: Kind,
}

/// The closed list of kinds. Everything per kind is a `match` without wildcard, so that a new kind compiles
/// only when it has HTML, validation, schema, canonical value and a row on the check page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Kind {
    /// One line of text.
    Text {
        /// Longest accepted answer in characters.
        max_characters: u32,
    },
    /// A name of a person, in any script.
    Name,
    /// An e-mail address.
    Email,
    /// A telephone number with its country code.
    Phone,
    /// The unique master citizen number of 13 digits.
    Jmb {
        /// The date field with which the number is compared for the registrar.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        birth_date: Option<String>,
    },
    /// A day in the past, in three inputs.
    Date {
        /// Whether "not known" may be ticked instead.
        unknown_allowed: bool,
    },
    /// A year in the past.
    Year,
    /// A country of ISO 3166-1.
    Country,
    /// A postal address of several lines, in the form of any country.
    Address,
    /// One of several.
    Choice {
        /// What can be chosen.
        options: Vec<Opt>,
    },
    /// Any number of several; at least one unless optional.
    Choices {
        /// What can be chosen.
        options: Vec<Opt>,
    },
    /// A line of text with suggestions.
    SelectOrText {
        /// The suggestions, the same in all languages (names of places).
        suggestions: Vec<String>,
    },
    /// Questions that are answered several times.
    Group {
        /// The name of one entry ("Isprava").
        entry: Words,
        /// The button for one entry more ("Dodaj još jednu ispravu").
        add: Words,
        /// Fewest entries.
        min_entries: u32,
        /// Most entries.
        max_entries: u32,
        /// The questions of an entry.
        fields: Vec<Field>,
    },
    /// A whole number.
    Number {
        /// Smallest accepted.
        min: i64,
        /// Largest accepted.
        max: i64,
        /// What the empty form already says.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        default: Option<i64>,
    },
    /// Text of several lines.
    LongText {
        /// Longest accepted answer in characters.
        max_characters: u32,
    },
    /// An agreement or a confirmation, recorded with the version of its text.
    Consent {
        /// Version of the text; change it whenever the text changes its meaning.
        version: String,
        /// What the person agrees to.
        text: Words,
    },
    /// Files, added on a page of their own after the answers. They are no part of the answers.
    Attachment {
        /// Most files.
        max_files: u32,
    },
}

impl Kind {
    /// The name of the kind in definitions.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Jmb { .. } => "jmb",
            Self::Date { .. } => "date",
            Self::Year => "year",
            Self::Country => "country",
            Self::Address => "address",
            Self::Choice { .. } => "choice",
            Self::Choices { .. } => "choices",
            Self::SelectOrText { .. } => "select_or_text",
            Self::Group { .. } => "group",
            Self::Number { .. } => "number",
            Self::LongText { .. } => "long_text",
            Self::Consent { .. } => "consent",
            Self::Attachment { .. } => "attachment",
        }
    }
}

/// The names of all kinds, for messages.
pub const KIND_NAMES: [&str; 17] = [
    "text",
    "name",
    "email",
    "phone",
    "jmb",
    "date",
    "year",
    "country",
    "address",
    "choice",
    "choices",
    "select_or_text",
    "group",
    "number",
    "long_text",
    "consent",
    "attachment",
];

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opt {
    /// What is stored: lower-case letters, digits, `_`.
    pub value: String,
    /// What is read.
    pub label: Words,
    /// A line under it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Words>,
}

/// "Applies when that question has one of these answers."
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The question: a field asked earlier; in a group first looked for among its own. `group.field` means
    /// "in any entry".
    pub field: String,
    /// Its answers.
    pub is: Vec<String>,
}

/// What an answer is used for beyond the sealed submission.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// Only the registrar reads it.
    #[default]
    Sealed,
    /// It is also kept in the clear and counted; never for personal data.
    Facet,
    /// The e-mail address to which news of the request goes; sealed apart for the mail service.
    ContactEmail,
    /// The name with which mail greets; sealed apart for the mail service.
    ContactName,
}

/// The names of all marks, for messages.
#[cfg(feature = "yaml")]
pub(crate) const MARKS: [(&str, Mark); 4] = [
    ("sealed", Mark::Sealed),
    ("facet", Mark::Facet),
    ("contact_email", Mark::ContactEmail),
    ("contact_name", Mark::ContactName),
];

/// Purposes of fields about the user (HTML, autofill field names; WCAG 2.2, 1.3.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Autocomplete {
    /// Full name.
    Name,
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// E-mail address.
    Email,
    /// Telephone number with country code.
    Tel,
    /// Street address of several lines.
    StreetAddress,
    /// Town.
    AddressLevel2,
    /// Country code.
    Country,
    /// Date of birth.
    Bday,
    /// Company or association.
    Organization,
    /// Profession or position.
    OrganizationTitle,
}

/// The tokens of all purposes.
pub(crate) const AUTOCOMPLETE: [(&str, Autocomplete); 11] = [
    ("name", Autocomplete::Name),
    ("given-name", Autocomplete::GivenName),
    ("family-name", Autocomplete::FamilyName),
    ("email", Autocomplete::Email),
    ("tel", Autocomplete::Tel),
    ("street-address", Autocomplete::StreetAddress),
    ("address-level2", Autocomplete::AddressLevel2),
    ("country", Autocomplete::Country),
    ("bday", Autocomplete::Bday),
    ("organization", Autocomplete::Organization),
    ("organization-title", Autocomplete::OrganizationTitle),
];

impl Autocomplete {
    /// The token in HTML.
    pub fn token(self) -> &'static str {
        AUTOCOMPLETE.iter().find(|(_, purpose)| *purpose == self).map_or("off", |(token, _)| token)
    }
}

/// What a submission costs: a fee of a procedure card, counted from the answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeRule {
    /// The procedure card.
    pub card: String,
    /// The fee on that card.
    pub fee: String,
    /// The group whose entries are counted; without it the fee is due once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// The number field by which it is multiplied (in the group, if one is named).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<String>,
    /// When it is due; always, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
}

/// Everything that a definition says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub id: String,
    pub languages: Vec<String>,
    pub title: Words,
    pub description: Words,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intro: Option<Words>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub need_check: Option<NeedCheck>,
    pub retention: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub register: bool,
    #[serde(default, skip_serializing_if = "FormLimits::are_usual")]
    pub attachments: FormLimits,
    pub sections: Vec<Section>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<FeeRule>,
}
