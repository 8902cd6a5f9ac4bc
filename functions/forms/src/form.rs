//! A definition that was checked.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::attachments::FormLimits;
use crate::check;
use crate::definition::{Condition, Definition, FeeRule, Field, Kind, Section};
use crate::need::NeedCheck;
#[cfg(feature = "yaml")]
use crate::problem::Problems;
use crate::problem::{Places, Problem};
use crate::procedure::Cards;
use crate::words::Words;

/// A form: its questions in order, in every language of the site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Definition", into = "Definition")]
pub struct Form {
    definition: Definition,
    fingerprint: String,
}

impl Form {
    /// Reads a definition; `id` is the name of its file, `languages` are those of the site.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(id: &str, source: &str, languages: &[&str]) -> Result<Self, Vec<Problem>> {
        let (definition, places, problems) =
            crate::yaml::read_form(id, source, languages).map_err(Problems::into_sorted)?;
        let problems = check::check(&definition, &places, problems);
        if problems.is_empty() { Ok(Self::checked(definition)) } else { Err(problems.into_sorted()) }
    }

    fn checked(definition: Definition) -> Self {
        let fingerprint = fingerprint(&definition);
        Self { definition, fingerprint }
    }

    /// The name of the form in URLs.
    pub fn id(&self) -> &str {
        &self.definition.id
    }

    /// The languages that every text has.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.definition.languages.iter().map(String::as_str)
    }

    /// The heading of the form.
    pub fn title(&self, lang: &str) -> &str {
        self.definition.title.get(lang)
    }

    /// One sentence about the form, for lists and search engines.
    pub fn description(&self, lang: &str) -> &str {
        self.definition.description.get(lang)
    }

    /// The text before the first question; blank lines divide paragraphs.
    pub fn intro(&self, lang: &str) -> Option<&str> {
        self.definition.intro.as_ref().map(|words| words.get(lang))
    }

    /// The question path before the form, if it has one.
    pub fn need_check(&self) -> Option<&NeedCheck> {
        self.definition.need_check.as_ref()
    }

    /// The class of the retention table to which submissions belong.
    pub fn retention(&self) -> &str {
        &self.definition.retention
    }

    /// Whether submissions stay, as entries of a register: their people confirm the address, are asked each year
    /// whether the entry is still right, and may replace or erase it.
    pub fn is_register(&self) -> bool {
        self.definition.register
    }

    /// How large and how many its attached files may be.
    pub fn attachment_limits(&self) -> FormLimits {
        self.definition.attachments
    }

    /// The sections in order.
    pub fn sections(&self) -> &[Section] {
        &self.definition.sections
    }

    /// What a submission costs.
    pub fn fee_rules(&self) -> &[FeeRule] {
        &self.definition.fees
    }

    /// The fees that no card knows: a build refuses them, since nobody could say what they cost.
    pub fn fees_without_card<'a>(&'a self, cards: &Cards) -> impl Iterator<Item = &'a FeeRule> {
        self.fee_rules().iter().filter(|rule| cards.fee(&rule.card, &rule.fee).is_none())
    }

    /// The fields outside groups, in order, each with the condition under which it applies.
    pub fn fields(&self) -> impl Iterator<Item = (&Field, Option<&Condition>)> {
        self.sections().iter().flat_map(|section| {
            section
                .fields
                .iter()
                .map(move |field| (field, field.shown_when.as_ref().or(section.shown_when.as_ref())))
        })
    }

    /// The field of a name, inside groups with or without the number of the entry (`certificates.0.kind`).
    pub fn field(&self, name: &str) -> Option<&Field> {
        let mut parts = name.split('.').filter(|part| !part.bytes().all(|byte| byte.is_ascii_digit()));
        let first = parts.next()?;
        let field = self.fields().map(|(field, _)| field).find(|field| field.id == first)?;
        match (&field.kind, parts.next()) {
            (_, None) => Some(field),
            (Kind::Group { fields, .. }, Some(inner)) => fields.iter().find(|field| field.id == inner),
            (_, Some(_)) => Some(field),
        }
    }

    /// 16 hexadecimal digits that change when a field's meaning changes (ids, kinds, options, rules), not when
    /// a text does: pages made from another meaning are answered with "the form has changed".
    pub fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }
}

impl TryFrom<Definition> for Form {
    type Error = Unsound;

    fn try_from(definition: Definition) -> Result<Self, Self::Error> {
        let found = check::check(&definition, &Places::default(), Default::default());
        match found.into_sorted().into_iter().next() {
            None => Ok(Self::checked(definition)),
            Some(problem) => Err(Unsound { id: definition.id, problem }),
        }
    }
}

impl From<Form> for Definition {
    fn from(form: Form) -> Self {
        form.definition
    }
}

/// A definition in a bundle that does not make sense.
#[derive(Debug, thiserror::Error)]
#[error("form {id}: {} ({})", problem.message.en, problem.code)]
pub struct Unsound {
    id: String,
    problem: Problem,
}

/// The words in which conditions and help texts name a field: its label.
pub(crate) fn label<'a>(field: &'a Field, lang: &str) -> &'a str {
    let words: &Words = &field.label;
    words.get(lang)
}

fn fingerprint(definition: &Definition) -> String {
    let mut meaning = String::new();
    for section in &definition.sections {
        write_condition(&mut meaning, section.shown_when.as_ref());
        write_fields(&mut meaning, &section.fields);
        meaning.push(';');
    }
    // Usual limits are not written, so that forms which name none keep the fingerprint that they have.
    let FormLimits { max_bytes, max_files } = definition.attachments;
    if !definition.attachments.are_usual() {
        let _ = write!(meaning, "attachments {max_bytes} {max_files};");
    }
    let digest = Sha256::digest(meaning.as_bytes());
    data_encoding::HEXLOWER.encode(&digest[..8])
}

fn write_fields(out: &mut String, fields: &[Field]) {
    for field in fields {
        let _ = write!(out, "[{} {} {} {:?}", field.id, field.kind.name(), field.optional, field.mark);
        write_condition(out, field.shown_when.as_ref());
        match &field.kind {
            Kind::Name | Kind::Email | Kind::Phone | Kind::Year | Kind::Country | Kind::Address => {}
            // Which date a number is compared with changes what the registrar reads, not what is accepted.
            Kind::Jmb { birth_date: _ } => {}
            // Suggestions never refuse an answer.
            Kind::SelectOrText { suggestions: _ } => {}
            Kind::Text { max_characters } | Kind::LongText { max_characters } => {
                let _ = write!(out, " {max_characters}");
            }
            Kind::Date { unknown_allowed } => {
                let _ = write!(out, " {unknown_allowed}");
            }
            Kind::Choice { options } | Kind::Choices { options } => {
                for option in options {
                    let _ = write!(out, " {}", option.value);
                }
            }
            Kind::Group { entry: _, add: _, min_entries, max_entries, fields } => {
                let _ = write!(out, " {min_entries} {max_entries} ");
                write_fields(out, fields);
            }
            Kind::Number { min, max, default: _ } => {
                let _ = write!(out, " {min} {max}");
            }
            Kind::Consent { version, text: _ } => {
                let _ = write!(out, " {version}");
            }
            Kind::Attachment { max_files } => {
                let _ = write!(out, " {max_files}");
            }
        }
        out.push(']');
    }
}

fn write_condition(out: &mut String, condition: Option<&Condition>) {
    if let Some(condition) = condition {
        let _ = write!(out, " when {} {:?}", condition.field, condition.is);
    }
}
