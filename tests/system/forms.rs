//! Both forms from the empty page to the receipt, as a person without script walks them.

use serde_json::json;
use tests::Page;
use tests::person::Person;

use crate::Town;

/// Every line of the summary leads to something on the page, and every wrong input is marked.
fn leads_to_every_mistake(page: &Page, at_least: usize) {
    assert_eq!(page.status(), 422, "{}", page.text);
    assert!(page.errors.len() >= at_least, "{:?}", page.errors);
    for (to, text) in &page.errors {
        let id = to.strip_prefix('#').expect("a link within the page");
        assert!(page.ids.iter().any(|on_page| on_page == id), "{to} leads nowhere: {text}");
        assert!(text.chars().count() > 8, "{to} says only {text:?}");
        assert!(page.ids.contains(&format!("{}-error", id)) || page.answer.body.contains("field-error"));
    }
}

#[test]
fn an_empty_form_is_answered_with_everything_that_is_missing() {
    let town = Town::new();
    for (person, title) in Person::everybody().into_iter().zip(["Upis u registar", "Zahtjev za ispravu"]) {
        let form = town.browser().open(&person.page()).form(&person.action("provjera"));
        let page = town.browser().submit(&form);
        leads_to_every_mistake(&page, 7);
        assert!(page.title.starts_with("Pogreška – ") && page.title.contains(title), "{}", page.title);
        assert!(page.text.contains("neobavezno"));
    }
    assert_eq!(town.office().count(), 0);
}

#[test]
fn the_mistakes_are_named_in_the_language_of_the_page() {
    let town = Town::new();
    for (language, title, word) in [("en", "Error", "Enter your"), ("de", "Fehler", "Bitte geben Sie")] {
        for person in Person::everybody() {
            let person = person.reading(language);
            let form = town.browser().open(&person.page()).form(&person.action("provjera"));
            let page = town.browser().submit(&form);
            leads_to_every_mistake(&page, 7);
            assert!(page.title.starts_with(title), "{}", page.title);
            assert!(page.errors.iter().any(|(_, text)| text.contains(word)), "{:?}", page.errors);
            assert!(page.answer.body.contains(&format!("<html lang=\"{language}\"")));
        }
    }
}

#[test]
fn wrong_answers_stay_in_the_form_with_what_is_wrong() {
    let town = Town::new();
    let wrong = [
        Person::who_registers().but("email", "durdica@example").but("given_name", "Đ1"),
        Person::who_orders()
            .but("jmb", "0101001890123")
            .but("birth_date.month", "13")
            .but("certificates.0.copies", "0")
            .but("email", "nije adresa"),
    ];
    for (person, mistakes) in wrong.into_iter().zip([1, 4]) {
        let mut form = town.browser().open(&person.page()).form(&person.action("provjera"));
        form.fill_all(&person.answers);
        let page = town.browser().submit(&form);
        leads_to_every_mistake(&page, mistakes);
        let again = page.form(&person.action("provjera"));
        for (name, value) in &person.answers {
            let kept = again.value(name);
            assert!(
                kept == *value || kept.split(' ').any(|one| one == value),
                "{name}: {kept:?} instead of {value:?}"
            );
        }
        // Corrected in place, it goes on: nothing has to be typed again.
        let mut corrected = again;
        let right = Person::everybody().into_iter().find(|right| right.form == person.form).unwrap();
        corrected.fill_all(&right.answers);
        let checked = town.browser().go_on(&corrected, &right);
        assert_eq!(checked.status(), 200, "{:?}", checked.errors);
        checked.form(&person.action("potvrda"));
    }
    assert_eq!(town.office().count(), 0);
}

#[test]
fn what_was_sent_arrives_once_sealed_to_the_desk_with_one_letter() {
    let town = Town::new();
    let office = town.office();
    for (number, person) in (1..).zip(Person::everybody()) {
        let receipt = town.browser().send(&person);
        let submissions = office.submissions();
        assert_eq!(submissions.len(), number);
        let arrived = submissions.last().unwrap();
        assert_eq!(arrived.form, person.form);
        assert_eq!(arrived.sealed["answers"], person.arrives);
        assert_eq!(arrived.sealed["language"], "hr");
        assert_eq!(arrived.sealed["form"], person.form);
        assert_eq!(receipt.reference.replace('-', ""), arrived.reference);
        let letters = office.wait_for_letters(number);
        let letter = letters
            .iter()
            .find(|letter| letter.contains(&receipt.reference))
            .expect("a letter with the number");
        assert!(letter.contains(person.arrives["email"].as_str().unwrap()));
        let page = town.browser().open(&receipt.location);
        assert_eq!(page.heading, "Zaprimili smo Vaše podatke");
        assert_eq!(page.answer.header("cache-control"), Some("no-store"));
    }
    let facets: Vec<_> = office.submissions().into_iter().map(|submission| submission.facets).collect();
    assert_eq!(facets[0], json!({ "record_kind": "person", "country": "CH" }));
    assert_eq!(facets[1], json!({ "country": "DE", "certificates.kind": "marriage_intl" }));
    assert!(office.is_sound());
}

