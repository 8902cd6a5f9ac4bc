//! What a theme says of its colours in a comment of its style sheets:
//!
//! ```css
//! /* contrast text: --text --link on --ground --panel
//!    contrast large-text: --title on --panel
//!    contrast shapes: --line on --ground */
//! ```

use std::ops::Range;

/// What a colour is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Use {
    /// WCAG 2.2, 1.4.3.
    Text,
    /// 1.4.3: 24 px, or bold from 18.66 px on.
    LargeText,
    /// 1.4.11: lines of fields, marks, what shows where one is.
    Shapes,
}

impl Use {
    /// The least ratio.
    pub fn needed(self) -> f64 {
        match self {
            Self::Text => 4.5,
            Self::LargeText | Self::Shapes => 3.0,
        }
    }

    /// The success criterion.
    pub fn criterion(self) -> &'static str {
        match self {
            Self::Text | Self::LargeText => "1.4.3",
            Self::Shapes => "1.4.11",
        }
    }
}

/// Colours that stand on others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub used: Use,
    pub colours: Vec<Range<usize>>,
    pub grounds: Vec<Range<usize>>,
}

/// The notes of a comment, and the lines that begin like one and cannot be read.
pub(super) fn read(css: &str, comment: Range<usize>) -> (Vec<Note>, Vec<Range<usize>>) {
    let (mut notes, mut unreadable) = (Vec::new(), Vec::new());
    let mut at = comment.start;
    for line in css[comment].split_inclusive('\n') {
        let start = at;
        at += line.len();
        let text = line.trim_start_matches(|c: char| c.is_whitespace() || c == '*');
        let begin = start + line.len() - text.len();
        let text = text.trim_end();
        let Some(rest) = text.strip_prefix("contrast ") else { continue };
        let Some((kind, _)) = rest.split_once(':') else { continue };
        match note(css, kind.trim(), begin + "contrast ".len() + kind.len() + 1..begin + text.len()) {
            Some(note) => notes.push(note),
            None => unreadable.push(begin..begin + text.len()),
        }
    }
    (notes, unreadable)
}

fn note(css: &str, kind: &str, range: Range<usize>) -> Option<Note> {
    let used = match kind {
        "text" => Use::Text,
        "large-text" => Use::LargeText,
        "shapes" => Use::Shapes,
        _ => return None,
    };
    let text = &css[range.clone()];
    let words = text.split_whitespace().map(|word| {
        let start = range.start + (word.as_ptr().addr() - text.as_ptr().addr());
        start..start + word.len()
    });
    let words: Vec<Range<usize>> = words.collect();
    let on = words.iter().position(|word| &css[word.clone()] == "on")?;
    let (colours, grounds) = (words[..on].to_vec(), words[on + 1..].to_vec());
    (!colours.is_empty() && !grounds.is_empty()).then_some(Note { used, colours, grounds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_line_by_line() {
        let css = "/* Colours.\n * contrast text: --a --b on #fff --c\n   contrast shapes: --d on --c\n contrast is good\n contrast big: --a on --b\n contrast text: --a */";
        let (notes, unreadable) = read(css, 2..css.len() - 2);
        let words = |ranges: &[Range<usize>]| -> String {
            ranges.iter().map(|range| &css[range.clone()]).collect::<Vec<_>>().join(",")
        };
        let shown: Vec<_> =
            notes.iter().map(|note| (note.used, words(&note.colours), words(&note.grounds))).collect();
        assert_eq!(
            shown,
            [
                (Use::Text, "--a,--b".to_owned(), "#fff,--c".to_owned()),
                (Use::Shapes, "--d".to_owned(), "--c".to_owned())
            ]
        );
        assert_eq!(words(&unreadable), "contrast big: --a on --b,contrast text: --a");
    }
}
