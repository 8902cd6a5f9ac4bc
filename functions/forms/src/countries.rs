//! The countries of ISO 3166-1 with their names (`countries.tsv`, from Unicode CLDR), sorted as each language sorts.

const TABLE: &str = include_str!("countries.tsv");

/// The countries in the order of a language: codes and names. A language without a list of its own reads English.
pub fn countries(lang: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let wanted = if languages().any(|known| known == lang) { lang.to_owned() } else { "en".to_owned() };
    TABLE
        .lines()
        .skip_while(move |line| heading(line) != Some(wanted.as_str()))
        .skip(1)
        .take_while(|line| heading(line).is_none())
        .filter_map(|line| line.split_once('\t'))
}

/// The name of a country.
pub fn country_name(code: &str, lang: &str) -> Option<&'static str> {
    countries(lang).find(|(known, _)| *known == code).map(|(_, name)| name)
}

/// Whether a code is on the list.
pub fn is_country(code: &str) -> bool {
    country_name(code, "en").is_some()
}

fn languages() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter_map(heading)
}

fn heading(line: &str) -> Option<&str> {
    line.strip_prefix('[')?.strip_suffix(']')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_names_the_same_countries() {
        let codes = |lang: &str| countries(lang).map(|(code, _)| code).collect::<BTreeSet<_>>();
        assert_eq!(codes("hr").len(), 250);
        for lang in languages() {
            assert_eq!(codes(lang), codes("hr"), "{lang}");
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
