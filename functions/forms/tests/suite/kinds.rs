//! What is true of every kind of field, over made-up answers: what validation accepts is refused by neither the page nor
//! the schema, and what it refuses beyond them is listed.

use std::collections::{BTreeMap, BTreeSet};

use forms::definition::{Field, KIND_NAMES, Kind};
use forms::html::{FormView, answers_list, form_page};
use forms::registrar::{self, Secrets};
use forms::samples::{Pairs, Samples};
use forms::{Form, RawAnswers, json_schema, rules, summary};
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::pages::KINDS;
use crate::schema::meets;
use crate::support::{LANGUAGES, TODAY, cards, form, shipped, strings};

const ROUNDS: usize = 200;

/// The fresh page, with three entries of a group.
fn page(form: &Form) -> String {
    let (strings, cards) = (strings("hr"), cards());
    let raw = &RawAnswers::from_pairs([("_entries.q".to_owned(), "3".to_owned())]);
    let view = FormView {
        form,
        lang: "hr",
        strings: &strings,
        cards: &cards,
        action: "/",
        form_url: None,
        raw,
        violations: &[],
        notice: None,
        today: TODAY,
    };
    form_page(&view).into_string()
}

/// A form of one question of a kind that must be answered.
fn required(fields: &str) -> (Form, Field) {
    // What stands in a group is optional here: then it is the group alone that refuses.
    let fields = fields.replace("optional: true, ", "").replace("{id: x,", "{id: x, optional: true,");
    let form = form(&fields);
    let field = form.fields().next().unwrap().0.clone();
    (form, field)
}

/// Why a browser could not send an answer, if it could not. Knows every attribute that our inputs have, and fails on any
/// other: `required`, `maxlength`, `pattern` and their like refuse or cut what people type.
fn browser_refuses(html: &str, pairs: &Pairs) -> Option<String> {
    const HARMLESS: [&str; 16] = [
        "class",
        "type",
        "id",
        "name",
        "value",
        "inputmode",
        "spellcheck",
        "autocomplete",
        "list",
        "rows",
        "checked",
        "selected",
        "aria-describedby",
        "aria-invalid",
        "autofocus",
        "tabindex",
    ];
    const TYPES: [&str; 5] = ["text", "email", "tel", "radio", "checkbox"];
    let form = html.split("<form").nth(1).unwrap().split('>').next().unwrap();
    if !form.contains(" novalidate") {
        return Some("the form is not novalidate".to_owned());
    }
    for (name, value) in pairs {
        let tags: Vec<(&str, BTreeMap<&str, &str>)> = html
            .split('<')
            .filter_map(|tag| {
                let (start, _) = tag.split_once('>')?;
                let (element, rest) = start.split_once(' ')?;
                Some((element, attributes(rest)))
            })
            .filter(|(_, attributes)| attributes.get("name") == Some(&name.as_str()))
            .collect();
        if tags.is_empty() {
            return Some(format!("no input for {name}"));
        }
        for (element, attributes) in &tags {
            if let Some(odd) = attributes.keys().find(|key| !HARMLESS.contains(key)) {
                return Some(format!("{element} {name} has {odd}"));
            }
            let kind = attributes.get("type").copied().unwrap_or("text");
            if *element == "input" && !TYPES.contains(&kind) {
                return Some(format!("{name} is of type {kind}"));
            }
        }
        let offered = |value: &str| match tags[0] {
            ("select", _) => html.contains(&format!("<option value=\"{value}\"")),
            ("input", ref first) if matches!(first.get("type"), Some(&"radio" | &"checkbox")) => {
                tags.iter().any(|(_, attributes)| attributes.get("value") == Some(&value))
            }
            _ => true,
        };
        let upper = value.to_ascii_uppercase();
        if !offered(value) && !offered(&upper) {
            return Some(format!("{name} does not offer {value}"));
        }
    }
    None
}

fn attributes(text: &str) -> BTreeMap<&str, &str> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let key = &rest[..end];
        rest = &rest[end..];
        let value = match rest.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').unwrap();
                rest = after;
                value
            }
            None => "",
        };
        found.insert(key, value);
        rest = rest.trim_start();
    }
    found
}

/// What a program that knows only the schema would send for what was typed; none where the schema has no words for it.
fn naive(field: &Field, name: &str, raw: &RawAnswers) -> Option<Json> {
    let typed = raw.get(name).unwrap_or_default();
    let part = |part: &str| raw.get(&format!("{name}.{part}")).unwrap_or_default();
    Some(match &field.kind {
        Kind::Text { .. }
        | Kind::Name
        | Kind::Email
        | Kind::Phone
        | Kind::Jmb { .. }
        | Kind::Country
        | Kind::Address
        | Kind::Choice { .. }
        | Kind::SelectOrText { .. }
        | Kind::LongText { .. } => json!(typed),
        Kind::Year | Kind::Number { .. } => typed.parse::<i64>().map_or_else(|_| json!(typed), |n| json!(n)),
        Kind::Choices { .. } => json!(raw.all(name).collect::<Vec<_>>()),
        Kind::Consent { version, .. } if !typed.trim().is_empty() => json!({ "agreed_to_version": version }),
        Kind::Date { .. } => match (part("unknown"), part("day"), part("month"), part("year")) {
            ("", day, month, year) if ![day, month, year].contains(&"") => {
                json!(format!("{year:0>4}-{month:0>2}-{day:0>2}"))
            }
            ("1", "", "", "") => json!({ "unknown": true }),
            _ => return None,
        },
        Kind::Group { fields, .. } => {
            let entries: Vec<Json> = (0..60)
                .filter(|index| raw.pairs().any(|(key, _)| key.starts_with(&format!("{name}.{index}."))))
                .map(|index| {
                    let entry: Map<String, Json> = fields
                        .iter()
                        .filter(|inner| {
                            !raw.get(&format!("{name}.{index}.{}", inner.id)).unwrap_or_default().is_empty()
                        })
                        .filter_map(|inner| {
                            Some((
                                inner.id.clone(),
                                naive(inner, &format!("{name}.{index}.{}", inner.id), raw)?,
                            ))
                        })
                        .collect();
                    Json::Object(entry)
                })
                .collect();
            json!(entries)
        }
        Kind::Consent { .. } | Kind::Attachment { .. } => return None,
    })
}

