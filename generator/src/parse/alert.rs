//! What an alert must not have: its text stands above other pages, so it is short, and nothing in it can meet an id or
//! a heading of theirs.

use pulldown_cmark::{Event, Parser, Tag};

use super::body::Body;
use super::markdown::OPTIONS;
use super::{SlotUse, problems};
use crate::check::personal_numbers;
use crate::diagnostic::{Diagnostic, Place};

/// More than a person reads before the page that they came for.
const LENGTH: usize = 600;

/// `allowed` are the numbers that may stand in texts.
pub(super) fn check(
    shown: &str,
    text: &str,
    body_start: usize,
    body: &Body,
    allowed: &[String],
) -> Vec<Diagnostic> {
    let markdown = &text[body_start..];
    let place = |range: std::ops::Range<usize>| {
        // A block ends with its line.
        let length = markdown[range.clone()].trim_end().len();
        Place::span(shown, text, range.start + body_start..range.start + body_start + length)
    };
    let blocks = Parser::new_ext(markdown, OPTIONS).into_offset_iter().filter(|(event, _)| is_refused(event));
    let tables = body.slots.iter().filter(|slot| slot.usage == SlotUse::Retention);
    let mut found: Vec<Diagnostic> = blocks
        .map(|(_, range)| range)
        .chain(tables.map(|slot| slot.range.clone()))
        .map(|range| problems::alert_with_block(place(range)))
        .collect();
    for (event, range) in Parser::new_ext(markdown, OPTIONS).into_offset_iter() {
        if let Event::Text(words) = event {
            // The number is nothing to repeat.
            let place = Place { text: String::new(), ..place(range) };
            found.extend(personal_numbers(&words, allowed, &place));
        }
    }
    let length = markdown.trim().chars().count();
    if length > LENGTH {
        let start = markdown.len() - markdown.trim_start().len();
        found.push(problems::alert_too_long(place(start..start + 1), length, LENGTH));
    }
    found
}

fn is_refused(event: &Event) -> bool {
    match event {
        Event::Start(tag) => matches!(
            tag,
            Tag::Heading { .. }
                | Tag::Table(_)
                | Tag::CodeBlock(_)
                | Tag::BlockQuote(_)
                | Tag::Image { .. }
                | Tag::FootnoteDefinition(_)
        ),
        Event::Rule | Event::TaskListMarker(_) | Event::FootnoteReference(_) => true,
        _ => false,
    }
}
