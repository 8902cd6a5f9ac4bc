//! The front matter that nearly every article has, read without the YAML library: one `key: value` a line; texts in
//! double quotes, of plain words or folded, lists in brackets or with a line for each. Whatever else stands there, a
//! mistake above all, is nothing for this reader and left to the library; where both read it, they read the same.

use super::keys::Raw;
use super::written::{LINE_OFFSET, Spot, Written};

/// Reads a flat front matter; none if it is not flat.
pub(super) fn read(text: &str) -> Option<Raw> {
    let mut raw = Raw::default();
    let mut seen = Vec::with_capacity(8);
    let mut lines = Lines { rest: text, number: LINE_OFFSET };
    while let Some(line) = lines.next() {
        let (key, rest) = line.split_once(':')?;
        if seen.contains(&key) {
            return None;
        }
        seen.push(key);
        let value = match rest.strip_prefix(' ') {
            Some(rest) => rest.trim_matches(' '),
            None if rest.is_empty() => "",
            None => return None,
        };
        let column = line.len() - rest.len() + (rest.len() - rest.trim_start_matches(' ').len()) + 1;
        let spot = Spot { line: lines.number, column };
        let written = |value: String| Some(Written { value, spot });
        match key {
            "title" => raw.title = written(text_of(value)?),
            "description" => raw.description = Some(long_text(value, &mut lines)?),
            "date" => raw.date = written(moment_of(value)?),
            "updated" => raw.updated = written(moment_of(value)?),
            "publish" => raw.publish = written(moment_of(value)?),
            "expires" => raw.expires = written(moment_of(value)?),
            "draft" => raw.draft = Some(bool_of(value)?),
            "categories" => raw.categories = Some(list_of(value, spot, &mut lines)?),
            "tags" => raw.tags = Some(list_of(value, spot, &mut lines)?),
            "series" => raw.series = written(text_of(value)?),
            "source" => raw.source = written(text_of(value)?),
            "slug" => raw.slug = written(text_of(value)?),
            _ => return None,
        }
    }
    Some(raw)
}

/// Lines with their number in the file.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a str> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.number += 1;
        Some(line.strip_suffix('\r').unwrap_or(line))
    }

    /// The next line, if it begins with these spaces and goes on with something else.
    fn indented(&mut self, indent: &str) -> Option<&'a str> {
        let inside = self.rest.strip_prefix(indent)?;
        if inside.starts_with([' ', '\t', '\n', '\r']) || inside.is_empty() {
            return None;
        }
        self.next().and_then(|line| line.strip_prefix(indent))
    }
}

fn text_of(value: &str) -> Option<String> {
    quoted(value).or_else(|| plain(value)).map(str::to_owned)
}

/// The indentation of what belongs to a key.
const INDENT: &str = "  ";

/// On the key's line, or folded below it: `>-` and indented lines, which become one.
fn long_text(value: &str, lines: &mut Lines) -> Option<String> {
    if value != ">-" {
        return text_of(value);
    }
    let mut text = String::new();
    while let Some(line) = lines.indented(INDENT) {
        if line.ends_with(' ') || line.contains(|c: char| c.is_control() || is_line_end(c)) {
            return None;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line);
    }
    // An empty line or a deeper one has a meaning of its own.
    (!text.is_empty() && !lines.rest.starts_with([' ', '\t', '\n', '\r'])).then_some(text)
}

/// `"…"` without an escape; a control character is the library's to judge.
fn quoted(value: &str) -> Option<&str> {
    let inside = value.strip_prefix('"')?.strip_suffix('"')?;
    let is_odd = |byte: u8| matches!(byte, b'"' | b'\\') || byte < b' ' || byte == 0x7f;
    // The control characters above ASCII (what a wrong encoding leaves behind) begin with this byte.
    let may_be_control = |byte: u8| byte == 0xc2;
    let is_good = !inside.bytes().any(is_odd)
        && (!inside.bytes().any(may_be_control) || !inside.contains(char::is_control));
    is_good.then_some(inside)
}

/// Words without quotes that can be nothing but a text: they begin with a letter and hold no sign that YAML knows.
fn plain(value: &str) -> Option<&str> {
    let is_sign = |c: char| {
        matches!(
            c,
            ':' | '#'
                | '['
                | ']'
                | '{'
                | '}'
                | '&'
                | '*'
                | '!'
                | '|'
                | '>'
                | '\''
                | '"'
                | '%'
                | '@'
                | '`'
                | '\\'
        ) || c.is_control()
            || is_line_end(c)
    };
    // What YAML takes for something else is short.
    let is_word_of_yaml = value.len() <= 5
        && ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "nan", "inf"]
            .iter()
            .any(|word| value.eq_ignore_ascii_case(word));
    let begins_with_letter = value.chars().next().is_some_and(char::is_alphabetic);
    (begins_with_letter && !is_word_of_yaml && !value.contains(is_sign)).then_some(value)
}

/// Line ends of Unicode, and its mark of byte order.
fn is_line_end(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{feff}')
}

/// `2019-05-15`, or with a time and an offset; quoted or not, it is a text.
fn moment_of(value: &str) -> Option<String> {
    let inside = quoted(value).unwrap_or(value);
    let is_of_moment =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'T' | b':' | b'+' | b'.' | b'Z');
    (inside.len() >= 10
        && inside.bytes().all(is_of_moment)
        && inside.starts_with(|c: char| c.is_ascii_digit())
        && !inside.ends_with(':'))
    .then(|| inside.to_owned())
}

