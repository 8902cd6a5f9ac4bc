//! The limits of files that a form sets itself.

use ::attachments::samples;
use axum::http::StatusCode;
use serde_json::json;

use crate::attachments::{FILES, add, press, with_files};
use crate::browser::{CHECK, CONFIRM, Page, filled, post};
use crate::town::Town;

fn town(max_bytes: u64, max_files: u32) -> Town {
    let mut form = with_files();
    form["attachments"] = json!({ "max_bytes": max_bytes, "max_files": max_files });
    let fields = form["sections"][0]["fields"].as_array_mut().unwrap();
    for field in fields.iter_mut().filter(|field| field["kind"] == "attachment") {
        field["max_files"] = json!(max_files);
        field.as_object_mut().unwrap().remove("shown_when");
    }
    let town = Town::new();
    town.change_form(form);
    town
}

async fn first_page(town: &Town) -> Page {
    post(town, CHECK, &filled(town)).await
}

#[tokio::test]
async fn every_page_says_the_limit_of_its_own_form_and_keeps_it() {
    let town = town(100_000, 2);
    let page = first_page(&town).await;
    assert!(
        page.says("svaka datoteka najviše 100\u{a0}kB. Ukupno možete dodati 2 datoteke."),
        "{}",
        page.body
    );
    assert!(page.body.contains("data-limit=\"100000\"") && !page.body.contains("4\u{a0}MB"), "{}", page.body);
    let within = add(&town, &page, "dokument", &vec![0; 100_000]).await;
    assert!(within.says("Datoteku te vrste ne primamo."), "looked at: {}", within.body);
    for length in [100_001, 5_000_000] {
        let refused = add(&town, &page, "dokument", &vec![0; length]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.says("Datoteka je veća od 100\u{a0}kB."), "{}", refused.body);
    }
    let page = add(&town, &page, "dokument", &samples::jpeg()).await;
    let page = add(&town, &page, "srodstvo", &samples::png()).await;
    let refused = add(&town, &page, "srodstvo", &samples::pdf()).await;
    assert!(refused.says("Ovdje više ne možete dodati datoteka."), "{}", refused.body);
    let check = press(&town, &refused, "_next", "1").await;
    post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await.location();
    assert_eq!(town.stored().await, 1);
}

#[tokio::test]
async fn a_form_may_take_more_files_than_usual() {
    let town = town(4_000_000, 8);
    let mut page = first_page(&town).await;
    let contents = [
        samples::jpeg(),
        samples::png(),
        samples::pdf(),
        samples::heic(),
        samples::pdf_compressed(),
        samples::jpeg_upright(),
    ];
    for content in contents {
        page = add(&town, &page, "dokument", &content).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }
    let check = press(&town, &page, "_next", "1").await;
    assert!(check.says("Datoteka 6: "), "{}", check.body);
    post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await.location();
    assert!(!check.inputs_of(FILES).is_empty());
}
