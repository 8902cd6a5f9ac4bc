//! Who knocks where nothing opens is counted in the operator's log, and named nowhere.

use axum::body::Body;
use axum::http::Method;

use crate::applicant::{EMAIL, post_from_nowhere, status, submitted};
use crate::browser::{CHECK, CONFIRM, FORM, checked, filled, get, post, request, send, with};
use crate::town::Town;

fn log(town: &Town) -> Vec<String> {
    town.log().iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn every_refusal_is_in_the_log_with_its_door_and_without_what_was_typed() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    let accepted = log(&town).len();
    for (typed, email) in
        [(reference.compact(), "iva@kanarinka.example"), ("0000-0000", EMAIL), ("kanarinka", "kanarinka")]
    {
        status(&town, "hr", typed, email).await;
    }
    get(&town, "/usluge/veza/kanarinka").await;
    get(&town, "/usluge/potvrda/kanarinka").await;
    get(&town, "/usluge/kanarinka/provjera").await;
    get(&town, CHECK).await;
    post(&town, CONFIRM, &with(checked(&town, &with(filled(&town), "note", "a")).await, "_key", "kanarinka"))
        .await;
    let foreign = [FORM, ("origin", "https://kanarinka.example")];
    send(&town.router, request(Method::POST, CHECK, &foreign, Body::from("name=kanarinka"))).await;
    post_from_nowhere(&town, CHECK, "text/kanarinka", "kanarinka").await;
    let told = &log(&town)[accepted..];
    let expected = [
        "refused status=422 at=status",
        "refused status=422 at=status",
        "refused status=422 at=status",
        "refused status=404 at=veza",
        "refused status=404 at=potvrda",
        "refused status=404 at=-",
        "refused status=405 at=upis/provjera",
        "refused status=409 at=upis/potvrda",
        "refused status=403 at=upis/provjera",
        "refused status=415 at=upis/provjera",
    ];
    assert_eq!(told, expected);
}

#[tokio::test]
async fn a_mistake_in_a_form_is_no_refusal() {
    let town = Town::new();
    post(&town, CHECK, &with(filled(&town), "country", "")).await;
    assert!(log(&town).is_empty(), "{:?}", log(&town));
}
