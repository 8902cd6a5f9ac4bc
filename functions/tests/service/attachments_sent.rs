//! From the check page with files to the request: once, complete, and only what the page showed.

use ::attachments::samples;
use axum::http::StatusCode;
use jiff::SignedDuration;
use store::{Records as _, Upkeep as _};

use crate::attachments::{FILES, add, checked_with_a_file, first_page, press, reference, removable, town};
use crate::browser::{CONFIRM, Pairs, post, with};

#[tokio::test]
async fn a_double_click_on_send_is_one_request_with_its_files() {
    let town = town();
    let check = checked_with_a_file(&town).await;
    let first = post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await;
    let second = post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await;
    assert_eq!(first.location(), second.location());
    assert_eq!(town.stored().await, 1);
}

#[tokio::test]
async fn equal_answers_with_equal_files_are_a_double_and_with_other_files_they_are_not() {
    let town = town();
    let first = checked_with_a_file(&town).await;
    post(&town, CONFIRM, &first.inputs_of(CONFIRM)).await.location();
    let double = post(&town, CONFIRM, &checked_with_a_file(&town).await.inputs_of(CONFIRM)).await;
    assert_eq!(double.status, StatusCode::CONFLICT);
    assert!(double.says("Ovo ste već poslali"), "{}", double.body);
    let again = post(&town, CONFIRM, &with(double.inputs_of(CONFIRM), "_again", "1")).await;
    assert_eq!(town.opened(&reference(&again)).await["files"].as_array().unwrap().len(), 1);

    let page = add(&town, &first_page(&town).await, "dokument", &samples::png()).await;
    let check = press(&town, &page, "_next", "1").await;
    post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await.location();
    assert_eq!(town.stored().await, 3);
}

#[tokio::test]
async fn whoever_goes_back_after_sending_can_order_again_from_the_same_page() {
    let town = town();
    let page = add(&town, &first_page(&town).await, "dokument", &samples::jpeg()).await;
    let check = press(&town, &page, "_next", "1").await;
    post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await.location();
    // Back in the browser; the file belongs to the first request now.
    let page = press(&town, &page, "_next", "1").await;
    assert!(page.says("Dodajte osobni dokument."));
    let page = add(&town, &page, "dokument", &samples::jpeg()).await;
    assert_eq!(removable(&page).len(), 1, "{}", page.body);
    let changed = with(page.inputs_of(FILES), "note", "Još jedan");
    let check = post(&town, FILES, &with(changed, "_next", "1")).await;
    let answer = post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await;
    assert_eq!(town.store.read(&reference(&answer)).await.unwrap().unwrap().head.files.len(), 1);
    assert_eq!(town.stored().await, 2);
}

#[tokio::test]
async fn what_was_swept_leads_back_to_the_page_with_every_answer() {
    let town = town();
    let check = checked_with_a_file(&town).await;
    town.wait(SignedDuration::from_mins(90));
    let now = "2026-11-25T00:00:00Z".parse().unwrap();
    let swept = town.store.sweep(now, "2026-11-24T00:00:00Z".parse().unwrap()).await.unwrap();
    assert_eq!(swept.staged_files, 1);
    let page = post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("Jednog od priloga više nema"), "{}", page.body);
    let page = add(&town, &page, "dokument", &samples::jpeg()).await;
    let check = press(&town, &page, "_next", "1").await;
    post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await.location();
}

#[tokio::test]
async fn nobody_confirms_a_file_that_the_check_page_did_not_show() {
    let town = town();
    let check = checked_with_a_file(&town).await;
    let inputs = check.inputs_of(CONFIRM);
    let claim = inputs.iter().find(|(name, _)| name == "_file").unwrap().1.clone();
    let other = checked_with_a_file(&town).await.inputs_of(CONFIRM);
    let of_other = other.iter().find(|(name, _)| name == "_file").unwrap().1.clone();
    let without: Pairs = inputs.iter().filter(|(name, _)| name != "_file").cloned().collect();
    for wrong in [
        without,
        with(inputs.clone(), "_file", &of_other),
        with(inputs.clone(), "_file", &claim.replace("dokument", "srodstvo")),
        with(inputs.clone(), "_file", "nonsense"),
        with(inputs.clone(), "_batch", "00000000.AAAA.AAAA"),
        [inputs.clone(), vec![("_file".to_owned(), claim)]].concat(),
    ] {
        let page = post(&town, CONFIRM, &wrong).await;
        assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.body);
    }
    assert_eq!(town.stored().await, 0);
    post(&town, CONFIRM, &inputs).await.location();
}
