//! The shipped content and strings, and a few ways to say "somebody typed this".

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use forms::procedure::{Card, Cards};
use forms::strings::{Strings, Text};
use forms::{Answers, Form, RawAnswers, Violation};
use jiff::civil::Date;
use serde_json::Value as Json;

pub const LANGUAGES: [&str; 3] = ["hr", "en", "de"];
pub const TODAY: Date = Date::constant(2026, 11, 23);

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

pub fn strings(lang: &str) -> Strings {
    let source = read(&format!("themes/ljubuski/strings/forms/{lang}.yaml"));
    let tree: Json = serde_yaml::from_str(&source).unwrap();
    let mut entries = BTreeMap::new();
    flatten("", &tree, &mut entries);
    Strings::new(lang, entries)
}

fn flatten(key: &str, value: &Json, entries: &mut BTreeMap<String, Text>) {
    let categories = ["zero", "one", "two", "few", "many", "other"];
    match value {
        Json::String(text) => {
            entries.insert(key.to_owned(), Text::Plain(text.clone()));
        }
        Json::Object(map) if map.keys().all(|key| categories.contains(&key.as_str())) => {
            let forms = map.iter().map(|(k, v)| (k.clone(), v.as_str().unwrap().to_owned())).collect();
            entries.insert(key.to_owned(), Text::Plural(forms));
        }
        Json::Object(map) => {
            for (inner, value) in map {
                let key = if key.is_empty() { inner.clone() } else { format!("{key}.{inner}") };
                flatten(&key, value, entries);
            }
        }
        other => panic!("{key}: {other}"),
    }
}

pub fn shipped(id: &str) -> Form {
    Form::from_yaml(id, &read(&format!("content/obrasci/{id}.yaml")), &LANGUAGES)
        .unwrap_or_else(|problems| panic!("{id}: {problems:#?}"))
}

pub fn cards() -> Cards {
    let mut cards = BTreeMap::new();
    for file in fs::read_dir(root().join("content/postupci")).unwrap() {
        let path = file.unwrap().path();
        let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let card = Card::from_yaml(&id, &fs::read_to_string(&path).unwrap(), &LANGUAGES)
            .unwrap_or_else(|problems| panic!("{id}: {problems:#?}"));
        cards.insert(id, card);
    }
    Cards(cards)
}

/// A form in Croatian with these questions in one section.
pub fn form(fields: &str) -> Form {
    let source = definition(fields);
    Form::from_yaml("proba", &source, &["hr"]).unwrap_or_else(|problems| panic!("{problems:#?}\n{source}"))
}

pub fn definition(fields: &str) -> String {
    let fields: String = fields.lines().map(|line| format!("      {line}\n")).collect();
    format!(
        "title: {{hr: Proba}}\ndescription: {{hr: Opis}}\nretention: proba\nsections:\n  - id: one\n    title: {{hr: Odjeljak}}\n    fields:\n{fields}"
    )
}

pub fn raw(pairs: &[(&str, &str)]) -> RawAnswers {
    RawAnswers::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

pub fn answers(form: &Form, pairs: &[(&str, &str)]) -> Answers {
    forms::validate(form, &raw(pairs), TODAY)
        .unwrap_or_else(|violations| panic!("{:#?}", said(form, &violations, "en")))
}

pub fn violations(form: &Form, pairs: &[(&str, &str)]) -> Vec<Violation> {
    forms::validate(form, &raw(pairs), TODAY).err().unwrap_or_default()
}

pub fn said(form: &Form, violations: &[Violation], lang: &str) -> Vec<String> {
    let strings = strings(lang);
    violations.iter().map(|v| format!("#{} {}", v.anchor, v.summary(form, lang, &strings))).collect()
}

/// A complete request for two certificates, one of them from the register of marriages.
pub const REQUEST: &[(&str, &str)] = &[
    ("given_name", "Ana"),
    ("family_name", "Žderić"),
    ("document_kind", "passport"),
    ("document_number", "A1234567"),
    ("email", "ana@example.org"),
    ("phone", "0049 171 1234567"),
    ("address", "Musterweg 1\r\n80331 München"),
    ("country", "DE"),
    ("for_whom", "other"),
    ("relation", "grandchild"),
    ("person_given_name", "Stojan"),
    ("person_family_name", "Đula"),
    ("birth_name", ""),
    ("father_name", ""),
    ("mother_name", ""),
    ("birth_date.day", "1"),
    ("birth_date.month", "1"),
    ("birth_date.year", "1990"),
    ("birth_place", ""),
    ("jmb", "0101990360007"),
    ("register_settlement", "Vitina"),
    ("certificates.0.kind", "birth"),
    ("certificates.0.copies", "2"),
    ("certificates.0.language", "hr"),
    ("certificates.0.script", "latin"),
    ("certificates.0.country_of_use", "DE"),
    ("certificates.1.kind", "marriage_intl"),
    ("certificates.1.copies", "1"),
    ("certificates.1.language", "hr"),
    ("certificates.1.script", "latin"),
    ("certificates.1.country_of_use", "AT"),
    ("spouse_name", ""),
    ("marriage_date.unknown", "1"),
    ("marriage_place", ""),
    ("purpose", "mirovina"),
    ("delivery", "post"),
    ("note", ""),
    ("truth", "1"),
];
