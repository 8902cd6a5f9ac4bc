//! The text of a key file with several keys: the newest first, each with the comment lines directly above it.
//!
//! ```text
//! # What the file is: belongs to the file because an empty line follows.
//!
//! # made 2026-11-26T13:00:00Z
//! 3c9a…                          a line, or a block from -----BEGIN to -----END
//! ```

/// What a comment line says before the moment at which a key was made.
const MADE: &str = "# made ";

/// One key of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// When it was made, where the file says so.
    pub made: Option<&'a str>,
    /// The key's own text.
    pub body: String,
    /// Its first and last line in the file, comments included.
    lines: std::ops::RangeInclusive<usize>,
}

/// All keys of a file in their order.
pub(crate) fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let (mut start, mut made) = (None, None);
    let mut block: Option<String> = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(open) = &mut block {
            open.push('\n');
            open.push_str(line);
            if !line.starts_with("-----END") {
                continue;
            }
        } else if line.is_empty() {
            (start, made) = (None, None);
            continue;
        } else if line.starts_with('#') {
            start = start.or(Some(number));
            made = line.strip_prefix(MADE).or(made);
            continue;
        } else if line.starts_with("-----BEGIN") {
            start = start.or(Some(number));
            block = Some(line.to_owned());
            continue;
        }
        let body = block.take().unwrap_or_else(|| line.to_owned());
        entries.push(Entry { made, body, lines: start.unwrap_or(number)..=number });
        (start, made) = (None, None);
    }
    entries
}

/// The text with one key more, before all others.
pub(crate) fn with_newer(text: &str, body: &str, made: &str) -> String {
    let first = entries(text).first().map_or(text.lines().count(), |entry| *entry.lines.start());
    let lines: Vec<_> = text.lines().collect();
    let (head, rest) = lines.split_at(first.min(lines.len()));
    let mut out = String::new();
    for line in head {
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(&format!("{MADE}{made}\n{}\n", body.trim_end()));
    for line in rest {
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// The text without the key at this place (counted from 0) and its comments.
pub(crate) fn without(text: &str, place: usize) -> String {
    let entries = entries(text);
    let gone = entries.get(place).map(|entry| entry.lines.clone());
    text.lines()
        .enumerate()
        .filter(|(number, _)| !gone.as_ref().is_some_and(|gone| gone.contains(number)))
        .flat_map(|(_, line)| [line, "\n"])
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# What this is.\n\n# made 2026-11-26T13:00:00Z\nb\n# by hand\na\n";

    #[test]
    fn keys_are_found_with_their_dates() {
        let found: Vec<_> = entries(FILE).into_iter().map(|entry| (entry.made, entry.body)).collect();
        assert_eq!(found, [(Some("2026-11-26T13:00:00Z"), "b".to_owned()), (None, "a".to_owned())]);
        assert_eq!(entries("# nothing\n\n"), []);
    }

    #[test]
    fn a_newer_key_comes_first_and_the_file_keeps_its_heading() {
        let text = with_newer(FILE, "c", "2027-01-01T00:00:00Z");
        assert!(text.starts_with("# What this is.\n\n# made 2027-01-01T00:00:00Z\nc\n# made 2026"), "{text}");
        assert_eq!(without(&text, 0), FILE, "taking it out again leaves what was there");
        assert_eq!(with_newer("", "c", "now"), "# made now\nc\n");
        assert_eq!(with_newer("a\n", "c", "now"), "# made now\nc\na\n");
    }

    #[test]
    fn a_key_is_taken_out_with_its_comments_only() {
        assert_eq!(without(FILE, 1), "# What this is.\n\n# made 2026-11-26T13:00:00Z\nb\n");
        assert_eq!(without(FILE, 2), FILE);
    }

    #[test]
    fn blocks_of_several_lines_are_one_key() {
        let pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
        let text = with_newer(&format!("# made then\n{pem}\n"), pem, "now");
        let found = entries(&text);
        assert_eq!(found.iter().map(|entry| entry.made).collect::<Vec<_>>(), [Some("now"), Some("then")]);
        assert!(found.iter().all(|entry| entry.body == pem));
        assert_eq!(without(&text, 0), format!("# made then\n{pem}\n"));
    }
}
