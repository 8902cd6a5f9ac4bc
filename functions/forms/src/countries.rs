//! The countries of ISO 3166-1 with their names (`countries.tsv`, from Unicode CLDR), sorted as each language sorts.

use std::sync::LazyLock;

const TABLE: &str = include_str!("countries.tsv");

/// A code and a name.
type Country = (&'static str, &'static str);

/// The countries in a language.
struct List {
    language: &'static str,
    in_order: Vec<Country>,
    by_code: Vec<Country>,
}

/// Read once: every answer that names a country is looked up.
static LISTS: LazyLock<Vec<List>> = LazyLock::new(|| {
    let sections = TABLE.split('[').filter_map(|section| section.split_once("]\n"));
    let list = |(language, lines): (&'static str, &'static str)| {
        let in_order: Vec<Country> = lines.lines().filter_map(|line| line.split_once('\t')).collect();
        let mut by_code = in_order.clone();
        by_code.sort_unstable();
        List { language, in_order, by_code }
    };
    sections.map(list).collect()
});

/// The countries in the order of a language: codes and names. A language without a list of its own reads English.
pub fn countries(lang: &str) -> impl Iterator<Item = Country> {
    list(lang).into_iter().flat_map(|list| list.in_order.iter().copied())
}

/// The name of a country.
pub fn country_name(code: &str, lang: &str) -> Option<&'static str> {
    let by_code = &list(lang)?.by_code;
    let place = by_code.binary_search_by_key(&code, |(known, _)| known).ok()?;
    by_code.get(place).map(|(_, name)| *name)
}

/// Whether a code is on the list.
pub fn is_country(code: &str) -> bool {
    country_name(code, "en").is_some()
}

fn list(lang: &str) -> Option<&'static List> {
    let of = |lang: &str| LISTS.iter().find(|list| list.language == lang);
    of(lang).or_else(|| of("en"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_names_the_same_countries() {
        let codes = |lang: &str| countries(lang).map(|(code, _)| code).collect::<BTreeSet<_>>();
        assert_eq!(codes("hr").len(), 250);
        for list in LISTS.iter() {
            assert_eq!(codes(list.language), codes("hr"), "{}", list.language);
        }
    }

    #[test]
    fn croatian_letters_sort_as_in_the_croatian_alphabet() {
        let names: Vec<_> = countries("hr").map(|(_, name)| name).collect();
        let place = |name| names.iter().position(|known| *known == name).unwrap();
        assert!(place("Cipar") < place("Čad"));
        assert!(place("Čile") < place("Danska"));
        assert!(place("Latvija") < place("Lihtenštajn"));
        assert!(place("Surinam") < place("Šri Lanka"));
    }

    #[test]
    fn a_language_without_a_list_reads_english() {
        assert_eq!(country_name("DE", "fr"), Some("Germany"));
        assert_eq!(country_name("DE", "hr"), Some("Njemačka"));
        assert_eq!(country_name("QQ", "hr"), None);
    }
}
