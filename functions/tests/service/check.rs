//! `POST /usluge/<form>/provjera`.

use axum::http::StatusCode;

use crate::browser::{CHECK, CONFIRM, checked, filled, post, with};
use crate::town::{Town, upis_without_note};

#[tokio::test]
async fn good_answers_lead_to_the_page_that_shows_them_and_nothing_is_stored() {
    let town = Town::new();
    let page = post(&town, CHECK, &filled(&town)).await;
    assert_eq!(page.status, StatusCode::OK);
    for shown in ["Ana Čičak", "ana@example.org", "Njemačka", "Molim hitno.", "Hvala & lijep pozdrav <3"] {
        assert!(page.says(shown), "{shown}: {}", page.body);
    }
    assert!(!page.body.contains("<3"), "answers are escaped");
    let inputs = page.inputs_of(CONFIRM);
    assert!(inputs.iter().any(|(name, value)| name == "_key" && value.len() > 100));
    assert_eq!(town.stored().await, 0);
    assert_eq!(town.log(), []);
}

#[tokio::test]
async fn wrong_answers_show_the_same_form_with_every_mistake_and_every_value() {
    let town = Town::new();
    let answers = with(with(filled(&town), "name", ""), "email", "ana@@example");
    let page = post(&town, CHECK, &answers).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("error-summary"));
    assert!(
        page.body.contains("href=\"#f-name\"") && page.body.contains("href=\"#f-email\""),
        "{}",
        page.body
    );
    assert!(page.says("ana@@example") && page.says("Molim hitno."));
    assert!(page.says("<title>Pogreška – Upis u registar – Grad</title>"), "{}", page.body);
    assert!(!page.body.contains("_key"));
}

#[tokio::test]
async fn a_button_of_a_group_shows_one_entry_more_or_fewer_and_keeps_the_rest() {
    let town = Town::new();
    let more = post(&town, CHECK, &with(filled(&town), "_add", "certificates")).await;
    assert_eq!(more.status, StatusCode::OK);
    assert!(more.body.contains("certificates.1.kind") && more.says("Ana Čičak"), "{}", more.body);
    assert!(!more.body.contains("error-summary"), "the person is not finished");

    let two = with(with(filled(&town), "_entries.certificates", "2"), "certificates.1.kind", "death");
    let fewer = post(&town, CHECK, &with(two, "_remove", "certificates.0")).await;
    assert_eq!(fewer.status, StatusCode::OK);
    assert!(!fewer.body.contains("certificates.1.kind") && fewer.says("Ana Čičak"), "{}", fewer.body);
}

#[tokio::test]
async fn change_on_the_check_page_leads_back_to_the_form_with_all_values() {
    let town = Town::new();
    let check = post(&town, CHECK, &filled(&town)).await;
    let page = post(&town, CHECK, &with(check.inputs_of(CHECK), "_edit", "f-note")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Ana Čičak") && page.says("Hvala & lijep pozdrav <3"));
    assert!(page.body.contains("<textarea"), "the form, not the check page");
}

#[tokio::test]
async fn a_page_of_an_older_form_gets_its_values_back_with_an_explanation() {
    let town = Town::new();
    let old = filled(&town);
    town.change_form(upis_without_note());
    for path in [CHECK, CONFIRM] {
        let page = post(&town, path, &old).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says("Obrazac se promijenio otkako ste ga otvorili."), "{}", page.body);
        assert!(page.says("Ana Čičak"));
        assert!(page.says("Ovi odgovori više nemaju pitanje") && page.says("Hvala & lijep pozdrav <3"));
    }
    let renewed = with(old, "_fingerprint", &town.service.bundle.borrow().forms["upis"].form.fingerprint());
    checked(&town, &renewed).await;
}

#[tokio::test]
async fn the_language_is_the_one_of_the_page_and_an_unknown_one_is_the_default() {
    let town = Town::new();
    for (lang, title) in
        [("de", "Antworten prüfen"), ("en", "Check your answers"), ("xx", "Provjerite odgovore")]
    {
        let page = post(&town, CHECK, &with(filled(&town), "_lang", lang)).await;
        assert!(page.says(&format!("<title>{title}")), "{lang}: {}", page.body);
    }
    let mut none = filled(&town);
    none.retain(|(name, _)| name != "_lang");
    assert!(post(&town, CHECK, &none).await.body.contains("<html lang=\"hr\">"));
}

#[tokio::test]
async fn a_person_whose_browser_filled_the_hidden_field_goes_on_as_everybody() {
    let town = Town::new();
    let page = post(&town, CHECK, &with(filled(&town), "website_url", "https://ana.example")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Ana Čičak") && page.says("Molim hitno."));
    assert!(!page.body.contains("https://ana.example"), "what nobody typed is not sent on");
    assert_eq!(town.log().iter().map(ToString::to_string).collect::<Vec<_>>(), ["trap-filled form=upis"]);
}
