//! The plain text of Markdown events.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::markdown::Spanned;

/// The text of inline events.
pub(super) fn plain(events: &[Spanned]) -> String {
    let mut text = String::new();
    for (event, _) in events {
        match event {
            Event::Text(part) | Event::Code(part) => text.push_str(part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// Number of words.
pub(super) fn words(events: &[Spanned]) -> usize {
    events
        .iter()
        .map(|(event, _)| match event {
            Event::Text(text) => words_of(text),
            _ => 0,
        })
        .sum()
}

/// Where a byte that is no white space follows one that is: in Croatian and its neighbours that are the words.
fn words_of(text: &str) -> usize {
    let mut before = b' ';
    let begins = |byte: &u8| {
        let is_begin = !byte.is_ascii_whitespace() && before.is_ascii_whitespace();
        before = *byte;
        is_begin
    };
    text.as_bytes().iter().map(begins).map(usize::from).sum()
}

/// The first paragraph as plain text.
pub(super) fn first_paragraph(events: &[Spanned]) -> String {
    let start = events.iter().position(|(event, _)| matches!(event, Event::Start(Tag::Paragraph)));
    let Some(start) = start else { return String::new() };
    let length = events[start..]
        .iter()
        .position(|(event, _)| matches!(event, Event::End(TagEnd::Paragraph)))
        .unwrap_or(0);
    plain(&events[start..start + length])
}
