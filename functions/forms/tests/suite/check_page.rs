use forms::html::{CheckView, answers_list, check_page};
use forms::{Form, RawAnswers};

use crate::support::{REQUEST, TODAY, cards, raw, shipped, strings};

fn page(form: &Form, raw: &RawAnswers, lang: &str, offer_again: bool) -> String {
    let (strings, cards) = (strings(lang), cards());
    let answers = forms::validate(form, raw, TODAY).unwrap();
    let view = CheckView {
        form,
        lang,
        strings: &strings,
        cards: &cards,
        answers: &answers,
        raw,
        confirm_action: "/usluge/zahtjev-za-ispravu/potvrda",
        edit_action: "/usluge/zahtjev-za-ispravu/provjera",
        check_key: "ključ",
        notice: None,
        work: None,
        offer_again,
        today: TODAY,
        attached: None,
    };
    check_page(&view)
        .into_string()
        .replace("<div", "\n<div")
        .replace("<h", "\n<h")
        .replace("<input", "\n<input")
}

#[test]
fn everything_is_shown_once_more_with_what_it_costs() {
    insta::assert_snapshot!(
        "check_page_hr",
        page(&shipped("zahtjev-za-ispravu"), &raw(REQUEST), "hr", false)
    );
}

#[test]
fn amounts_and_dates_are_written_as_in_the_language() {
    let html = page(&shipped("zahtjev-za-ispravu"), &raw(REQUEST), "en", false);
    assert!(html.contains("25.78\u{a0}KM") && html.contains("13.18\u{a0}EUR"), "{html}");
    assert!(html.contains("1 January 1990"));
    let html = page(&shipped("zahtjev-za-ispravu"), &raw(REQUEST), "de", false);
    assert!(html.contains("25,78\u{a0}KM") && html.contains("1. Januar 1990") && html.contains("Österreich"));
}

#[test]
fn a_double_is_sent_only_by_its_own_button() {
    let html = page(&shipped("zahtjev-za-ispravu"), &raw(REQUEST), "hr", true);
    assert!(html.contains(r#"name="_again" value="1""#) && !html.contains("button--primary"));
}

#[test]
fn both_forms_carry_the_answers_but_no_button_or_trap() {
    let mut typed = raw(REQUEST);
    typed.set("_edit", "f-email");
    typed.set("_key", "old");
    typed.set("website_url", "spam");
    let html = page(&shipped("zahtjev-za-ispravu"), &typed, "hr", false);
    assert_eq!(html.matches(r#"name="email" value="ana@example.org""#).count(), 2);
    assert_eq!(html.matches(r#"name="_key""#).count(), 1);
    assert!(!html.contains("spam") && !html.contains("old"));
}

#[test]
fn what_was_typed_cannot_become_markup() {
    let mut typed = raw(REQUEST);
    typed.set("purpose", "\"><script>alert(1)</script>");
    let html = page(&shipped("zahtjev-za-ispravu"), &typed, "hr", false);
    assert!(!html.contains("<script"));
}

#[test]
fn change_leads_to_the_entry_even_after_a_blank_one() {
    let mut typed = raw(REQUEST);
    for (name, value) in REQUEST.iter().filter(|(name, _)| name.starts_with("certificates.1.")) {
        typed.remove(name);
        typed.set(&name.replace(".1.", ".2."), *value);
    }
    typed.set("certificates.1.copies", "1");
    let html = page(&shipped("zahtjev-za-ispravu"), &typed, "hr", false);
    assert!(html.contains(r#"name="certificates.1.kind" value="marriage_intl""#));
    assert!(html.contains(r#"value="f-certificates-1-kind""#) && !html.contains("f-certificates-2"));
}

#[test]
fn a_button_says_whose_answer_it_changes() {
    let html = page(&shipped("zahtjev-za-ispravu"), &raw(REQUEST), "hr", false);
    assert!(html.contains(r#"Promijeni<span class="visually-hidden">: Isprava 2, Vrsta isprave</span>"#));
}

#[test]
fn the_receipt_shows_the_answers_without_change() {
    let form = shipped("zahtjev-za-ispravu");
    let answers = forms::validate(&form, &raw(REQUEST), TODAY).unwrap();
    let html = answers_list(&form, "hr", &strings("hr"), &answers).into_string();
    assert!(html.contains("Žderić") && !html.contains("<button"));
}
