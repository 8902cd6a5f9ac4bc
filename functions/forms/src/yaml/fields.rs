//! Questions from their YAML.

use super::form::condition;
use super::node::Node;
use super::reader::{Context, MapReader, unknown};
use crate::definition::{AUTOCOMPLETE, Field, KIND_NAMES, Kind, MARKS, Opt};

/// Deeper groups are refused by `check`; this bounds the reading itself.
const MAX_DEPTH: usize = 4;

pub(super) fn list(
    context: &mut Context,
    map: &mut MapReader<'_>,
    key: &'static str,
    languages: &[&str],
) -> Vec<Field> {
    let Some(node) = map.required(context, key) else { return Vec::new() };
    let path = map.path_of(key);
    if path.matches("fields/").count() > MAX_DEPTH {
        return Vec::new();
    }
    let nodes = context.list(node, key);
    nodes
        .iter()
        .enumerate()
        .map(|(index, node)| field(context, node, &format!("{path}/{index}"), languages))
        .collect()
}

fn field(context: &mut Context, node: &Node, path: &str, languages: &[&str]) -> Field {
    let mut map = MapReader::new(context, node, path, "fields");
    let id = map.required_text(context, "id");
    let (kind, is_known) = kind(context, &mut map, languages);
    let field = Field {
        id,
        label: map.required_words(context, "label", languages),
        hint: map.words(context, "hint"),
        help: map.words(context, "help"),
        with_previous: map.bool(context, "with_previous"),
        page_title: map.words(context, "page_title"),
        missing: map.words(context, "missing"),
        optional: map.bool(context, "optional"),
        mark: map.one_of(context, "mark", &MARKS).unwrap_or_default(),
        autocomplete: map.one_of(context, "autocomplete", &AUTOCOMPLETE),
        shown_when: condition(context, &mut map, "shown_when"),
        kind,
    };
    // The keys of an unknown kind are unknown as well: saying so would only bury the cause.
    if is_known {
        map.finish(context);
    }
    field
}

/// The kind with its own keys. An unknown one reads as text, so that the rest of the question is checked too.
fn kind(context: &mut Context, map: &mut MapReader<'_>, languages: &[&str]) -> (Kind, bool) {
    let fallback = Kind::Text { max_characters: 200 };
    let Some(node) = map.required(context, "kind") else { return (fallback, false) };
    let Some(name) = context.text(node, "kind") else { return (fallback, false) };
    let kind = match name.as_str() {
        "text" => Kind::Text { max_characters: map.count(context, "max_characters").unwrap_or(200) },
        "name" => Kind::Name,
        "email" => Kind::Email,
        "phone" => Kind::Phone,
        "jmb" => Kind::Jmb { birth_date: map.text(context, "birth_date") },
        "date" => Kind::Date { unknown_allowed: map.bool(context, "unknown_allowed") },
        "year" => Kind::Year,
        "country" => Kind::Country,
        "address" => Kind::Address,
        "choice" => Kind::Choice { options: options(context, map, languages) },
        "choices" => Kind::Choices { options: options(context, map, languages) },
        "select_or_text" => Kind::SelectOrText { suggestions: suggestions(context, map) },
        "group" => Kind::Group {
            entry: map.required_words(context, "entry", languages),
            add: map.required_words(context, "add", languages),
            min_entries: map.count(context, "min_entries").unwrap_or(1),
            max_entries: map.count(context, "max_entries").unwrap_or(10),
            fields: list(context, map, "fields", languages),
        },
        "number" => Kind::Number {
            min: map.int(context, "min").unwrap_or(0),
            max: map.int(context, "max").unwrap_or(1_000_000),
            default: map.int(context, "default"),
        },
        "long_text" => {
            Kind::LongText { max_characters: map.count(context, "max_characters").unwrap_or(2000) }
        }
        "consent" => Kind::Consent {
            version: map.required_text(context, "version"),
            text: map.required_words(context, "text", languages),
        },
        "attachment" => Kind::Attachment { max_files: map.count(context, "max_files").unwrap_or(1) },
        other => {
            unknown(context, "unknown-kind", node.place, other, &KIND_NAMES);
            return (fallback, false);
        }
    };
    (kind, true)
}

fn options(context: &mut Context, map: &mut MapReader<'_>, languages: &[&str]) -> Vec<Opt> {
    let Some(node) = map.required(context, "options") else {
        return Vec::new();
    };
    let path = map.path_of("options");
    let nodes = context.list(node, "options");
    let mut options = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let mut map = MapReader::new(context, node, &format!("{path}/{index}"), "options");
        if map.node(context, "value").is_none() {
            context.problems.add(
                "option-without-value",
                map.place(),
                crate::Bilingual::new("Ponuđeni odgovor nema `value`.", "The option has no `value`."),
                Some(crate::Bilingual::new(
                    "Dodajte kratko stalno ime koje se pohranjuje, npr. `value: post`.",
                    "Add the short lasting name that is stored, such as `value: post`.",
                )),
            );
        }
        let option = Opt {
            value: map.text(context, "value").unwrap_or_default(),
            label: map.required_words(context, "label", languages),
            hint: map.words(context, "hint"),
        };
        map.finish(context);
        options.push(option);
    }
    options
}

fn suggestions(context: &mut Context, map: &mut MapReader<'_>) -> Vec<String> {
    let Some(node) = map.required(context, "suggestions") else { return Vec::new() };
    let nodes = context.list(node, "suggestions");
    let mut suggestions = Vec::new();
    for node in nodes {
        suggestions.extend(context.text(node, "suggestions"));
    }
    suggestions
}
