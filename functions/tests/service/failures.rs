//! When something of ours fails, nobody loses what they wrote, and nobody reads what is inside.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::http::StatusCode;

use crate::browser::{CHECK, CONFIRM, checked, filled, get, post};
use crate::town::Town;
use crate::troubled::{BUSY, LOST_ANSWER, PANICS, TAKEN, Troubled, WELL};

fn troubled() -> (Town, Arc<AtomicU8>) {
    let trouble = Arc::new(AtomicU8::new(WELL));
    let switch = Arc::clone(&trouble);
    (Town::with(|inner| Arc::new(Troubled::new(inner, trouble))), switch)
}

#[tokio::test]
async fn a_busy_store_loses_nothing_and_one_button_tries_again() {
    let (town, trouble) = troubled();
    let confirmation = checked(&town, &filled(&town)).await;
    trouble.store(BUSY, Ordering::SeqCst);
    let page = post(&town, CONFIRM, &confirmation).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.headers["retry-after"], "10");
    assert!(page.says("Ništa nije izgubljeno.") && page.says("store-busy"), "{}", page.body);
    assert!(!page.says("zavicaj-test"), "nothing internal is shown");
    assert_eq!(page.inputs_of(CONFIRM), confirmation);
    let log = town.log()[0].to_string();
    assert_eq!(
        log,
        "failed code=store-busy form=upis reason=the store is busy: throttled by table zavicaj-test"
    );

    trouble.store(WELL, Ordering::SeqCst);
    post(&town, CONFIRM, &page.inputs_of(CONFIRM)).await.location();
    assert_eq!(town.stored().await, 1);
}

#[tokio::test]
async fn a_store_whose_answer_was_lost_does_not_make_a_double() {
    let (town, trouble) = troubled();
    let confirmation = checked(&town, &filled(&town)).await;
    trouble.store(LOST_ANSWER, Ordering::SeqCst);
    let page = post(&town, CONFIRM, &confirmation).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    trouble.store(WELL, Ordering::SeqCst);
    post(&town, CONFIRM, &page.inputs_of(CONFIRM)).await.location();
    assert_eq!(town.stored().await, 1);
    assert_eq!(town.letters().await.len(), 1);
}

#[tokio::test]
async fn a_taken_reference_is_replaced_by_another() {
    let (town, trouble) = troubled();
    let confirmation = checked(&town, &filled(&town)).await;
    trouble.store(TAKEN, Ordering::SeqCst);
    post(&town, CONFIRM, &confirmation).await.location();
    assert_eq!(town.stored().await, 1);
}

#[tokio::test]
async fn a_receipt_that_cannot_be_read_now_says_that_nothing_is_lost() {
    let (town, trouble) = troubled();
    let confirmed = post(&town, CONFIRM, &checked(&town, &filled(&town)).await).await;
    trouble.store(BUSY, Ordering::SeqCst);
    let page = get(&town, confirmed.location()).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.says("Vaš je zahtjev spremljen i ništa nije izgubljeno."));
}

#[tokio::test]
async fn a_bug_is_a_page_and_the_next_request_is_served() {
    let (town, trouble) = troubled();
    let confirmation = checked(&town, &filled(&town)).await;
    trouble.store(PANICS, Ordering::SeqCst);
    let page = post(&town, CONFIRM, &confirmation).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.says("Pogreška je naša") && !page.says("a bug"), "{}", page.body);
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(town.log()[0].to_string(), "panicked");
    trouble.store(WELL, Ordering::SeqCst);
    post(&town, CONFIRM, &confirmation).await.location();
}

#[tokio::test]
async fn without_randomness_no_key_is_made() {
    let mut town = Town::new();
    town.service.random = Arc::new(|_| false);
    town.router = functions::router(town.service.clone());
    let page = post(&town, CHECK, &filled(&town)).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    let kept = page.inputs_of(CHECK);
    assert!(kept.iter().any(|(name, value)| name == "name" && value == "Ana Čičak"));
}
