use std::collections::BTreeSet;

use forms::strings::{Strings, Text};

use crate::support::{LANGUAGES, TODAY, cards, shipped, strings};

#[test]
fn the_shipped_forms_and_cards_have_no_mistake() {
    assert_eq!(shipped("registracija").title("de"), "Eintragung in das Diaspora-Register");
    assert_eq!(shipped("zahtjev-za-ispravu").id(), "zahtjev-za-ispravu");
    assert_eq!(cards().0.len(), 6);
}

#[test]
fn every_fee_of_a_form_is_on_a_card_and_every_card_leads_to_a_form() {
    let cards = cards();
    for id in ["registracija", "zahtjev-za-ispravu"] {
        assert_eq!(shipped(id).fees_without_card(&cards).count(), 0);
        assert_eq!(shipped(id).fees_without_card(&Default::default()).count(), shipped(id).fee_rules().len());
    }
    for card in cards.0.values() {
        shipped(card.form.as_deref().unwrap());
    }
}

#[test]
fn every_amount_that_the_town_has_not_confirmed_says_so() {
    for card in cards().0.values() {
        assert_eq!(card.to_be_confirmed, !card.fees.is_empty(), "{}", card.id);
    }
}

#[test]
fn every_text_that_the_crate_needs_exists_in_every_language_and_no_other() {
    let needed: BTreeSet<&str> = forms::strings_needed::KEYS.iter().copied().collect();
    for lang in LANGUAGES {
        let strings = strings(lang);
        assert_eq!(strings.keys().collect::<BTreeSet<_>>(), needed, "{lang}");
        for key in strings.keys() {
            if let Some(Text::Plural(forms)) = strings.entry(key) {
                let mut wanted = strings.plural_categories();
                wanted.sort_unstable();
                assert_eq!(forms.keys().collect::<Vec<_>>(), wanted, "{lang} {key}");
            }
        }
    }
}

#[test]
fn a_text_has_the_same_placeholders_in_every_language() {
    let croatian = strings("hr");
    for lang in LANGUAGES {
        let other = strings(lang);
        for key in croatian.keys() {
            assert_eq!(placeholders(&croatian, key), placeholders(&other, key), "{lang} {key}");
        }
    }
}

fn placeholders(strings: &Strings, key: &str) -> BTreeSet<String> {
    let text = match strings.entry(key).unwrap() {
        Text::Plain(text) => text.clone(),
        Text::Plural(forms) => forms["other"].clone(),
    };
    text.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.to_owned())).collect()
}

#[test]
fn a_card_says_its_fee_of_the_day() {
    let card = &cards().0["izvadak"];
    let view = card.view("hr", &strings("hr"), TODAY);
    insta::assert_snapshot!(serde_json::to_string_pretty(&view).unwrap());
    assert!(card.view("hr", &strings("hr"), jiff::civil::date(2025, 12, 31)).fees.is_empty());
}

#[test]
fn deadlines_take_the_plural_of_the_language() {
    use forms::procedure::WorkingDays;
    let mut card = cards().0["izvadak"].clone();
    let mut said = |from, to, lang: &str| {
        card.deadline = Some(WorkingDays { from, to });
        card.view(lang, &strings(lang), TODAY).deadline.unwrap()
    };
    assert_eq!(said(1, 5, "hr"), "1 do 5 radnih dana");
    assert_eq!(said(1, 3, "hr"), "1 do 3 radna dana");
    assert_eq!(said(1, 1, "hr"), "1 radni dan");
    assert_eq!(said(5, 5, "en"), "5 working days");
    assert_eq!(said(1, 1, "de"), "1 Arbeitstag");
}