fn bool_of(value: &str) -> Option<bool> {
    match value {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// `["a", b c]`, or a line `  - a` for each.
fn list_of(value: &str, spot: Spot, lines: &mut Lines) -> Option<Written<Vec<String>>> {
    if !value.is_empty() {
        return Some(Written { value: in_brackets(value)?, spot });
    }
    let spot = Spot { line: lines.number + 1, column: INDENT.len() + 1 };
    let mut items = Vec::new();
    while let Some(line) = lines.indented(INDENT) {
        items.push(text_of(line.strip_prefix("- ")?.trim_matches(' '))?);
    }
    (!items.is_empty()).then_some(Written { value: items, spot })
}

fn in_brackets(value: &str) -> Option<Vec<String>> {
    let inside = value.strip_prefix('[')?.strip_suffix(']')?.trim_matches(' ');
    if inside.is_empty() {
        return Some(Vec::new());
    }
    let mut items = Vec::new();
    let mut rest = inside;
    loop {
        // A comma inside quotes is a part of the text.
        let end = match rest.strip_prefix('"') {
            Some(inside) => inside.find('"')? + 2,
            None => rest.find(',').unwrap_or(rest.len()),
        };
        let (item, after) = rest.split_at(end);
        items.push(text_of(item.trim_matches(' '))?);
        let after = after.trim_start_matches(' ');
        match after.strip_prefix(',') {
            Some(next) => rest = next.trim_start_matches(' '),
            None if after.is_empty() => return Some(items),
            None => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_library(text: &str) -> Result<Raw, String> {
        let file = format!("---\n{text}---\n");
        crate::yaml::read("x.md", &file, text, LINE_OFFSET).map_err(|found| found.message.en)
    }

    #[test]
    fn what_it_reads_the_library_reads_alike() {
        let values = [
            "\"Što je novo\"",
            "\"a: b # c\"",
            "Što je novo",
            "novosti",
            "null",
            "~",
            "true",
            "false",
            "yes",
            "Yes",
            "on",
            "12",
            "1.5",
            "0x1f",
            ".nan",
            "2019-05-15",
            "2019-05-15T10:",
            "\"2019-05-15\"",
            "2019-05-15T10:00:00+02:00",
            "2019-05-15 10:00",
            "2019-02-30",
            "\"\"",
            "''",
            "'a'",
            "\"a\\nb\"",
            "\"a\"b\"",
            "\"Gra\u{91}ani\"",
            "\"§ 5,\u{a0}stavak 2\"",
            "\"a\u{85}b\"",
            "Gra\u{91}ani",
            "- a",
            "a: b",
            "a #b",
            "#a",
            "[a",
            "[]",
            "[ ]",
            "[a, b]",
            "[novosti, Gradska uprava]",
            "[\"a, b\", novosti]",
            "[\"a\" \"b\"]",
            "[\"a\",]",
            "[,]",
            "[[a]]",
            "{a: b}",
            "&a novosti",
            "*a",
            "!!str novosti",
            "| novosti",
            "> novosti",
            "%novosti",
            "@novosti",
            "`novosti",
            "novosti:",
            "novosti\t",
            "\tnovosti",
            "novosti   ",
            "   novosti",
            "ÿþ novosti",
            "novosti\u{85}a",
            "?novosti",
            "? novosti",
            "infinity",
            "Infinity",
            "12novosti",
            "-novosti",
            "\"novosti\" # kraj",
            "novosti # kraj",
            "novosti, a",
            "novosti \u{2028}a",
        ];
        let keys = [
            "title",
            "description",
            "date",
            "updated",
            "publish",
            "expires",
            "draft",
            "categories",
            "tags",
            "series",
            "source",
            "slug",
            "weight",
            "picture",
            "Title",
            " title",
            "nepoznato",
            "\"title\"",
        ];
        let mut read_by_both = 0;
        for key in keys {
            for value in values {
                for text in [
                    format!("{key}: {value}\n"),
                    format!("{key}: {value}\ntitle: \"Drugi redak\"\n"),
                    format!("source: novosti\n{key}: {value}\n  nastavak\n"),
                    format!("{key}:  {value}\r\nsource: novosti\r\n"),
                    format!("{key}: {value}\n\nsource: novosti\n"),
                    format!("{key}: {value}\n  prvi redak,\n  drugi redak: i\nsource: novosti\n"),
                    format!("{key}: {value}\n  prvi redak\n\n  drugi redak\n"),
                    format!("{key}: {value}\n  prvi redak\n   drugi redak\n"),
                    format!("{key}: {value}\n  prvi redak \n  drugi redak"),
                    format!("{key}:\n  - {value}\n  - muzej\nsource: novosti\n"),
                    format!("{key}:\n- {value}\n- muzej\nsource: novosti\n"),
                    format!("{key}:\n  - muzej\n  - {value}\n    dalje\n"),
                    format!("{key}:\n  - muzej\n\n  - {value}"),
                ] {
                    if let Some(flat) = read(&text) {
                        assert_eq!(by_library(&text), Ok(flat), "{text:?}");
                        read_by_both += 1;
                    }
                }
            }
        }
        assert!(read_by_both > 100, "{read_by_both}");
    }

    #[test]
    fn an_article_as_editors_write_it_is_flat() {
        let text = "title: \"Građani i gospodarstvo – evo što trebate znati\"\ndate: 2006-06-09T12:04:24+02:00\n\
                    description: Kratko o svemu.\ncategories: [\"Sport\", Promet i veze]\ntags: []\ndraft: false\n";
        let raw = read(text).unwrap();
        assert_eq!(raw.categories.unwrap().value, ["Sport", "Promet i veze"]);
        assert_eq!(raw.title.unwrap().spot, Spot { line: 2, column: 8 });
    }
}
