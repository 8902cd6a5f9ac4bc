//! `POST /usluge/<form>/prilozi`: files between answers and check, with nothing but HTML.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use ::attachments::samples;
use axum::http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::{Value, json};
use store::{Files as _, Records as _, Reference};

use crate::browser::{CHECK, CONFIRM, OWN, Page, Pairs, filled, get, post, request, send, with};
use crate::town::{Town, upis, words};
use crate::troubled::{BUSY, Troubled, WELL};

pub const FILES: &str = "/usluge/upis/prilozi";

/// The form with two questions for files; the second applies to whoever orders for another person.
pub fn with_files() -> Value {
    let mut form = upis();
    let fields = form["sections"][0]["fields"].as_array_mut().unwrap();
    fields.push(json!({
        "id": "za_koga", "label": words("Za koga"), "kind": "choice", "optional": true,
        "options": [{ "value": "sebe", "label": words("Za sebe") }, { "value": "drugoga", "label": words("Za drugoga") }],
    }));
    fields.push(json!({
        "id": "dokument", "label": words("Osobni dokument"), "kind": "attachment", "max_files": 2,
        "missing": words("Dodajte osobni dokument."),
    }));
    fields.push(json!({
        "id": "srodstvo", "label": words("Dokaz srodstva"), "kind": "attachment", "max_files": 3, "optional": true,
        "shown_when": { "field": "za_koga", "is": ["drugoga"] },
    }));
    form
}

/// A town whose form asks for files.
pub fn town() -> Town {
    let town = Town::new();
    town.change_form(with_files());
    town
}

