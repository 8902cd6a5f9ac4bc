//! The words of the interface, one catalogue per language, read from the theme's `strings/<language>.yaml`.
//!
//! A text may hold placeholders in braces (`{count}`). A text that depends on a number has one form per
//! CLDR plural category of its language (Unicode TR 35, part 3), for Croatian `one`, `few`, `other`.

use std::collections::BTreeMap;

use icu_locale_core::Locale;
use icu_plurals::{PluralCategory, PluralRuleType, PluralRules};
use serde::{Deserialize, Serialize};

/// A text of the catalogue: one form, or one per plural category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Text {
    /// The same for every number.
    Plain(String),
    /// One form per plural category (`zero`, `one`, `two`, `few`, `many`, `other`).
    Plural(BTreeMap<String, String>),
}

/// The texts of one language by dotted key (`form.continue`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strings {
    language: String,
    entries: BTreeMap<String, Text>,
}

impl Strings {
    /// A catalogue for a BCP 47 language tag.
    pub fn new(language: impl Into<String>, entries: BTreeMap<String, Text>) -> Self {
        Self { language: language.into(), entries }
    }

    /// The BCP 47 tag of the language.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The keys of all texts, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.entries.keys().map(String::as_str)
    }

    /// The entry of a key as it was written.
    pub fn entry(&self, key: &str) -> Option<&Text> {
        self.entries.get(key)
    }

    /// The text of `key` with its placeholders filled.
    ///
    /// An unknown key comes back in angle quotes, so that a gap is seen and never hides a page; the build
    /// refuses catalogues with gaps.
    pub fn text(&self, key: &str, arguments: &[(&str, &str)]) -> String {
        match self.entries.get(key) {
            Some(Text::Plain(text)) => fill(text, arguments),
            Some(Text::Plural(forms)) => {
                forms.get("other").map_or_else(|| gap(key), |text| fill(text, arguments))
            }
            None => gap(key),
        }
    }

    /// The text of `key` in the plural form of `count`, which also fills `{count}`.
    pub fn count(&self, key: &str, count: u64, arguments: &[(&str, &str)]) -> String {
        let digits = count.to_string();
        let mut all = vec![("count", digits.as_str())];
        all.extend_from_slice(arguments);
        match self.entries.get(key) {
            Some(Text::Plain(text)) => fill(text, &all),
            Some(Text::Plural(forms)) => forms
                .get(self.category(count))
                .or_else(|| forms.get("other"))
                .map_or_else(|| gap(key), |text| fill(text, &all)),
            None => gap(key),
        }
    }

    /// The names of the plural categories that this language uses for whole numbers.
    pub fn plural_categories(&self) -> Vec<&'static str> {
        self.rules().map(|rules| rules.categories().map(name).collect()).unwrap_or_else(|| vec!["other"])
    }

    fn category(&self, count: u64) -> &'static str {
        self.rules().map_or("other", |rules| name(rules.category_for(count)))
    }

    fn rules(&self) -> Option<PluralRules> {
        let locale: Locale = self.language.parse().ok()?;
        PluralRules::try_new(locale.into(), PluralRuleType::Cardinal.into()).ok()
    }
}

fn name(category: PluralCategory) -> &'static str {
    match category {
        PluralCategory::Zero => "zero",
        PluralCategory::One => "one",
        PluralCategory::Two => "two",
        PluralCategory::Few => "few",
        PluralCategory::Many => "many",
        PluralCategory::Other => "other",
    }
}

fn gap(key: &str) -> String {
    format!("«{key}»")
}

fn fill(text: &str, arguments: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('{') {
        let (before, from_brace) = rest.split_at(open);
        out.push_str(before);
        let Some(close) = from_brace.find('}') else {
            rest = from_brace;
            break;
        };
        let wanted = &from_brace[1..close];
        match arguments.iter().find(|(key, _)| *key == wanted) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&from_brace[..=close]),
        }
        rest = &from_brace[close + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn croatian() -> Strings {
        let forms =
            [("one", "{count} vijest"), ("few", "{count} vijesti"), ("other", "{count} vijesti ukupno")];
        let plural = forms.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        Strings::new(
            "hr",
            BTreeMap::from([
                ("news".to_owned(), Text::Plural(plural)),
                ("hello".to_owned(), Text::Plain("Dobar dan, {name}! {x".to_owned())),
            ]),
        )
    }

    #[test]
    fn croatian_numbers_take_their_plural_form() {
        let strings = croatian();
        let said = |n| strings.count("news", n, &[]);
        assert_eq!(said(1), "1 vijest");
        assert_eq!(said(3), "3 vijesti");
        assert_eq!(said(5), "5 vijesti ukupno");
        assert_eq!(said(11), "11 vijesti ukupno");
        assert_eq!(said(21), "21 vijest");
        let mut categories = strings.plural_categories();
        categories.sort_unstable();
        assert_eq!(categories, ["few", "one", "other"]);
    }

    #[test]
    fn a_value_is_never_read_as_a_placeholder_again() {
        let said = croatian().text("hello", &[("name", "{count}")]);
        assert_eq!(said, "Dobar dan, {count}! {x");
    }

    #[test]
    fn a_missing_text_is_visible() {
        assert_eq!(croatian().text("nothing.here", &[]), "«nothing.here»");
    }
}
