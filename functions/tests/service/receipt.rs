//! `GET /usluge/potvrda/<token>`.

use axum::body::Body;
use axum::http::{Method, StatusCode};

use crate::browser::{CONFIRM, checked, filled, get, post, request, send, with};
use crate::town::Town;

async fn receipt_path(town: &Town, lang: &str) -> String {
    let confirmation = checked(town, &with(filled(town), "_lang", lang)).await;
    post(town, CONFIRM, &confirmation).await.location().to_owned()
}

#[tokio::test]
async fn the_receipt_says_in_the_language_of_the_form_what_happens_next() {
    for (lang, sentences) in [
        (
            "hr",
            ["Zaprimili smo Vaše podatke", "Zaprimljeno 23. studenoga 2026. u 19:05 (CET).", "Što slijedi"],
        ),
        (
            "en",
            [
                "We have received your details",
                "Received on 23 November 2026 at 19:05 (CET).",
                "What happens next",
            ],
        ),
        (
            "de",
            [
                "Wir haben Ihre Angaben erhalten",
                "Eingegangen am 23. November 2026 um 19:05 Uhr (CET).",
                "Wie es weitergeht",
            ],
        ),
    ] {
        let town = Town::new();
        let path = receipt_path(&town, lang).await;
        let page = get(&town, &path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")));
        for sentence in sentences {
            assert!(page.says(sentence), "{sentence}: {}", page.body);
        }
        assert!(page.body.contains("<ol class=\"steps\">"));
        assert!(!page.says("Ana") && !page.says("ana@example.org"), "{}", page.body);
        assert!(!page.body.contains('«'), "every text is there: {}", page.body);
    }
}

#[tokio::test]
async fn reading_it_any_number_of_times_changes_nothing() {
    let town = Town::new();
    let path = receipt_path(&town, "hr").await;
    let first = get(&town, &path).await;
    assert_eq!(get(&town, &path).await.body, first.body);
    let head = send(&town.router, request(Method::HEAD, &path, &[], Body::empty())).await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(town.stored().await, 1);
    assert_eq!(town.log().len(), 1);
    assert_eq!(post(&town, &path, &Vec::new()).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn nobody_reads_a_receipt_by_its_reference_alone() {
    let town = Town::new();
    let path = receipt_path(&town, "hr").await;
    let (_, token) = path.rsplit_once('/').unwrap();
    let reference = token.split('.').next().unwrap();
    for guess in [
        reference.to_owned(),
        format!("{reference}.x.y"),
        format!("{token}x"),
        token.replacen(reference, "00000000", 1),
    ] {
        let page = get(&town, &format!("/usluge/potvrda/{guess}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{guess}");
    }
}

#[tokio::test]
async fn the_receipt_page_reads_well() {
    let town = Town::new();
    let path = receipt_path(&town, "hr").await;
    let page = get(&town, &path).await;
    let (_, token) = path.rsplit_once('/').unwrap();
    let reference: store::Reference = token.split('.').next().unwrap().parse().unwrap();
    insta::assert_snapshot!(page.body.replace(&reference.to_string(), "XXXX-XXXX").replace("><", ">\n<"));
}
