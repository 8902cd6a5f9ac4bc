//! The plain text of Markdown events.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::markdown::Spanned;

/// The text of inline events.
pub(super) fn plain(events: &[Spanned]) -> String {
    let mut text = String::new();
    for (event, _) in events {
        push_plain(&mut text, event);
    }
    text
}

fn push_plain(text: &mut String, event: &Event) {
    match event {
        Event::Text(part) | Event::Code(part) => text.push_str(part),
        Event::SoftBreak | Event::HardBreak => text.push(' '),
        _ => {}
    }
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
    let bytes = text.as_bytes();
    let first = bytes.first().is_some_and(|byte| !byte.is_ascii_whitespace());
    let after = bytes.get(1..).unwrap_or_default();
    // In sums of a byte, so that the compiler takes many at once.
    let begins =
        |(before, byte): (&u8, &u8)| u8::from(before.is_ascii_whitespace() & !byte.is_ascii_whitespace());
    let sum = |(before, after): (&[u8], &[u8])| usize::from(before.iter().zip(after).map(begins).sum::<u8>());
    usize::from(first) + bytes.chunks(128).zip(after.chunks(128)).map(sum).sum::<usize>()
}

/// The first paragraph as plain text.
pub(super) fn first_paragraph<'a>(events: impl Iterator<Item = Event<'a>>) -> String {
    let mut text = String::new();
    let from_start = events.skip_while(|event| !matches!(event, Event::Start(Tag::Paragraph)));
    for event in from_start.take_while(|event| !matches!(event, Event::End(TagEnd::Paragraph))) {
        push_plain(&mut text, &event);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_wherever_the_chunks_end() {
        for words in [0, 1, 2, 30, 31, 32, 33, 64, 500] {
            for word in ["a", "čaj", "riječ"] {
                let text = vec![word; words].join(" ");
                assert_eq!(words_of(&text), words, "{word}");
                assert_eq!(words_of(&format!(" {text}\n")), words, "{word}");
            }
        }
    }
}
