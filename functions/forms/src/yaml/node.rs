//! YAML as a tree of values with places.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_yaml::Spanned;
use serde_yaml::options::MergeKeyPolicy;

use crate::problem::{Bilingual, Place, Problems};

/// Larger sources are refused unread.
const MAX_SOURCE_BYTES: usize = 256 * 1024;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub place: Place,
    pub value: Value,
}

#[derive(Debug, Clone)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Debug, Clone)]
pub(super) struct Key {
    pub place: Place,
    pub name: String,
}

impl Value {
    /// What it is called in a message.
    pub fn kind(&self) -> Bilingual {
        match self {
            Self::Null => Bilingual::new("ništa", "nothing"),
            Self::Bool(_) => Bilingual::new("`true`/`false`", "`true`/`false`"),
            Self::Int(_) => Bilingual::new("broj", "a number"),
            Self::Text(_) => Bilingual::new("tekst", "text"),
            Self::List(_) => Bilingual::new("popis", "a list"),
            Self::Map(_) => Bilingual::new("niz ključeva", "a map"),
        }
    }
}

/// Parses a source. Duplicate keys, merge keys, unknown tags and excessive input are refused.
pub(super) fn parse(source: &str) -> Result<Node, Problems> {
    let mut problems = Problems::default();
    if source.len() > MAX_SOURCE_BYTES {
        let (size, most) = (source.len(), MAX_SOURCE_BYTES);
        problems.add(
            "too-large",
            Place { line: 1, column: 1 },
            Bilingual::new(
                format!("Datoteka ima {size} bajtova, a smije ih imati {most}."),
                format!("The file has {size} bytes; {most} are allowed."),
            ),
            None,
        );
        return Err(problems);
    }
    let mut options = serde_yaml::Options::default();
    options.strict_booleans = true;
    options.merge_keys = MergeKeyPolicy::Error;
    options.reject_unsupported_tags = true;
    options.with_snippet = false;
    if let Some(budget) = options.budget.as_mut() {
        budget.max_nodes = 20_000;
        budget.max_depth = 32;
        budget.max_aliases = 0;
    }
    match serde_yaml::from_str_with_options::<Spanned<Value>>(source, options) {
        Ok(root) => Ok(Node::from(root)),
        Err(error) => {
            let place = error.location().map_or(Place { line: 1, column: 1 }, |location| place(&location));
            if let serde_yaml::Error::DuplicateMappingKey { key, .. } = error.without_snippet() {
                let key = key.as_deref().unwrap_or("…");
                problems.add(
                    "duplicate-key",
                    place,
                    Bilingual::new(
                        format!("Ključ `{key}` naveden je dvaput."),
                        format!("The key `{key}` is given twice."),
                    ),
                    Some(Bilingual::new("Ostavite jedan od njih.", "Keep one of them.")),
                );
                return Err(problems);
            }
            let said = error.render_with_formatter(&serde_yaml::UserMessageFormatter);
            // The place is said apart.
            let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
            problems.add(
                "yaml",
                place,
                Bilingual::new(
                    format!("YAML se ne može pročitati: {said}"),
                    format!("The YAML cannot be read: {said}"),
                ),
                Some(Bilingual::new(
                    "Provjerite uvlake, navodnike i dvotočke u tom retku i u retku iznad njega.",
                    "Check indentation, quotes and colons in this line and in the one above it.",
                )),
            );
            Err(problems)
        }
    }
}

fn place(location: &serde_yaml::Location) -> Place {
    let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    Place { line: number(location.line()), column: number(location.column()) }
}

impl From<Spanned<Value>> for Node {
    fn from(spanned: Spanned<Value>) -> Self {
        Self { place: place(&spanned.referenced), value: spanned.value }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Int(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        i64::try_from(value).map(Value::Int).map_err(|_| E::custom("number too large"))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        // Only amounts and versions look like this; both are text here.
        Ok(Value::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element::<Spanned<Value>>()? {
            list.push(Node::from(item));
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some((key, value)) = map.next_entry::<Spanned<Value>, Spanned<Value>>()? {
            let name = match key.value {
                Value::Text(name) => name,
                Value::Int(number) => number.to_string(),
                Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => {
                    return Err(A::Error::custom("a key must be text"));
                }
            };
            entries.push((Key { place: place(&key.referenced), name }, Node::from(value)));
        }
        Ok(Value::Map(entries))
    }
}