#[test]
fn the_check_page_shows_every_answer_and_the_fee_in_both_currencies() {
    let town = Town::new();
    let person = Person::who_orders();
    let mut form = town.browser().open(&person.page()).form(&person.action("provjera"));
    form.fill_all(&person.answers);
    let page = town.browser().go_on(&form, &person);
    for shown in
        ["Željko", "Hauptstraße 5 80331 München", "1. siječnja 1990.", "Zdenka Čuljak", "lijep pozdrav <3"]
    {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    assert!(
        page.text.contains(" KM") && (page.text.contains("EUR") || page.text.contains('€')),
        "{}",
        page.text
    );
}

#[test]
fn change_leads_back_to_the_form_with_all_answers() {
    let town = Town::new();
    let person = Person::who_orders();
    let mut form = town.browser().open(&person.page()).form(&person.action("provjera"));
    form.fill_all(&person.answers);
    let checked = town.browser().go_on(&form, &person);
    let back = town.browser().press(&checked.form(&person.action("provjera")), "_edit", "f-purpose");
    assert_eq!(back.status(), 200);
    assert!(back.errors.is_empty());
    let mut form = back.form(&person.action("provjera"));
    for (name, value) in &person.answers {
        assert_eq!(form.value(name), *value, "{name}");
    }
    form.fill("purpose", "upis na fakultet");
    let confirm = town.browser().go_on(&form, &person).form(&person.action("potvrda"));
    town.browser().confirm(&confirm);
    assert_eq!(town.office().submissions()[0].sealed["answers"]["purpose"], "upis na fakultet");
}

#[test]
fn another_certificate_can_be_added_and_removed_without_script() {
    let town = Town::new();
    let person = Person::who_orders();
    let action = person.action("provjera");
    let mut form = town.browser().open(&person.page()).form(&action);
    form.fill_all(&person.answers);
    let mut form = town.browser().press(&form, "_add", "certificates").form(&action);
    form.fill("certificates.1.kind", "citizenship")
        .fill("certificates.1.copies", "1")
        .fill("certificates.1.language", "hr")
        .fill("certificates.1.script", "cyrillic")
        .fill("certificates.1.country_of_use", "AT");
    let mut form = town.browser().press(&form, "_add", "certificates").form(&action);
    form.fill("certificates.2.kind", "death");
    // The second thoughts: the third one goes, the first two stay as they were.
    let form = town.browser().press(&form, "_remove", "certificates.2").form(&action);
    assert_eq!(form.value("certificates.1.country_of_use"), "AT");
    let confirm = town.browser().go_on(&form, &person).form(&person.action("potvrda"));
    town.browser().confirm(&confirm);
    let stored = &town.office().submissions()[0].sealed["answers"]["certificates"];
    assert_eq!(stored.as_array().unwrap().len(), 2, "{stored}");
    assert_eq!(stored[1]["kind"], "citizenship");
}

#[test]
fn a_page_from_before_the_form_changed_keeps_its_answers() {
    let town = Town::new();
    let person = Person::who_registers();
    let mut old = town.browser().open(&person.page()).form(&person.action("provjera"));
    old.fill_all(&person.answers);
    // The field of work is asked differently now, and the profession no longer.
    town.site.replace("content/obrasci/registracija.yaml", "- id: sector", "- id: field_of_work");
    let fingerprint = old.value("_fingerprint");
    tests::eventually(20, "the changed form is served", || {
        let now = town.browser().open(&person.page()).form(&person.action("provjera"));
        (now.value("_fingerprint") != fingerprint).then_some(())
    });
    let page = town.browser().submit(&old);
    assert_eq!(page.status(), 422);
    assert!(page.text.contains("Obrazac se promijenio"), "{}", page.text);
    assert!(page.text.contains("zdravstvo"), "an answer without a question must be shown: {}", page.text);
    let mut form = page.form(&person.action("provjera"));
    assert_eq!(form.value("family_name"), "Čačić-Žužul");
    form.fill("field_of_work", "zdravstvo");
    let confirm = town.browser().go_on(&form, &person).form(&person.action("potvrda"));
    town.browser().confirm(&confirm);
    assert_eq!(town.office().submissions()[0].sealed["answers"]["field_of_work"], "zdravstvo");
}
