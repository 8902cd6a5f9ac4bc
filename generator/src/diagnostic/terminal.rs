//! Diagnostics as text for a terminal: what, where, the line itself, the way out.

use std::fmt::Write;

use super::{Diagnostic, MessageLanguage, Severity};

/// Whether to use ANSI colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Escape sequences for a terminal.
    Ansi,
    /// None.
    Plain,
}

struct Words {
    error: &'static str,
    warning: &'static str,
    help: &'static str,
}

fn words(language: MessageLanguage) -> Words {
    match language {
        MessageLanguage::Hr => Words { error: "greška", warning: "upozorenje", help: "pomoć" },
        MessageLanguage::En => Words { error: "error", warning: "warning", help: "help" },
    }
}

/// One diagnostic, with a line feed at the end.
pub fn show(diagnostic: &Diagnostic, language: MessageLanguage, colour: Colour) -> String {
    let paint = |code: &str, text: &str| match colour {
        Colour::Ansi => format!("\x1b[{code}m{text}\x1b[0m"),
        Colour::Plain => text.to_owned(),
    };
    let words = words(language);
    let head = match diagnostic.severity {
        Severity::Error => paint("1;31", &format!("{}[{}]", words.error, diagnostic.code)),
        Severity::Warning => paint("1;33", &format!("{}[{}]", words.warning, diagnostic.code)),
    };
    let mut out = String::new();
    // Writing to a String does not fail.
    let _ = writeln!(out, "{head}: {}", paint("1", &printable(language.of(&diagnostic.message))));
    if let Some(place) = &diagnostic.place {
        if place.line == 0 {
            let _ = writeln!(out, "  --> {}", printable(&place.path));
        } else if place.text.is_empty() {
            // What must not be repeated, or a line without anything to mark.
            let _ = writeln!(out, "  --> {}:{}:{}", printable(&place.path), place.line, place.column);
        } else {
            let number = place.line.to_string();
            let gutter = " ".repeat(number.len());
            // Long lines are cut around the mark, so that a minified file does not flood the terminal.
            let skipped = place.column.saturating_sub(80);
            let line: String = place.text.chars().skip(skipped).take(160).map(visible).collect();
            let indent = " ".repeat(place.column - 1 - skipped);
            let marks = "^".repeat(place.length.min(160));
            let _ = writeln!(out, "{gutter}--> {}:{}:{}", printable(&place.path), place.line, place.column);
            let _ = writeln!(out, "{gutter} |");
            let _ = writeln!(out, "{} {} {line}", paint("34", &number), paint("34", "|"));
            let _ = writeln!(out, "{gutter} | {indent}{}", paint("1;31", &marks));
        }
    }
    if let Some(help) = &diagnostic.help {
        let _ = writeln!(out, "  {}: {}", paint("1;36", words.help), printable(language.of(help)));
    }
    out
}

fn printable(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// A hostile file must not send escape sequences to the editor's terminal.
fn visible(character: char) -> char {
    if character == '\t' {
        ' '
    } else if character.is_control() {
        '\u{fffd}'
    } else {
        character
    }
}

/// `2 greške, 1 upozorenje` for the end of a run.
pub fn count(errors: usize, warnings: usize, language: MessageLanguage) -> String {
    match language {
        MessageLanguage::En => {
            format!("{errors} error{}, {warnings} warning{}", s(errors), s(warnings))
        }
        MessageLanguage::Hr => format!(
            "{errors} {}, {warnings} {}",
            croatian(errors, "greška", "greške", "grešaka"),
            croatian(warnings, "upozorenje", "upozorenja", "upozorenja")
        ),
    }
}

fn s(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// The Croatian form of a counted noun (CLDR: one, few, other).
pub fn croatian<'a>(count: usize, one: &'a str, few: &'a str, other: &'a str) -> &'a str {
    match (count % 10, count % 100) {
        (1, rest) if rest != 11 => one,
        (2..=4, rest) if !(12..=14).contains(&rest) => few,
        _ => other,
    }
}
