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
    // Of the control characters a text has only those that are white space.
    let is_space = |byte: &u8| *byte <= b' ';
    let bytes = text.as_bytes();
    let first = bytes.first().is_some_and(|byte| !is_space(byte));
    let after = bytes.get(1..).unwrap_or_default();
    // In sums of a byte, so that the compiler takes many at once.
    let begins = |(before, byte): (&u8, &u8)| u8::from(is_space(before) & !is_space(byte));
    let sum = |(before, after): (&[u8], &[u8])| usize::from(before.iter().zip(after).map(begins).sum::<u8>());
    usize::from(first) + bytes.chunks(128).zip(after.chunks(128)).map(sum).sum::<usize>()
}

/// The first paragraph as plain text; lines that begin with `:::` are none.
pub(super) fn first_paragraph<'a>(mut events: impl Iterator<Item = Event<'a>>) -> String {
    while events.by_ref().any(|event| matches!(event, Event::Start(Tag::Paragraph))) {
        let mut text = String::new();
        let mut in_directive = false;
        for event in events.by_ref().take_while(|event| !matches!(event, Event::End(TagEnd::Paragraph))) {
            match &event {
                Event::Text(part) if part.starts_with(":::") && (in_directive || is_line_begin(&text)) => {
                    in_directive = true;
                }
                Event::SoftBreak | Event::HardBreak if in_directive => in_directive = false,
                _ if in_directive => {}
                other => push_plain(&mut text, other),
            }
        }
        if !text.trim().is_empty() {
            text.truncate(text.trim_end().len());
            return text;
        }
    }
    String::new()
}

/// A break became a space.
fn is_line_begin(text: &str) -> bool {
    text.is_empty() || text.ends_with(' ')
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

    #[test]
    fn the_first_paragraph_is_the_first_with_words_of_its_own() {
        let first = |markdown: &str| first_paragraph(pulldown_cmark::Parser::new(markdown));
        assert_eq!(first("## Naslov\n\nPrvi *odlomak*\ndalje.\n\nDrugi."), "Prvi odlomak dalje.");
        assert_eq!(first("::: lang de\n\nGuten Tag.\n\n:::\n\nDrugi."), "Guten Tag.");
        assert_eq!(first("::: lang de\nGuten Tag.\n:::\n\nDrugi."), "Guten Tag.");
        assert_eq!(first("::: cuvanje\n\nDrugi."), "Drugi.");
        assert_eq!(first("U tekstu ::: ostaje."), "U tekstu ::: ostaje.");
        assert_eq!(first("# Naslov"), "");
    }
}
