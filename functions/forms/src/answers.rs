//! Answers that passed validation, in canonical form.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value as Json;

use crate::definition::{Field, Kind, Mark};
use crate::form::Form;
use crate::value::{Entry, Value};
use crate::warning::{self, Warning};

/// Normalised answers by field. `Debug` prints no value.
#[derive(Clone, PartialEq, Eq)]
pub struct Answers {
    values: Entry,
    warnings: Vec<Warning>,
}

/// Where mail about the submission goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    /// The address.
    pub email: String,
    /// The name with which mail greets; empty where the form asks for none.
    pub name: String,
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Contact(…)")
    }
}

/// Stored answers that are not answers to this form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the stored answers do not belong to this definition (field {field})")]
pub struct Foreign {
    /// The field of the definition that has another shape, or `-` for the whole.
    pub field: String,
}

impl Answers {
    pub(crate) fn new(form: &Form, values: Entry) -> Self {
        let warnings = warning::warnings(form, &values);
        Self { values, warnings }
    }

    /// The same bytes for equal answers, in any process and version: JSON with sorted keys and no white space.
    pub fn canonical_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&self.values).unwrap_or_default()
    }

    /// The answers as JSON, in the shape of [`crate::json_schema`].
    pub fn to_json(&self) -> Json {
        serde_json::to_value(&self.values).unwrap_or_default()
    }

    /// Reads back what [`Answers::canonical_bytes`] wrote (the receipt's copy, the registrar's export).
    pub fn from_json(form: &Form, json: &Json) -> Result<Self, Foreign> {
        let whole = json.as_object().ok_or_else(|| Foreign { field: "-".to_owned() })?;
        let mut values = Entry::new();
        for (field, _) in form.fields() {
            if let Some(json) = whole.get(&field.id) {
                values.insert(field.id.clone(), value_from_json(field, json)?);
            }
        }
        match whole.keys().find(|key| !values.contains_key(*key)) {
            Some(_) => Err(Foreign { field: "-".to_owned() }),
            None => Ok(Self::new(form, values)),
        }
    }

    /// The answer to a question outside groups, or all entries of a group.
    pub fn get(&self, field: &str) -> Option<&Value> {
        self.values.get(field)
    }

    /// What the form marks as countable, in the clear: option values and country codes, several joined by a
    /// comma; fields of a group as `group.field`.
    pub fn facets(&self, form: &Form) -> BTreeMap<String, String> {
        let mut facets = BTreeMap::new();
        for (field, _) in form.fields() {
            let Some(value) = self.values.get(&field.id) else { continue };
            match &field.kind {
                Kind::Group { fields, .. } => {
                    for inner in fields.iter().filter(|inner| inner.mark == Mark::Facet) {
                        let mut said: Vec<String> = value
                            .entries()
                            .iter()
                            .filter_map(|entry| entry.get(&inner.id))
                            .filter_map(facet)
                            .collect();
                        said.sort_unstable();
                        said.dedup();
                        if !said.is_empty() {
                            facets.insert(format!("{}.{}", field.id, inner.id), said.join(","));
                        }
                    }
                }
                Kind::Text { .. }
                | Kind::Name
                | Kind::Email
                | Kind::Phone
                | Kind::Jmb { .. }
                | Kind::Date { .. }
                | Kind::Year
                | Kind::Country
                | Kind::Address
                | Kind::Choice { .. }
                | Kind::Choices { .. }
                | Kind::SelectOrText { .. }
                | Kind::Number { .. }
                | Kind::LongText { .. }
                | Kind::Consent { .. }
                | Kind::Attachment { .. } => {
                    if field.mark == Mark::Facet {
                        facets.extend(facet(value).map(|said| (field.id.clone(), said)));
                    }
                }
            }
        }
        facets
    }

    /// Where mail about the submission goes, if the form asks for an address and one was given.
    pub fn contact(&self, form: &Form) -> Option<Contact> {
        let marked = |mark: Mark| {
            form.fields()
                .filter(|(field, _)| field.mark == mark)
                .filter_map(|(field, _)| self.values.get(&field.id)?.as_text())
                .collect::<Vec<_>>()
        };
        let email = marked(Mark::ContactEmail).first().map(|email| (*email).to_owned())?;
        Some(Contact { email, name: marked(Mark::ContactName).join(" ") })
    }

    /// What the registrar should look at twice; never a reason to refuse.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// All answers by field.
    pub fn values(&self) -> &Entry {
        &self.values
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answers({} fields)", self.values.len())
    }
}

impl Serialize for Answers {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.values.serialize(serializer)
    }
}

/// What is counted of an answer; only kinds that `check` lets carry the mark come here.
fn facet(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Many(values) => Some(values.join(",")),
        Value::Number(number) => Some(number.to_string()),
        Value::Day(_) | Value::UnknownDay | Value::Agreed(_) | Value::Entries(_) => None,
    }
}

fn value_from_json(field: &Field, json: &Json) -> Result<Value, Foreign> {
    let read = match &field.kind {
        Kind::Text { .. }
        | Kind::Name
        | Kind::Email
        | Kind::Phone
        | Kind::Jmb { .. }
        | Kind::Country
        | Kind::Address
        | Kind::Choice { .. }
        | Kind::SelectOrText { .. }
        | Kind::LongText { .. } => json.as_str().map(|text| Value::Text(text.to_owned())),
        Kind::Year | Kind::Number { .. } => json.as_i64().map(Value::Number),
        Kind::Date { .. } => match json.as_str() {
            Some(text) => text.parse::<Date>().ok().map(Value::Day),
            None => (json.get("unknown") == Some(&Json::Bool(true))).then_some(Value::UnknownDay),
        },
        Kind::Choices { .. } => json
            .as_array()
            .and_then(|all| all.iter().map(|one| one.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>())
            .map(Value::Many),
        Kind::Consent { .. } => json
            .get("agreed_to_version")
            .and_then(Json::as_str)
            .map(|version| Value::Agreed(version.to_owned())),
        Kind::Group { fields, .. } => match json.as_array() {
            Some(entries) => Some(Value::Entries(
                entries.iter().map(|entry| entry_from_json(fields, entry)).collect::<Result<_, _>>()?,
            )),
            None => None,
        },
        // Files are never part of the answers.
        Kind::Attachment { .. } => None,
    };
    read.ok_or_else(|| Foreign { field: field.id.clone() })
}

fn entry_from_json(fields: &[Field], json: &Json) -> Result<Entry, Foreign> {
    let mut entry = Entry::new();
    for field in fields {
        if let Some(json) = json.get(&field.id) {
            entry.insert(field.id.clone(), value_from_json(field, json)?);
        }
    }
    Ok(entry)
}
