use forms::json_schema;
use serde_json::{Value as Json, json};

use crate::support::{LANGUAGES, REQUEST, answers, form, shipped};

/// Whether a value meets a schema, for the keywords that ours use.
pub fn meets(schema: &Json, value: &Json) -> Result<(), String> {
    let object = schema.as_object().ok_or("a schema is an object")?;
    // The other keywords speak of values of that type.
    if let Some(said) = object.get("type") {
        let holds = match said.as_str().unwrap() {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "integer" => value.is_i64(),
            other => return Err(format!("type {other}")),
        };
        if !holds {
            return Err(format!("{value} is no {said}"));
        }
    }
    for (keyword, said) in object {
        let holds = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "examples" => true,
            "format" => match said.as_str().unwrap() {
                "date" => value.as_str().is_some_and(|text| text.parse::<jiff::civil::Date>().is_ok()),
                other => return Err(format!("format {other}")),
            },
            "type" => true,
            "const" => value == said,
            "enum" => said.as_array().unwrap().contains(value),
            "minLength" => value.as_str().unwrap().chars().count() >= said.as_u64().unwrap() as usize,
            "maxLength" => value.as_str().unwrap().chars().count() <= said.as_u64().unwrap() as usize,
            "minimum" => value.as_i64().unwrap() >= said.as_i64().unwrap(),
            "maximum" => value.as_i64().unwrap() <= said.as_i64().unwrap(),
            "minItems" => value.as_array().unwrap().len() >= said.as_u64().unwrap() as usize,
            "maxItems" => value.as_array().unwrap().len() <= said.as_u64().unwrap() as usize,
            "uniqueItems" => {
                let items = value.as_array().unwrap();
                items.iter().enumerate().all(|(index, item)| !items[..index].contains(item))
            }
            "items" => {
                for item in value.as_array().unwrap() {
                    meets(said, item)?;
                }
                true
            }
            "pattern" => matches_pattern(said.as_str().unwrap(), value.as_str().unwrap()),
            "anyOf" => said.as_array().unwrap().iter().any(|schema| meets(schema, value).is_ok()),
            "oneOf" => {
                said.as_array().unwrap().iter().filter(|schema| meets(schema, value).is_ok()).count() == 1
            }
            "required" => {
                said.as_array().unwrap().iter().all(|key| value.get(key.as_str().unwrap()).is_some())
            }
            "properties" => {
                for (key, schema) in said.as_object().unwrap() {
                    if let Some(value) = value.get(key) {
                        meets(schema, value).map_err(|error| format!("{key}: {error}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = object["properties"].as_object().unwrap();
                value.as_object().unwrap().keys().all(|key| known.contains_key(key))
            }
            other => return Err(format!("keyword {other}")),
        };
        if !holds {
            return Err(format!("{keyword} {said} does not hold for {value}"));
        }
    }
    Ok(())
}

fn matches_pattern(pattern: &str, text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    match pattern {
        "^[0-9]{13}$" => text.len() == 13 && digits(text),
        "^\\+[1-9][0-9]{6,14}$" => text
            .strip_prefix('+')
            .is_some_and(|rest| (7..=15).contains(&rest.len()) && digits(rest) && !rest.starts_with('0')),
        other => panic!("pattern {other}"),
    }
}

#[test]
fn accepted_answers_meet_the_schema_in_every_language() {
    let form = shipped("zahtjev-za-ispravu");
    let accepted = answers(&form, REQUEST).to_json();
    for lang in LANGUAGES {
        meets(&json_schema(&form, lang), &accepted).unwrap();
    }
}

#[test]
fn a_group_accepted_with_fewer_entries_than_the_page_shows_meets_the_schema() {
    let form = form(
        "- id: items
  kind: group
  min_entries: 2
  label: {hr: Djeca}
  entry: {hr: Dijete}
  add: {hr: Dodaj dijete}
  fields:
    - {id: name, kind: name, optional: true, label: {hr: Ime}}",
    );
    let accepted = answers(&form, &[("items.0.name", "Ana"), ("items.1.name", "")]).to_json();
    assert_eq!(accepted, json!({"items": [{"name": "Ana"}]}));
    meets(&json_schema(&form, "hr"), &accepted).unwrap();
}

#[test]
fn the_schema_refuses_what_is_no_answer() {
    let form = shipped("zahtjev-za-ispravu");
    let schema = json_schema(&form, "en");
    let accepted = answers(&form, REQUEST).to_json();
    for (key, value) in
        [("delivery", json!("pigeon")), ("jmb", json!("1")), ("certificates", json!([])), ("odd", json!(1))]
    {
        let mut other = accepted.clone();
        other[key] = value;
        assert!(meets(&schema, &other).is_err(), "{key}");
    }
    let mut other = accepted;
    other.as_object_mut().unwrap().remove("purpose");
    assert!(meets(&schema, &other).is_err());
}

#[test]
fn the_schema_is_readable() {
    let form = form(
        "- {id: name, kind: name, label: {hr: Ime}, hint: {hr: Savjet}}
- {id: born, kind: date, unknown_allowed: true, optional: true, label: {hr: Rođenje}}
- {id: kind, kind: choice, label: {hr: Vrsta}, options: [{value: a, label: {hr: A}}]}
- {id: more, kind: text, label: {hr: Više}, shown_when: {field: kind, is: [a]}}
- {id: yes, kind: consent, version: '2', label: {hr: Privola}, text: {hr: Pristajem.}}",
    );
    // Sorted here: whether a map keeps its order depends on what else is built.
    let sorted = sorted(&json_schema(&form, "hr"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&sorted).unwrap());
}

fn sorted(value: &Json) -> Json {
    match value {
        Json::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            Json::Object(keys.into_iter().map(|key| (key.clone(), sorted(&map[key]))).collect())
        }
        Json::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}
