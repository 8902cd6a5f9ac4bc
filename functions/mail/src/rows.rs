//! A letter's text with its values in place: rows, from which the plain text and the HTML are made alike.

use crate::placeholder::{Placeholder, Values, next_placeholder};

/// A line of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Row {
    /// Divides paragraphs.
    Blank,
    Words(Vec<Piece>),
    /// `- …`
    Point(Vec<Piece>),
    /// One of the numbered steps.
    Step(usize, String),
    /// `[words](<an address>)` on a line of its own.
    Button {
        words: String,
        url: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Url(String),
}

/// Puts values and steps into a text. A line that names a value which is not known is left out; a value is never
/// read as a part of the text.
pub(crate) fn fill(template: &str, values: &Values<'_>, steps: &[String]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for line in template.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            // What was left out leaves no gap.
            if !matches!(rows.last(), None | Some(Row::Blank)) {
                rows.push(Row::Blank);
            }
        } else if let Some((before, after)) = line.split_once("{next}") {
            rows.extend(filled(before.trim(), values).filter(|pieces| !pieces.is_empty()).map(Row::Words));
            rows.extend((1..).zip(steps).map(|(number, step)| Row::Step(number, step.clone())));
            rows.extend(filled(after.trim(), values).filter(|pieces| !pieces.is_empty()).map(Row::Words));
        } else if let Some((words, name)) = button(line) {
            let url = Placeholder::by_name(name).and_then(|name| name.value(values));
            let words = filled(words, values).map(|pieces| plain(&pieces));
            rows.extend(url.zip(words).map(|(url, words)| Row::Button { words, url: one_line(url) }));
        } else if let Some(point) = line.strip_prefix("- ") {
            rows.extend(filled(point, values).map(Row::Point));
        } else {
            rows.extend(filled(line, values).map(Row::Words));
        }
    }
    if rows.last() == Some(&Row::Blank) {
        rows.pop();
    }
    rows
}

/// A subject: one line, whatever a value holds.
pub(crate) fn subject(template: &str, values: &Values<'_>) -> Option<String> {
    filled(template, values).map(|pieces| one_line(&plain(&pieces)))
}

/// The words and the placeholder of `[words]({placeholder})`.
pub(crate) fn button(line: &str) -> Option<(&str, &str)> {
    line.trim().strip_prefix('[')?.strip_suffix("})")?.split_once("]({")
}

fn filled(line: &str, values: &Values<'_>) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((before, name, after)) = next_placeholder(rest) {
        let placeholder = Placeholder::by_name(name)?;
        let value = one_line(placeholder.value(values)?);
        text(&mut pieces, before);
        if placeholder.is_url() {
            pieces.push(Piece::Url(value))
        } else {
            text(&mut pieces, &value)
        }
        rest = after;
    }
    text(&mut pieces, rest);
    Some(pieces)
}

fn text(pieces: &mut Vec<Piece>, more: &str) {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text.push_str(more),
        _ if more.is_empty() => {}
        _ => pieces.push(Piece::Text(more.to_owned())),
    }
}

pub(crate) fn plain(pieces: &[Piece]) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Text(text) | Piece::Url(text) => text.as_str(),
        })
        .collect()
}

/// A value has one line: nothing can start another header, or another paragraph.
fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let spaced: String = text.chars().map(|c| if breaks(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> Values<'static> {
        Values { reference: "7Q2M-4XKD", form_title: "Upis {town}\r\n\r\n[x]({link})", ..Values::default() }
    }

    #[test]
    fn a_value_is_neither_a_placeholder_nor_a_line_nor_a_button() {
        let rows = fill("{form_title}", &values(), &[]);
        assert_eq!(rows, [Row::Words(vec![Piece::Text("Upis {town} [x]({link})".to_owned())])]);
    }

    #[test]
    fn a_line_without_its_value_is_left_out_and_leaves_no_gap() {
        let rows =
            fill("A\n\nRok: {promised}\n\n[Stanje]({status_url})\n\nB\n\n{tracking}\n", &values(), &[]);
        let words = |text: &str| Row::Words(vec![Piece::Text(text.to_owned())]);
        assert_eq!(rows, [words("A"), Row::Blank, words("B")]);
    }

    #[test]
    fn an_address_stays_apart_from_the_words_around_it() {
        let values = Values { link: Some("https://x.example/a"), ..values() };
        assert_eq!(
            fill("Ovdje: {link}.\n  [Potvrdi {reference}]({link})", &values, &[]),
            [
                Row::Words(vec![
                    Piece::Text("Ovdje: ".to_owned()),
                    Piece::Url("https://x.example/a".to_owned()),
                    Piece::Text(".".to_owned())
                ]),
                Row::Button { words: "Potvrdi 7Q2M-4XKD".to_owned(), url: "https://x.example/a".to_owned() },
            ]
        );
    }
}
