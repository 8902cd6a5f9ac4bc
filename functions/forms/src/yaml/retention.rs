//! The retention table from its YAML.

use super::card::required;
use super::node::{self, Node};
use super::reader::{Context, MapReader};
use crate::problem::{Bilingual, Problems};
use crate::retention::{
    EXPORT, From, Kept, LONGEST_BEHIND_LINK, LONGEST_RECEIPT_COPY, PRINT_PROOF, PROGRAM_ROWS, Period,
    RECEIPT_COPY, Retention, Row, STAGED_FILES, Unit,
};
use crate::words::Words;

/// Reads a table, or says everything that is wrong with it.
pub(crate) fn read_retention(source: &str, languages: &[&str]) -> Result<Retention, Problems> {
    let root = node::parse(source)?;
    let mut context = Context::default();
    let context = &mut context;
    let mut map = MapReader::new(context, &root, "", "cuvanje");
    let nodes = map.required(context, "rows").map(|node| context.list(node, "rows")).unwrap_or_default();
    let mut rows: Vec<Row> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        let row = row(context, node, index, languages);
        if rows.iter().any(|known| known.id == row.id) {
            context.add(
                "duplicate-id",
                node.place,
                format!("Redak „{}” već postoji.", row.id),
                format!("There is a row “{}” already.", row.id),
            );
        }
        rows.push(row);
    }
    for id in PROGRAM_ROWS.iter().filter(|id| !rows.iter().any(|row| row.id == **id)) {
        context.problems.add(
            "retention-row-missing",
            root.place,
            Bilingual::new(format!("Nedostaje redak „{id}”."), format!("The row “{id}” is missing.")),
            Some(Bilingual::new(
                "Program to čuva i bez retka; tko čita obavijest, treba to znati.",
                "The program keeps it all the same; whoever reads the notice should know.",
            )),
        );
    }
    map.finish(context);
    let problems = std::mem::take(&mut context.problems);
    if problems.is_empty() { Ok(Retention(rows)) } else { Err(problems) }
}

fn row(context: &mut Context, node: &Node, index: usize, languages: &[&str]) -> Row {
    let mut map = MapReader::new(context, node, &format!("rows/{index}"), "rows");
    let id = map.required_text(context, "id");
    let class = map.text(context, "class");
    let data = required(context, &mut map, "data", languages);
    let basis = required(context, &mut map, "basis", languages);
    let written = map.node(context, "period");
    let period = written.and_then(|node| period(context, node));
    let from = map.one_of(context, "from", &From::NAMES);
    let until = map.words(context, "until");
    let note = map.words(context, "note");
    for words in until.iter().chain(&note) {
        super::card::translated(context, words, &map.path_of("until"), languages);
    }
    let to_be_confirmed = map.bool(context, "to_be_confirmed");
    map.finish(context);
    let told_already = written.is_some() && period.is_none();
    let kept = match (period, from, until) {
        (Some(period), Some(from), None) => Kept::For(period, from),
        (None, None, Some(words)) => Kept::Until(words),
        _ if told_already => {
            return Row {
                id,
                class,
                data,
                basis,
                kept: Kept::Until(Words::default()),
                note,
                to_be_confirmed,
            };
        }
        _ => {
            context.problems.add(
                "retention-period",
                node.place,
                Bilingual::new(
                    "Redak ima ili `period` i `from`, ili `until` riječima.",
                    "A row has either `period` and `from`, or `until` in words.",
                ),
                Some(Bilingual::new(
                    "npr. `period: { months: 24 }` i `from: closed`",
                    "e.g. `period: { months: 24 }` and `from: closed`",
                )),
            );
            return Row {
                id,
                class,
                data,
                basis,
                kept: Kept::Until(Words::default()),
                note,
                to_be_confirmed,
            };
        }
    };
    fits(context, node, &id, class.as_deref(), &kept);
    Row { id, class, data, basis, kept, note, to_be_confirmed }
}

/// A row that the program acts on has to be one that it can act on.
fn fits(context: &mut Context, node: &Node, id: &str, class: Option<&str>, kept: &Kept) {
    let (hr, en) = match (id, class, kept) {
        (
            RECEIPT_COPY,
            _,
            Kept::For(Period { count: ..=LONGEST_RECEIPT_COPY, unit: Unit::Minutes }, From::Received),
        ) => {
            return;
        }
        (RECEIPT_COPY, ..) => (
            "Preslika odgovora čuva se najviše 60 minuta: `period: { minutes: 1–60 }` i `from: received`.",
            "The copy of the answers is kept for 60 minutes at most: `period: { minutes: 1–60 }` and `from: received`.",
        ),
        (
            PRINT_PROOF | EXPORT,
            _,
            Kept::For(Period { count: ..=LONGEST_BEHIND_LINK, unit: Unit::Days }, From::Sent),
        ) => return,
        (PRINT_PROOF | EXPORT, ..) => (
            "Što čeka iza poveznice čuva se najviše 90 dana: `period: { days: 1–90 }` i `from: sent`.",
            "What waits behind a link is kept for 90 days at most: `period: { days: 1–90 }` and `from: sent`.",
        ),
        (STAGED_FILES, _, Kept::For(_, From::Staged)) => return,
        (STAGED_FILES, ..) => (
            "Za priloge bez potvrde treba `period` i `from: staged`.",
            "Files without confirmation need `period` and `from: staged`.",
        ),
        (_, Some(_), Kept::For(_, From::Staged | From::Sent) | Kept::Until(_)) => (
            "Za zapise treba `period` i `from: received`, `closed` ili `last_change`.",
            "Records need `period` and `from: received`, `closed` or `last_change`.",
        ),
        _ => return,
    };
    context.add("retention-unfit", node.place, hr, en);
}

fn period(context: &mut Context, node: &Node) -> Option<Period> {
    let mut map = MapReader::new(context, node, "period", "period");
    let mut found = Vec::new();
    for (name, unit) in Unit::NAMES {
        if let Some(count) = map.count(context, name) {
            found.push(Period { count, unit });
        }
    }
    map.finish(context);
    match found[..] {
        [period] if (1..=1200).contains(&period.count) => Some(period),
        _ => {
            context.add(
                "bad-bounds",
                node.place,
                "Rok je jedan broj od 1 do 1200 i jedinica: minutes, hours, days, months ili years.",
                "A period is one number from 1 to 1200 and its unit: minutes, hours, days, months or years.",
            );
            None
        }
    }
}
