//! The calendar of working days from its YAML.

use jiff::civil::Date;

use super::card::{read_day, required};
use super::node::{self, Node};
use super::reader::{Context, MapReader, unknown};
use crate::calendar::{Calendar, DayOfWeek, Holiday, On};
use crate::problem::{Bilingual, Problems};

const MOST_DAYS: u32 = 31;

/// Reads a calendar, or says everything that is wrong with it.
pub(crate) fn read_calendar(source: &str, languages: &[&str]) -> Result<Calendar, Problems> {
    let root = node::parse(source)?;
    let mut context = Context::default();
    let context = &mut context;
    let mut map = MapReader::new(context, &root, "", "praznici");
    let calendar = Calendar {
        to_be_confirmed: map.bool(context, "to_be_confirmed"),
        days_off: days_off(context, &mut map),
        holidays: holidays(context, &mut map, languages),
    };
    map.finish(context);
    let problems = std::mem::take(&mut context.problems);
    if problems.is_empty() { Ok(calendar) } else { Err(problems) }
}

fn days_off(context: &mut Context, map: &mut MapReader<'_>) -> Vec<DayOfWeek> {
    let Some(list) = map.required(context, "days_off") else { return Vec::new() };
    let mut days = Vec::new();
    for node in context.list(list, "days_off") {
        let Some(text) = context.text(node, "days_off") else { continue };
        match DayOfWeek::NAMES.iter().find(|(name, _)| *name == text) {
            Some((_, day)) if days.contains(day) => duplicate(context, node, &text),
            Some((_, day)) => days.push(*day),
            None => {
                unknown(context, "unknown-value", node.place, &text, &DayOfWeek::NAMES.map(|(name, _)| name))
            }
        }
    }
    if days.len() == DayOfWeek::NAMES.len() {
        context.add(
            "no-working-day",
            list.place,
            "Nijedan dan u tjednu nije radni, pa se rok ne može izračunati.",
            "No day of the week is a working day, so that no deadline can be counted.",
        );
    }
    days
}

fn holidays(context: &mut Context, map: &mut MapReader<'_>, languages: &[&str]) -> Vec<Holiday> {
    let Some(node) = map.required(context, "holidays") else { return Vec::new() };
    let mut all: Vec<Holiday> = Vec::new();
    for (index, node) in context.list(node, "holidays").iter().enumerate() {
        let mut map = MapReader::new(context, node, &format!("holidays/{index}"), "holidays");
        let id = map.required_text(context, "id");
        if all.iter().any(|holiday| holiday.id == id) {
            duplicate(context, node, &id);
        }
        let name = required(context, &mut map, "name", languages);
        let on = on(context, &mut map);
        let days = days(context, &mut map);
        let valid_from = map.required(context, "valid_from").and_then(|node| day(context, node));
        let valid_until = map.node(context, "valid_until").and_then(|node| day(context, node));
        if let (Some(from), Some(until)) = (valid_from, valid_until)
            && until < from
        {
            context.add(
                "bad-bounds",
                node.place,
                "`valid_until` je prije `valid_from`.",
                "`valid_until` is before `valid_from`.",
            );
        }
        let moves_from_sunday = map.bool(context, "moves_from_sunday");
        map.finish(context);
        if let (Some(on), Some(valid_from)) = (on, valid_from) {
            all.push(Holiday { id, name, on, days, valid_from, valid_until, moves_from_sunday });
        }
    }
    all
}

/// Exactly one of `day` (each year), `easter` (days after it) and `date` (once).
fn on(context: &mut Context, map: &mut MapReader<'_>) -> Option<On> {
    let yearly = map.node(context, "day");
    let easter = map.int(context, "easter");
    let date = map.node(context, "date");
    match (yearly, easter, date) {
        (Some(node), None, None) => yearly_day(context, node),
        (None, Some(after), None) => {
            let after = i32::try_from(after).ok().filter(|after| after.abs() <= 100);
            if after.is_none() {
                context.add(
                    "bad-bounds",
                    map.place(),
                    "`easter` je broj dana nakon Uskrsa, od -100 do 100.",
                    "`easter` is a number of days after Easter, from -100 to 100.",
                );
            }
            after.map(On::Easter)
        }
        (None, None, Some(node)) => day(context, node).map(On::Once),
        _ => {
            context.problems.add(
                "holiday-day",
                map.place(),
                Bilingual::new(
                    "Praznik ima točno jedan od ključeva `day`, `easter` i `date`.",
                    "A holiday has exactly one of the keys `day`, `easter` and `date`.",
                ),
                Some(Bilingual::new(
                    "`day: \"05-01\"` vrijedi svake godine, `easter: 1` je Uskrsni ponedjeljak, `date: \"2026-11-26\"` samo taj dan.",
                    "`day: \"05-01\"` holds each year, `easter: 1` is Easter Monday, `date: \"2026-11-26\"` that day only.",
                )),
            );
            None
        }
    }
}

fn yearly_day(context: &mut Context, node: &Node) -> Option<On> {
    let text = context.text(node, "day")?;
    // 29 February has no day each year.
    let read = format!("2001-{text}").parse::<Date>().ok().filter(|_| text.len() == 5);
    if read.is_none() {
        context.problems.add(
            "bad-date",
            node.place,
            Bilingual::new(
                format!("`{text}` nije dan u svakoj godini."),
                format!("`{text}` is not a day of every year."),
            ),
            Some(Bilingual::new(
                "Pišite mjesec i dan ovako: `\"05-01\"`.",
                "Write month and day like this: `\"05-01\"`.",
            )),
        );
    }
    read.map(|day| On::Yearly { month: day.month(), day: day.day() })
}

fn days(context: &mut Context, map: &mut MapReader<'_>) -> u32 {
    let Some(days) = map.count(context, "days") else { return 1 };
    if !(1..=MOST_DAYS).contains(&days) {
        context.add(
            "bad-bounds",
            map.place(),
            format!("Praznik traje od 1 do {MOST_DAYS} dana, a ne {days}."),
            format!("A holiday lasts from 1 to {MOST_DAYS} days, not {days}."),
        );
    }
    days
}

fn day(context: &mut Context, node: &Node) -> Option<Date> {
    let text = context.text(node, "date")?;
    read_day(context, node, &text)
}

fn duplicate(context: &mut Context, node: &Node, name: &str) {
    context.add(
        "duplicate-id",
        node.place,
        format!("„{name}” je navedeno dvaput."),
        format!("“{name}” is given twice."),
    );
}
