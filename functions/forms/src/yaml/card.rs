//! A procedure card from its YAML.

use jiff::civil::Date;

use super::node::{self, Node};
use super::reader::{Context, MapReader};
use crate::money::Money;
use crate::problem::{Bilingual, Problems};
use crate::procedure::{AmountFrom, Card, Fee, Per, WorkingDays};
use crate::words::Words;

/// Reads a card, or says everything that is wrong with it.
pub(crate) fn read_card(id: &str, source: &str, languages: &[&str]) -> Result<Card, Problems> {
    let root = node::parse(source)?;
    let mut context = Context::default();
    let context = &mut context;
    let mut map = MapReader::new(context, &root, "", "postupak");
    let card = Card {
        id: id.to_owned(),
        title: required(context, &mut map, "title", languages),
        summary: required(context, &mut map, "summary", languages),
        fees: fees(context, &mut map, languages),
        deadline: deadline(context, &mut map),
        legal_basis: list_of_words(context, &mut map, "legal_basis", languages),
        documents: list_of_words(context, &mut map, "documents", languages),
        to_be_confirmed: map.bool(context, "to_be_confirmed"),
        form: map.text(context, "form"),
    };
    map.finish(context);
    let problems = std::mem::take(&mut context.problems);
    if problems.is_empty() { Ok(card) } else { Err(problems) }
}

pub(super) fn required(
    context: &mut Context,
    map: &mut MapReader<'_>,
    key: &'static str,
    languages: &[&str],
) -> Words {
    let words = map.required_words(context, key, languages);
    translated(context, &words, &map.path_of(key), languages);
    words
}

fn list_of_words(
    context: &mut Context,
    map: &mut MapReader<'_>,
    key: &'static str,
    languages: &[&str],
) -> Vec<Words> {
    let Some(node) = map.node(context, key) else { return Vec::new() };
    let nodes = context.list(node, key);
    let mut all = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let path = format!("{}/{index}", map.path_of(key));
        context.places.insert(path.clone(), node.place);
        let words = context.words(node, key);
        if words.languages().next().is_some() {
            translated(context, &words, &path, languages);
        }
        all.push(words);
    }
    all
}

fn fees(context: &mut Context, map: &mut MapReader<'_>, languages: &[&str]) -> Vec<Fee> {
    let Some(node) = map.node(context, "fees") else { return Vec::new() };
    let nodes = context.list(node, "fees");
    let mut fees: Vec<Fee> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let mut map = MapReader::new(context, node, &format!("fees/{index}"), "fees");
        let id = map.required_text(context, "id");
        if fees.iter().any(|fee| fee.id == id) {
            context.add(
                "duplicate-id",
                node.place,
                format!("Ime „{id}” već postoji."),
                format!("The name “{id}” is already taken."),
            );
        }
        let label = required(context, &mut map, "label", languages);
        let per = map
            .one_of(context, "per", &[("copy", Per::Copy), ("request", Per::Request)])
            .unwrap_or(Per::Request);
        let amounts = amounts(context, &mut map);
        map.finish(context);
        fees.push(Fee { id, label, per, amounts });
    }
    fees
}

fn amounts(context: &mut Context, map: &mut MapReader<'_>) -> Vec<AmountFrom> {
    let Some(node) = map.required(context, "amounts") else { return Vec::new() };
    let path = map.path_of("amounts");
    let nodes = context.list(node, "amounts");
    let mut amounts: Vec<AmountFrom> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let mut map = MapReader::new(context, node, &format!("{path}/{index}"), "amounts");
        let day = map.required_text(context, "valid_from");
        let amount = map.required_text(context, "amount");
        map.finish(context);
        let read = (read_day(context, node, &day), read_amount(context, node, &amount));
        if let (Some(valid_from), Some(amount)) = read {
            if amounts.iter().any(|known| known.valid_from == valid_from) {
                context.add(
                    "duplicate-day",
                    node.place,
                    format!("Za dan {valid_from} već je naveden iznos."),
                    format!("The day {valid_from} already has an amount."),
                );
            }
            amounts.push(AmountFrom { valid_from, amount });
        }
    }
    amounts
}

pub(super) fn read_day(context: &mut Context, node: &Node, text: &str) -> Option<Date> {
    let day = text.parse().ok();
    if day.is_none() && !text.is_empty() {
        context.problems.add(
            "bad-date",
            node.place,
            Bilingual::new(format!("`{text}` nije dan."), format!("`{text}` is not a day.")),
            Some(Bilingual::new("Pišite ga ovako: `2026-01-01`.", "Write it like this: `2026-01-01`.")),
        );
    }
    day
}

fn read_amount(context: &mut Context, node: &Node, text: &str) -> Option<Money> {
    let amount = Money::parse(text);
    if amount.is_none() && !text.is_empty() {
        context.problems.add(
            "bad-amount",
            node.place,
            Bilingual::new(format!("`{text}` nije iznos u KM."), format!("`{text}` is not an amount in KM.")),
            Some(Bilingual::new("Pišite ga ovako: `\"3,00\"`.", "Write it like this: `\"3,00\"`.")),
        );
    }
    amount
}

fn deadline(context: &mut Context, map: &mut MapReader<'_>) -> Option<WorkingDays> {
    let node = map.node(context, "working_days")?;
    let mut map = MapReader::new(context, node, "working_days", "working_days");
    let (from, to) = (map.count(context, "from"), map.count(context, "to"));
    map.finish(context);
    match (from, to) {
        (Some(from), Some(to)) if from <= to && to > 0 => Some(WorkingDays { from, to }),
        _ => {
            context.add(
                "bad-bounds",
                node.place,
                "Rok u radnim danima čine `from` i `to`, npr. `{from: 1, to: 5}`.",
                "A deadline in working days has `from` and `to`, such as `{from: 1, to: 5}`.",
            );
            None
        }
    }
}

pub(super) fn translated(context: &mut Context, words: &Words, path: &str, languages: &[&str]) {
    let place = context.places.at(path);
    for lang in languages {
        if words.exactly(lang).is_none_or(str::is_empty) {
            context.add(
                "missing-translation",
                place,
                format!("Nedostaje tekst na jeziku `{lang}`."),
                format!("The text in `{lang}` is missing."),
            );
        }
    }
    for lang in words.languages().filter(|lang| !languages.contains(lang)) {
        context.add(
            "unknown-language",
            place,
            format!("Stranica nema jezik `{lang}`."),
            format!("The site has no language `{lang}`."),
        );
    }
}