/// A body as browsers write it.
pub fn multipart(pairs: &Pairs, input: &str, content: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in pairs {
        body.extend(
            format!("--Xy\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    body.extend(
        format!(
            "--Xy\r\nContent-Disposition: form-data; name=\"{input}\"; filename=\"moja.exe\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        )
        .bytes(),
    );
    body.extend(content);
    body.extend(b"\r\n--Xy--\r\n");
    body
}

pub async fn post_body(town: &Town, body: Vec<u8>) -> Page {
    let kind = ("content-type", "multipart/form-data; boundary=Xy");
    send(&town.router, request(Method::POST, FILES, &[kind, OWN], body)).await
}

/// Chooses a file on the page and presses "add".
pub async fn add(town: &Town, page: &Page, field: &str, content: &[u8]) -> Page {
    town.wait(SignedDuration::from_secs(1));
    post_body(town, multipart(&page.inputs_of(FILES), &format!("_upload.{field}"), content)).await
}

/// Presses a button of the page that sends no file.
pub async fn press(town: &Town, page: &Page, name: &str, value: &str) -> Page {
    post(town, FILES, &with(page.inputs_of(FILES), name, value)).await
}

pub async fn first_page(town: &Town) -> Page {
    let page = post(town, CHECK, &filled(town)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page
}

/// The ids behind the buttons "remove".
pub fn removable(page: &Page) -> Vec<String> {
    let parts = page.body.split("name=\"_unstage\" value=\"").skip(1);
    parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

pub fn reference(page: &Page) -> Reference {
    let token = page.location().strip_prefix("/usluge/potvrda/").unwrap();
    token.split('.').next().unwrap().parse().unwrap()
}

/// Everything up to the check page, with one file.
pub async fn checked_with_a_file(town: &Town) -> Page {
    let page = add(town, &first_page(town).await, "dokument", &samples::jpeg()).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    press(town, &page, "_next", "1").await
}

#[tokio::test]
async fn files_are_added_one_by_one_and_reach_the_desk_without_metadata() {
    let town = town();
    let page = first_page(&town).await;
    assert!(page.says("Korak 2 od 3") && page.says("Osobni dokument") && !page.says("Dokaz srodstva"));
    assert!(
        page.body.contains("enctype=\"multipart/form-data\"")
            && page.body.contains("name=\"_upload.dokument\"")
    );

    let page = add(&town, &page, "dokument", &samples::jpeg()).await;
    assert!(page.says("Datoteka je dodana (JPEG,"), "{}", page.body);
    let page = add(&town, &page, "dokument", &samples::pdf()).await;
    assert!(page.says("Datoteka 2: PDF,") && page.says("Dodali ste koliko ovdje može."), "{}", page.body);
    assert!(!page.body.contains("moja.exe"), "the person's name of the file is kept nowhere");

    let check = press(&town, &page, "_next", "1").await;
    assert_eq!(check.status, StatusCode::OK);
    assert!(
        check.says("Provjerite odgovore")
            && check.says("Datoteka 1: JPEG,")
            && check.says("Datoteka 2: PDF,")
    );

    let answer = post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await;
    let reference = reference(&answer);
    let opened = town.opened(&reference).await;
    let files = opened["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    for (file, content) in files.iter().zip([samples::jpeg(), samples::pdf()]) {
        assert_eq!(file["field"], "dokument");
        let sealed = town.store.file(&reference, file["id"].as_str().unwrap()).await.unwrap().unwrap();
        let clean = ::attachments::clean(&content, &::attachments::Limits::default()).unwrap();
        assert!(town.desk.unseal(&sealed).unwrap() == clean.bytes);
        assert_eq!(file["kind"], clean.kind.name());
        assert_eq!(file["size_bytes"], clean.bytes.len());
    }
    let record = town.store.read(&reference).await.unwrap().unwrap();
    assert_eq!(record.head.files.len(), 2);
}

#[tokio::test]
async fn a_form_without_questions_for_files_goes_straight_to_the_check_page() {
    let town = Town::new();
    let page = post(&town, CHECK, &filled(&town)).await;
    assert!(page.says("Provjerite odgovore") && !page.body.contains(FILES));
    let page = post(&town, FILES, &filled(&town)).await;
    assert!(page.says("Provjerite odgovore"), "{}", page.body);
}

#[tokio::test]
async fn a_missing_required_file_is_a_clear_error_that_leads_to_its_question() {
    let town = town();
    let page = press(&town, &first_page(&town).await, "_next", "1").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.says("Provjerite priloge") && page.says("Dodajte osobni dokument."));
    assert!(page.body.contains("href=\"#f-dokument\"") && page.body.contains("id=\"f-dokument\""));
    assert!(page.body.contains("<title>Pogreška – Prilozi"), "{}", page.body);
    assert!(page.inputs_of(FILES).contains(&("name".to_owned(), "Ana Čičak".to_owned())));
}

#[tokio::test]
async fn a_file_that_is_not_taken_says_why_and_costs_nothing() {
    let town = town();
    let page = add(&town, &first_page(&town).await, "dokument", &samples::png()).await;
    for (content, text) in [
        (b"PK\x03\x04 docx".to_vec(), "Spremite ga kao PDF"),
        (b"Moja osobna iskaznica".to_vec(), "Datoteku te vrste ne primamo."),
        (Vec::new(), "Datoteka je prazna."),
        (samples::jpeg()[..200].to_vec(), "Datoteka je oštećena ili nepotpuna"),
        ([samples::png(), b"<script>alert(1)</script>".to_vec()].concat(), "skrivena još jedna datoteka"),
        (samples::pdf_with("/OpenAction<</S/JavaScript/JS(1)>>", ""), "ima programa ili drugih datoteka"),
        (vec![0; 4_000_001], "Datoteka je veća od 4\u{a0}MB."),
        (vec![0; 9_000_000], "Datoteka je veća od 4\u{a0}MB."),
    ] {
        let refused = add(&town, &page, "dokument", &content).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{text}");
        assert!(refused.says(text), "{text}: {}", refused.body);
        assert!(refused.says("Datoteka 1: PNG"), "the file that was added before is still there");
        assert_eq!(refused.inputs_of(FILES), page.inputs_of(FILES), "{text}: every answer is kept");
    }
}

#[tokio::test]
async fn nothing_chosen_and_too_many_are_explained() {
    let town = town();
    let page = first_page(&town).await;
    let pairs = page.inputs_of(FILES);
    let nothing = String::from_utf8(multipart(&pairs, "_upload.dokument", b"")).unwrap();
    let refused = post_body(&town, nothing.replace("moja.exe", "").into_bytes()).await;
    assert!(refused.says("Prvo odaberite datoteku"), "{}", refused.body);

    let mut two = multipart(&pairs, "_upload.dokument", &samples::jpeg());
    two.truncate(two.len() - "--Xy--\r\n".len());
    two.extend(multipart(&Vec::new(), "_upload.dokument", &samples::png()));
    assert!(post_body(&town, two).await.says("Dodajte datoteke jednu po jednu."));

    let page = add(&town, &page, "dokument", &samples::jpeg()).await;
    let page = add(&town, &page, "dokument", &samples::png()).await;
    let refused = add(&town, &page, "dokument", &samples::pdf()).await;
    assert!(refused.says("Ovdje više ne možete dodati datoteka."), "{}", refused.body);
    let refused = add(&town, &page, "srodstvo", &samples::pdf()).await;
    assert!(refused.says("Za tu datoteku više nema pitanja"), "{}", refused.body);
}

#[tokio::test]
async fn the_same_file_sent_again_is_there_once() {
    let town = town();
    let first = first_page(&town).await;
    let page = add(&town, &first, "dokument", &samples::jpeg()).await;
    // A reload of the answer, and a double click whose second request still shows the page before.
    let again =
        post_body(&town, multipart(&page.inputs_of(FILES), "_upload.dokument", &samples::jpeg())).await;
    assert!(again.says("Ta je datoteka već bila dodana."), "{}", again.body);
    assert_eq!(removable(&again).len(), 1);
}

#[tokio::test]
async fn a_file_can_be_taken_out_on_both_pages() {
    let town = town();
    let page = add(&town, &first_page(&town).await, "dokument", &samples::jpeg()).await;
    let page = add(&town, &page, "dokument", &samples::png()).await;
    let removed = press(&town, &page, "_unstage", &removable(&page)[0]).await;
    assert!(
        removed.says("Datoteka je uklonjena.")
            && removed.says("Datoteka 1: PNG")
            && !removed.says("JPEG,\u{a0}")
    );
    assert_eq!(
        press(&town, &page, "_unstage", &removable(&page)[0]).await.status,
        StatusCode::OK,
        "twice is as once"
    );

    let check = press(&town, &removed, "_next", "1").await;
    let removed = post(&town, FILES, &with(check.inputs_of(FILES), "_unstage", &removable(&check)[0])).await;
    assert!(removed.says("Datoteka je uklonjena.") && removable(&removed).is_empty());
    // The check page in another window is out of date: the confirmation stores nothing.
    let answer = post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.says("Jednog od priloga više nema") && answer.says("Osobni dokument"), "{}", answer.body);
    assert_eq!(town.stored().await, 0);
}

#[tokio::test]
async fn changing_an_answer_keeps_the_files() {
    let town = town();
    let check = checked_with_a_file(&town).await;
    let form = post(&town, CHECK, &with(check.inputs_of(CHECK), "_edit", "f-name")).await;
    assert_eq!(form.status, StatusCode::OK);
    let batch = form.inputs_of(CHECK).into_iter().find(|(name, _)| name == "_batch").unwrap().1;

    let edited = with(with(filled(&town), "name", "Ana Marija Čičak"), "_batch", &batch);
    let check = post(&town, CHECK, &edited).await;
    assert!(check.says("Provjerite odgovore") && check.says("Datoteka 1: JPEG"), "{}", check.body);
    // With a mistake in it, the form comes back and still knows the files.
    let wrong = post(&town, CHECK, &with(edited.clone(), "name", "")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.inputs_of(CHECK).contains(&("_batch".to_owned(), batch)));
    let answer = post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await;
    assert_eq!(town.opened(&reference(&answer)).await["files"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn files_that_are_no_longer_asked_for_are_left_behind() {
    let town = town();
    let page = post(&town, CHECK, &with(filled(&town), "za_koga", "drugoga")).await;
    let page = add(&town, &page, "dokument", &samples::jpeg()).await;
    let page = add(&town, &page, "srodstvo", &samples::pdf()).await;
    let page = add(&town, &page, "srodstvo", &samples::pdf_compressed()).await;
    let page = add(&town, &page, "srodstvo", &samples::heic()).await;
    assert_eq!(removable(&page).len(), 4);

    let page = post(&town, FILES, &with(page.inputs_of(FILES), "za_koga", "sebe")).await;
    assert_eq!(removable(&page).len(), 1);
    // Five files are the most, but those that nobody sees make room.
    let page = add(&town, &page, "dokument", &samples::png()).await;
    assert_eq!(removable(&page).len(), 2, "{}", page.body);
    let page = press(&town, &page, "_unstage", &removable(&page)[1]).await;
    let page = add(&town, &page, "dokument", &samples::jpeg_upright()).await;
    assert_eq!(removable(&page).len(), 2, "{}", page.body);
    let check = press(&town, &page, "_next", "1").await;
    let answer = post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await;
    let record = town.store.read(&reference(&answer)).await.unwrap().unwrap();
    assert!(record.head.files.iter().all(|file| file.field == "dokument"));
}

#[tokio::test]
async fn trouble_with_the_store_keeps_every_answer() {
    let trouble = Arc::new(AtomicU8::new(WELL));
    let town = {
        let trouble = Arc::clone(&trouble);
        Town::with(move |inner| Arc::new(Troubled::new(inner, trouble)))
    };
    town.change_form(with_files());
    let page = first_page(&town).await;
    trouble.store(BUSY, Ordering::SeqCst);
    let failed = add(&town, &page, "dokument", &samples::jpeg()).await;
    assert_eq!(failed.status, StatusCode::SERVICE_UNAVAILABLE, "{}", failed.body);
    trouble.store(WELL, Ordering::SeqCst);
    let page = post(&town, FILES, &failed.inputs_of(FILES)).await;
    let page = add(&town, &page, "dokument", &samples::jpeg()).await;
    assert_eq!(removable(&page).len(), 1);
}

#[tokio::test]
async fn bodies_that_no_browser_sends_are_refused() {
    let town = town();
    let page = first_page(&town).await;
    let whole = multipart(&page.inputs_of(FILES), "_upload.dokument", &samples::jpeg());
    assert_eq!(post_body(&town, whole[..whole.len() - 9].to_vec()).await.status, StatusCode::BAD_REQUEST);
    let kind = ("content-type", "multipart/form-data");
    let answer = send(&town.router, request(Method::POST, FILES, &[kind, OWN], whole.clone())).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let kind = ("content-type", "multipart/form-data; boundary=Xy");
    let foreign = ("origin", "https://other.example");
    let answer = send(&town.router, request(Method::POST, FILES, &[kind, foreign], whole.clone())).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = send(&town.router, request(Method::POST, CONFIRM, &[kind, OWN], whole)).await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "files come to one address only");
    assert_eq!(get(&town, FILES).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn the_page_speaks_every_language() {
    let town = town();
    for (lang, text) in [("en", "Add the files one by one"), ("de", "Fügen Sie die Dateien einzeln hinzu")] {
        let page = post(&town, CHECK, &with(filled(&town), "_lang", lang)).await;
        assert!(page.says(text) && !page.body.contains('«'), "{}", page.body);
    }
}
