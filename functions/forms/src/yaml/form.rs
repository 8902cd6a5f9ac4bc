//! A form from its YAML.

use super::fields;
use super::need;
use super::node::{self, Node};
use super::reader::{Context, MapReader};
use crate::attachments::FormLimits;
use crate::definition::{Condition, Definition, FeeRule, Section};
use crate::problem::{Places, Problems};
use crate::words::Words;

/// Reads a definition as far as it can be read; what is wrong comes beside it. An error where nothing was read.
pub(crate) fn read_form(
    id: &str,
    source: &str,
    languages: &[&str],
) -> Result<(Definition, Places, Problems), Problems> {
    let root = node::parse(source)?;
    let mut definition = Definition {
        id: id.to_owned(),
        languages: languages.iter().map(|lang| (*lang).to_owned()).collect(),
        title: Words::default(),
        description: Words::default(),
        intro: None,
        need_check: None,
        retention: String::new(),
        register: false,
        attachments: FormLimits::default(),
        sections: Vec::new(),
        fees: Vec::new(),
    };
    let mut context = Context::default();
    let context = &mut context;
    let mut map = MapReader::new(context, &root, "", "obrazac");
    definition.title = map.required_words(context, "title", languages);
    definition.description = map.required_words(context, "description", languages);
    definition.intro = map.words(context, "intro");
    definition.need_check = need::need_check(context, &mut map, languages);
    definition.retention = map.required_text(context, "retention");
    definition.register = map.bool(context, "register");
    definition.attachments = limits(context, &mut map);
    if let Some(node) = map.required(context, "sections") {
        for (index, node) in context.list(node, "sections").iter().enumerate() {
            definition.sections.push(section(context, node, &format!("sections/{index}"), languages));
        }
    }
    if let Some(node) = map.node(context, "fees") {
        for (index, node) in context.list(node, "fees").iter().enumerate() {
            definition.fees.push(fee(context, node, &format!("fees/{index}")));
        }
    }
    map.finish(context);
    Ok((definition, std::mem::take(&mut context.places), std::mem::take(&mut context.problems)))
}

fn limits(context: &mut Context, map: &mut MapReader<'_>) -> FormLimits {
    let mut limits = FormLimits::default();
    let Some(node) = map.node(context, "attachments") else { return limits };
    let mut map = MapReader::new(context, node, "attachments", "attachments");
    limits.max_bytes = map.count(context, "max_bytes").map_or(limits.max_bytes, u64::from);
    limits.max_files = map.count(context, "max_files").unwrap_or(limits.max_files);
    map.finish(context);
    limits
}

fn section(context: &mut Context, node: &Node, path: &str, languages: &[&str]) -> Section {
    let mut map = MapReader::new(context, node, path, "sections");
    let section = Section {
        id: map.required_text(context, "id"),
        title: map.required_words(context, "title", languages),
        intro: map.words(context, "intro"),
        shown_when: condition(context, &mut map, "shown_when"),
        fields: fields::list(context, &mut map, "fields", languages),
    };
    map.finish(context);
    section
}

pub(super) fn condition(
    context: &mut Context,
    map: &mut MapReader<'_>,
    key: &'static str,
) -> Option<Condition> {
    let node = map.node(context, key)?;
    let path = map.path_of(key);
    let mut map = MapReader::new(context, node, &path, key);
    let field = map.required_text(context, "field");
    let mut is = Vec::new();
    if let Some(node) = map.required(context, "is") {
        for node in context.list(node, "is") {
            is.extend(context.text(node, "is"));
        }
    }
    map.finish(context);
    (!field.is_empty()).then_some(Condition { field, is })
}

fn fee(context: &mut Context, node: &Node, path: &str) -> FeeRule {
    let mut map = MapReader::new(context, node, path, "fees");
    let rule = FeeRule {
        card: map.required_text(context, "card"),
        fee: map.required_text(context, "fee"),
        group: map.text(context, "group"),
        times: map.text(context, "times"),
        when: condition(context, &mut map, "when"),
    };
    map.finish(context);
    rule
}
