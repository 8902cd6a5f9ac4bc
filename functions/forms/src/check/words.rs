//! Translations and names.

use std::collections::BTreeSet;

use super::Check;
use crate::control;
use crate::problem::Bilingual;
use crate::words::Words;

impl Check<'_> {
    pub(super) fn words(&mut self, words: &Words, path: &str) {
        let definition = self.definition;
        for lang in &definition.languages {
            match words.exactly(lang) {
                Some(text) if text.trim().is_empty() => self.add(
                    "empty-text",
                    path,
                    Bilingual::new(
                        format!("Tekst na jeziku `{lang}` je prazan."),
                        format!("The text in `{lang}` is empty."),
                    ),
                    None,
                ),
                Some(_) => {}
                None => self.add(
                    "missing-translation",
                    path,
                    Bilingual::new(
                        format!("Nedostaje tekst na jeziku `{lang}`."),
                        format!("The text in `{lang}` is missing."),
                    ),
                    Some(Bilingual::new(
                        format!("Dodajte redak `{lang}: …`."),
                        format!("Add a line `{lang}: …`."),
                    )),
                ),
            }
        }
        for lang in words.languages().filter(|lang| !definition.languages.iter().any(|known| known == lang)) {
            let list = definition.languages.join(", ");
            self.add(
                "unknown-language",
                path,
                Bilingual::new(
                    format!("Stranica nema jezik `{lang}`."),
                    format!("The site has no language `{lang}`."),
                ),
                Some(Bilingual::new(
                    format!("Jezici stranice su: {list}."),
                    format!("The languages of the site are: {list}."),
                )),
            );
        }
    }

    pub(super) fn unique<'b>(&mut self, seen: &mut BTreeSet<&'b str>, id: &'b str, path: &str) {
        self.id(id, &format!("{path}/id"), false);
        if !id.is_empty() && !seen.insert(id) {
            self.add(
                "duplicate-id",
                &format!("{path}/id"),
                Bilingual::new(
                    format!("Ime „{id}” već postoji."),
                    format!("The name “{id}” is already taken."),
                ),
                None,
            );
        }
    }

    /// Names of parts of the form have no dash: it divides them in the identifiers of elements.
    pub(super) fn id(&mut self, id: &str, path: &str, dash_allowed: bool) {
        // An empty one was already reported as missing while reading.
        let fits = id
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_') || (dash_allowed && byte == b'-'))
            && !id.starts_with(['_', '-'])
            && id.len() <= 64
            && !id.bytes().all(|byte| byte.is_ascii_digit());
        if id.is_empty() || (fits && id != control::HONEYPOT) {
            return;
        }
        self.add(
            "bad-id",
            path,
            Bilingual::new(format!("Ime „{id}” nije moguće."), format!("The name “{id}” is not possible.")),
            Some(Bilingual::new(
                "Ime čine mala slova bez kvačica, znamenke i `_`, npr. `given_name`; ne počinje znakom `_` i nisu sve znamenke.",
                "A name is made of lower-case letters a–z, digits and `_`, such as `given_name`; it does not begin with `_` and is not only digits.",
            )),
        );
    }
}
