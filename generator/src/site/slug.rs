//! Names as parts of a URL.

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// ASCII letters, digits and hyphens: `Đakovo i Ljubuški` → `dakovo-i-ljubuski`.
///
/// NFC first, so that both spellings of a letter give one URL.
pub fn slugify(text: &str) -> String {
    if is_nfc(text) { slug::slugify(text) } else { slug::slugify(text.nfc().collect::<String>()) }
}

/// A folder path with every part slugified.
pub fn slugify_path(path: &str) -> String {
    path.split('/').map(slugify).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn croatian_letters_become_their_plain_ones() {
        assert_eq!(slugify("Čapljina, Đakovo & Šćit – žuto"), "capljina-dakovo-scit-zuto");
        assert_eq!(slugify("Džep Lješnjak Njiva"), "dzep-ljesnjak-njiva");
    }

    #[test]
    fn both_unicode_forms_give_one_slug() {
        assert_eq!(slugify("C\u{30c}aplja"), slugify("Čaplja"));
        assert_eq!(slugify("s\u{30c}kola"), "skola");
    }

    #[test]
    fn other_languages_stay_readable() {
        assert_eq!(slugify("Größe"), "grosse");
        assert_eq!(slugify("Љубушки"), "ljubushki");
        assert_eq!(slugify("…"), "");
    }
}
