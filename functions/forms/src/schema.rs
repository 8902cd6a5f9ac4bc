//! JSON Schema (draft 2020-12) of the canonical answers. It never refuses what validation accepts.

use serde_json::{Map, Value as Json, json};

use crate::attachments::FileKind;
use crate::countries::countries;
use crate::definition::{Field, Kind, Opt};
use crate::form::Form;
use crate::validate::limits;

/// The schema of [`crate::Answers::to_json`], with titles in one language.
pub fn json_schema(form: &Form, lang: &str) -> Json {
    let (properties, required) = properties(form.fields().map(|(field, when)| (field, when.is_some())), lang);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": form.title(lang),
        "description": form.description(lang),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    });
    let files = attachments(form, lang);
    if let (Some(object), false) = (schema.as_object_mut(), files.is_empty()) {
        object
            .insert("$defs".to_owned(), json!({ "attachments": { "type": "object", "properties": files } }));
    }
    schema
}

/// Files are no part of the answers; what may come beside them in an export stands under `$defs`, by question.
fn attachments(form: &Form, lang: &str) -> Map<String, Json> {
    let largest = form.attachment_limits().max_bytes;
    form.fields()
        .filter_map(|(field, _)| match &field.kind {
            Kind::Attachment { max_files } => Some((field, *max_files)),
            _ => None,
        })
        .map(|(field, max_files)| {
            let files = json!({
                "title": field.label.get(lang),
                "type": "array",
                "maxItems": max_files,
                "items": {
                    "type": "object",
                    "properties": {
                        "kind": { "enum": FileKind::ALL.map(FileKind::name) },
                        "size_bytes": { "type": "integer", "minimum": 1, "maximum": largest },
                    },
                    "required": ["kind", "size_bytes"],
                },
            });
            (field.id.clone(), files)
        })
        .collect()
}

/// A question with a condition is never in `required`: whether it applies is decided by validation.
fn properties<'a>(fields: impl Iterator<Item = (&'a Field, bool)>, lang: &str) -> (Json, Json) {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for (field, conditional) in fields {
        let Some(mut schema) = kind(&field.kind, lang) else { continue };
        if let Some(object) = schema.as_object_mut() {
            object.insert("title".to_owned(), field.label.get(lang).into());
            if let Some(hint) = &field.hint {
                object.insert("description".to_owned(), hint.get(lang).into());
            }
        }
        properties.insert(field.id.clone(), schema);
        let may_be_absent = match &field.kind {
            Kind::Group { min_entries, .. } => *min_entries == 0,
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
            | Kind::Attachment { .. } => false,
        };
        if !conditional && !field.optional && !may_be_absent {
            required.push(Json::from(field.id.clone()));
        }
    }
    (Json::Object(properties), Json::Array(required))
}

/// The schema of an answer; none for files, which are no answer.
fn kind(kind: &Kind, lang: &str) -> Option<Json> {
    let text = |most: u32| json!({ "type": "string", "minLength": 1, "maxLength": most });
    let schema = match kind {
        Kind::Text { max_characters } | Kind::LongText { max_characters } => text(*max_characters),
        Kind::Name => text(limits::NAME),
        // `format: email` of JSON Schema knows only ASCII; domains of other scripts are accepted here.
        Kind::Email => text(limits::EMAIL),
        Kind::Phone => json!({ "type": "string", "pattern": "^\\+[1-9][0-9]{6,14}$" }),
        Kind::Jmb { .. } => json!({ "type": "string", "pattern": "^[0-9]{13}$" }),
        Kind::Date { unknown_allowed } => {
            let day = json!({ "type": "string", "format": "date" });
            let unknown = json!({
                "type": "object",
                "properties": { "unknown": { "const": true } },
                "required": ["unknown"],
                "additionalProperties": false,
            });
            if *unknown_allowed { json!({ "anyOf": [day, unknown] }) } else { day }
        }
        Kind::Year => json!({ "type": "integer", "minimum": limits::EARLIEST_YEAR }),
        Kind::Country => {
            let codes: Vec<&str> = countries("en").map(|(code, _)| code).collect();
            json!({ "type": "string", "enum": codes })
        }
        Kind::Address => text(limits::ADDRESS),
        Kind::Choice { options } => json!({ "type": "string", "oneOf": consts(options, lang) }),
        Kind::Choices { options } => json!({
            "type": "array",
            "items": { "type": "string", "oneOf": consts(options, lang) },
            "minItems": 1,
            "uniqueItems": true,
        }),
        Kind::SelectOrText { suggestions } => {
            json!({ "type": "string", "minLength": 1, "maxLength": limits::SELECT_OR_TEXT, "examples": suggestions })
        }
        Kind::Group { entry, add: _, min_entries: _, max_entries, fields } => {
            let inner = fields.iter().map(|field| (field, field.shown_when.is_some()));
            let (properties, required) = properties(inner, lang);
            json!({
                "type": "array",
                // Entries in which everything is optional may be left out, whatever the page shows at first.
                "minItems": 1,
                "maxItems": max_entries,
                "items": {
                    "title": entry.get(lang),
                    "type": "object",
                    "properties": properties,
                    "required": required,
                    "additionalProperties": false,
                },
            })
        }
        Kind::Number { min, max, default: _ } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Kind::Consent { version, text } => json!({
            "type": "object",
            "description": text.get(lang),
            "properties": { "agreed_to_version": { "const": version } },
            "required": ["agreed_to_version"],
            "additionalProperties": false,
        }),
        Kind::Attachment { .. } => return None,
    };
    Some(schema)
}

fn consts(options: &[Opt], lang: &str) -> Vec<Json> {
    options.iter().map(|option| json!({ "const": option.value, "title": option.label.get(lang) })).collect()
}
