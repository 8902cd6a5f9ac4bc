//! functions/template.yaml as a value. Of CloudFormation's short forms the arguments remain: `!Ref X` and `!Sub X` are
//! the text X, `!GetAtt X.Arn` is `X.Arn`, `!If [C, a, b]` is the list.

use std::fs;

use serde_json::{Map, Value};

/// The template.
pub struct Template(Value);

/// A resource: its name, its type, and what it says.
pub struct Resource<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    pub whole: &'a Value,
}

impl Template {
    pub fn read() -> Self {
        let path = tests::site::repository().join("functions/template.yaml");
        Self(serde_yaml::from_str(&fs::read_to_string(path).unwrap()).unwrap())
    }

    pub fn part(&self, name: &str) -> &Map<String, Value> {
        self.0[name].as_object().unwrap()
    }

    pub fn resources(&self) -> impl Iterator<Item = Resource<'_>> {
        self.part("Resources").iter().map(|(name, whole)| Resource {
            name,
            kind: whole["Type"].as_str().unwrap(),
            whole,
        })
    }

    /// All of one type; there is at least one.
    pub fn of(&self, kind: &str) -> Vec<Resource<'_>> {
        let found: Vec<_> = self.resources().filter(|resource| resource.kind == kind).collect();
        assert!(!found.is_empty(), "no {kind} in the template");
        found
    }

    pub fn resource(&self, name: &str) -> Resource<'_> {
        self.resources()
            .find(|resource| resource.name == name)
            .unwrap_or_else(|| panic!("no resource {name}"))
    }

    /// The variables of a function, those of all functions included.
    pub fn variables(&self, function: &Resource<'_>) -> Map<String, Value> {
        let mut all = self.0["Globals"]["Function"]["Environment"]["Variables"].as_object().unwrap().clone();
        all.extend(function.at("/Environment/Variables").as_object().cloned().unwrap_or_default());
        all
    }
}

impl Resource<'_> {
    /// What lies at a JSON pointer below the properties; null if nothing does.
    pub fn at(&self, pointer: &str) -> &Value {
        self.whole["Properties"].pointer(pointer).unwrap_or(&Value::Null)
    }

    pub fn text(&self, pointer: &str) -> &str {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("{}: no text at {pointer}", self.name))
    }
}

/// A value that may be a list, as a list.
pub fn list(value: &Value) -> Vec<&Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    }
}

/// The texts of a value that may be a list.
pub fn texts(value: &Value) -> Vec<&str> {
    list(value).into_iter().map(|item| item.as_str().unwrap_or_else(|| panic!("no text: {item}"))).collect()
}