#[test]
fn every_kind_is_tried_here() {
    let tried: BTreeSet<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(tried, KIND_NAMES.into_iter().collect());
}

#[test]
fn neither_page_nor_schema_refuses_what_validation_accepts() {
    for (kind, fields) in KINDS {
        let (form, field) = required(fields);
        let schema = json_schema(&form, "hr");
        let mut samples = Samples::new(42);
        let strings = strings("hr");
        let html = page(&form);
        let mut different = BTreeSet::new();
        for _ in 0..ROUNDS {
            let typed = samples.accepted(&field, "q", TODAY);
            let raw = RawAnswers::from_pairs(typed.clone());
            let answers = forms::validate(&form, &raw, TODAY)
                .unwrap_or_else(|found| panic!("{kind}: {typed:?} {found:?}"));
            assert_eq!(browser_refuses(&html, &typed), None, "{kind}");
            meets(&schema, &answers.to_json()).unwrap_or_else(|error| panic!("{kind}: {typed:?} {error}"));
            // What was accepted reads the same on every way out.
            let back = forms::Answers::from_json(&form, &answers.to_json()).unwrap();
            assert_eq!(back.canonical_bytes(), answers.canonical_bytes(), "{kind}");
            let sheets = registrar::sheets(&form, "hr", &strings, &answers, &[], Secrets::Shown);
            let text = registrar::plain_text(&sheets, &strings);
            assert!(text.contains("Pitanje") || kind == "group", "{kind}: {text}");
            assert!(
                answers_list(&form, "hr", &strings, &answers).into_string().contains("<d")
                    || kind == "attachment"
            );
            different.insert(answers.canonical_bytes());
        }
        let wanted = match kind {
            "attachment" | "consent" => 1,
            "choice" => 2,
            "choices" | "number" => 3,
            _ => 4,
        };
        assert!(different.len() >= wanted, "{kind}: only {} different answers", different.len());
    }
}

#[test]
fn what_validation_refuses_beyond_the_schema_is_a_listed_set_of_rules() {
    for (kind, fields) in KINDS {
        let (form, field) = required(fields);
        let schema = json_schema(&form, "hr");
        let mut samples = Samples::new(7);
        let mut beyond = BTreeSet::new();
        for _ in 0..ROUNDS {
            let Some(typed) = samples.refused(&field, "q", TODAY) else { continue };
            let raw = RawAnswers::from_pairs(typed.clone());
            let Err(found) = forms::validate(&form, &raw, TODAY) else { panic!("{kind} accepts {typed:?}") };
            let by_schema = match naive(&field, "q", &raw) {
                Some(json) => meets(&schema, &json!({ "q": json })).is_err(),
                None => true,
            };
            if !by_schema {
                beyond.extend(found.iter().map(|violation| violation.rule.name()));
            }
        }
        let listed: BTreeSet<&str> = rules::beyond_schema(&field.kind).iter().copied().collect();
        assert_eq!(beyond, listed, "{kind}");
    }
}

#[test]
fn made_up_submissions_of_the_shipped_forms_are_accepted_and_readable() {
    for id in ["registracija", "zahtjev-za-ispravu"] {
        let form = shipped(id);
        let all = LANGUAGES.map(strings);
        let schemas = LANGUAGES.map(|lang| json_schema(&form, lang));
        let mut samples = Samples::new(2026);
        for round in 0..60 {
            let raw = samples.submission(&form, TODAY);
            let lang = LANGUAGES[round % 3];
            let strings = &all[round % 3];
            let answers =
                forms::validate(&form, &raw, TODAY).unwrap_or_else(|found| panic!("{id}: {found:?}"));
            meets(&schemas[round % 3], &answers.to_json()).unwrap();
            let sheets = registrar::sheets(&form, lang, strings, &answers, &[], Secrets::Masked);
            let text = registrar::plain_text(&sheets, strings);
            let mail = summary::plain_text(&form, lang, strings, &answers);
            assert!(!text.contains('«') && !mail.contains('«'), "{id}: a text is missing");
            if let Some(jmb) = answers.to_json()["jmb"].as_str() {
                assert!(!text.contains(jmb) && !mail.contains(jmb), "the JMB is masked");
            }
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_answers() {
    let form = shipped("zahtjev-za-ispravu");
    let (mut one, mut other) = (Samples::new(3), Samples::new(3));
    for _ in 0..5 {
        assert!(one.submission(&form, TODAY) == other.submission(&form, TODAY));
    }
    assert!(Samples::new(4).submission(&form, Date::constant(2030, 1, 1)) != other.submission(&form, TODAY));
}
