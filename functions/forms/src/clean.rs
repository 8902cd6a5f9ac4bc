//! Typed text as it is meant: NFC, without invisible characters, with single spaces.
//!
//! Text copied from documents brings soft hyphens, byte order marks and direction marks that nobody sees; they
//! are taken out silently. Bidirectional overrides could make a name read differently from what is stored
//! (Unicode TR 36, 2.4); control characters have no meaning in an answer. Joiners stay: names in Persian and
//! in Indic scripts need them.

use icu_normalizer::ComposingNormalizerBorrowed;

/// One line: every run of white space becomes one space.
pub(crate) fn line(text: &str) -> String {
    let visible: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !is_invisible(*c)).collect();
    let normal = ComposingNormalizerBorrowed::new_nfc().normalize(&visible);
    let mut out = String::with_capacity(normal.len());
    for word in normal.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Several lines: line ends become `\n`, other white space one space, blank lines at both ends are taken out.
pub(crate) fn lines(text: &str) -> String {
    let unified =
        text.replace("\r\n", "\n").replace(['\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    let cleaned: Vec<String> = unified.split('\n').map(line).collect();
    let mut out = String::with_capacity(text.len());
    let mut blank = 0;
    for text in cleaned {
        if text.is_empty() {
            blank += 1;
            continue;
        }
        if !out.is_empty() {
            // More than one blank line says no more than one.
            out.push_str(if blank > 0 { "\n\n" } else { "\n" });
        }
        blank = 0;
        out.push_str(&text);
    }
    out
}

/// The number of characters as people (and JSON Schema's `maxLength`) count them: Unicode scalar values.
pub(crate) fn characters(text: &str) -> usize {
    text.chars().count()
}

fn is_invisible(c: char) -> bool {
    let code = u32::from(c);
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'
                | '\u{200e}'..='\u{200f}'
                | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{fdd0}'..='\u{fdef}'
                | '\u{e0000}'..='\u{e007f}'
        )
        || code & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_typed_with_separate_accents_is_stored_composed() {
        assert_eq!(line("  C\u{30c}edomir\u{a0}\t Šunjić "), "Čedomir Šunjić");
    }

    #[test]
    fn characters_that_turn_the_direction_are_taken_out() {
        assert_eq!(line("Ana\u{202e}\u{2066} Anić\u{feff}\u{0}"), "Ana Anić");
    }

    #[test]
    fn joiners_of_persian_names_stay() {
        assert_eq!(line("علی\u{200c}رضا"), "علی\u{200c}رضا");
    }

    #[test]
    fn lines_of_an_address_stay_lines() {
        assert_eq!(
            lines("\r\n Hauptstraße 1 \r\n\r\n\r\n\r\n80331  München\n"),
            "Hauptstraße 1\n\n80331 München"
        );
    }

    #[test]
    fn cleaning_twice_changes_nothing_more() {
        let odd = "a\u{200b}\u{301} \u{2028} b\u{1f1e6}\u{200d}\u{85}c\u{fffe}\u{ad}\u{30c}";
        assert_eq!(line(&line(odd)), line(odd));
        assert_eq!(lines(&lines(odd)), lines(odd));
    }
}
