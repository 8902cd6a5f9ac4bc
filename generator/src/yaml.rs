//! Reading YAML with a place for every mistake.

use serde::de::DeserializeOwned;
use serde_yaml::Error;

use crate::diagnostic::{Diagnostic, Place};

/// What aliases repeat altogether: an editor repeats a few lines; only a mistake, or malice, repeats thousands.
const MOST_REPEATED: usize = 1_000;

/// Reads a YAML text that starts `line_offset` lines into the file `path` with the content `file`.
pub fn read<T: DeserializeOwned>(
    path: &str,
    file: &str,
    text: &str,
    line_offset: usize,
) -> Result<T, Diagnostic> {
    let mut options = serde_yaml::options! { with_snippet: false };
    options.alias_limits.max_total_replayed_events = MOST_REPEATED;
    serde_yaml::from_str_with_options(text, options)
        .map_err(|error| explain(path, file, line_offset, error.without_snippet()))
}

fn explain(path: &str, file: &str, line_offset: usize, error: &Error) -> Diagnostic {
    let place = |length: usize| match error.location() {
        Some(location) if location.line() > 0 => {
            let line = usize::try_from(location.line()).unwrap_or(1) + line_offset;
            let column = usize::try_from(location.column()).unwrap_or(1);
            Place::at(path, file, line, column, length)
        }
        _ => Place::file(path),
    };
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            let known = expected.join(", ");
            let diagnostic = Diagnostic::error(
                "unknown-key",
                place(field.chars().count()),
                format!("nepoznat ključ „{field}”"),
                format!("unknown key “{field}”"),
            );
            match nearest(field, expected) {
                Some(near) => diagnostic.help(
                    format!("jeste li mislili „{near}”? Poznati ključevi: {known}"),
                    format!("did you mean “{near}”? Known keys: {known}"),
                ),
                None => diagnostic.help(format!("poznati ključevi: {known}"), format!("known keys: {known}")),
            }
        }
        Error::SerdeMissingField { field, .. } => Diagnostic::error(
            "missing-key",
            place(1),
            format!("nedostaje ključ „{field}”"),
            format!("the key “{field}” is missing"),
        )
        .help(format!("dodajte redak „{field}: …”"), format!("add a line “{field}: …”")),
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or("?");
            Diagnostic::error(
                "duplicate-key",
                place(key.chars().count()),
                format!("ključ „{key}” napisan je dvaput"),
                format!("the key “{key}” is written twice"),
            )
            .help("obrišite jedan od njih", "remove one of them")
        }
        Error::Budget { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => Diagnostic::error(
            "too-large",
            place(1),
            "YAML je prevelik ili previše ugniježđen",
            "the YAML is too large or too deeply nested",
        )
        .help("skratite ga i ne upotrebljavajte upućivanja (&, *)", "shorten it and use no aliases (&, *)"),
        other => Diagnostic::error(
            "yaml-unreadable",
            place(1),
            format!("YAML se ne može pročitati: {}", without_place(&other.to_string())),
            format!("the YAML cannot be read: {}", without_place(&other.to_string())),
        )
        .help(
            "provjerite uvlake, dvotočke i navodnike; tekst s dvotočkom stavite u navodnike",
            "check indentation, colons and quotes; put a text with a colon in quotes",
        ),
    }
}

/// The library counts lines from the start of its text, which is not the start of the file; the place is shown
/// beside the message.
fn without_place(message: &str) -> &str {
    let before = message.split(" at line ").next().unwrap_or(message);
    before.strip_suffix(" (defined").unwrap_or(before)
}

/// The known name that differs in the fewest letters, if they are few.
pub fn nearest<'a>(wrong: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|name| (distance(wrong, name), *name))
        .filter(|(far, name)| *far <= 1 + name.chars().count() / 4)
        .min()
        .map(|(_, name)| name)
}

/// Levenshtein distance.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != *b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
