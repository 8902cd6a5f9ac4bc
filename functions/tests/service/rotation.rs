//! A new hash key while people have pages open and links in their letters.

use std::fs;
use std::sync::Arc;

use axum::http::StatusCode;
use sealing::{HashKey, HashKeys};

use crate::browser::{CONFIRM, checked, filled, get, post};
use crate::town::Town;

impl Town {
    /// The operator makes a new hash key and starts the service again; `keeps` says whether the older one stays.
    fn rotate_hashing(&mut self, keeps: bool) {
        let file = fs::read_to_string(self.folder.path().join("keys/service/hashing.key")).unwrap();
        let older = if keeps { file.lines().filter_map(HashKey::from_hex).collect() } else { Vec::new() };
        self.service.hashing = Arc::new(HashKeys::new(HashKey::new([9; 32]), older));
        self.router = functions::router(self.service.clone());
    }
}

#[tokio::test]
async fn a_check_page_from_before_a_rotation_confirms_after_it_and_only_once() {
    let mut town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    let other_page = checked(&town, &filled(&town)).await;
    town.rotate_hashing(true);
    let first = post(&town, CONFIRM, &confirmation).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER, "{}", first.body);
    assert_eq!(post(&town, CONFIRM, &confirmation).await.location(), first.location());
    assert_eq!(post(&town, CONFIRM, &other_page).await.status, StatusCode::CONFLICT, "a double");
    assert_eq!(town.stored().await, 1);
}

#[tokio::test]
async fn equal_answers_sent_before_and_after_a_rotation_are_a_double() {
    let mut town = Town::new();
    let old_page = checked(&town, &filled(&town)).await;
    let first = post(&town, CONFIRM, &checked(&town, &filled(&town)).await).await;
    town.rotate_hashing(true);
    let new_page = checked(&town, &filled(&town)).await;
    for page in [new_page, old_page] {
        let answer = post(&town, CONFIRM, &page).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        let reference = first.location().split(['/', '.']).nth(3).unwrap();
        assert!(answer.body.contains(&format!("/usluge/potvrda/{reference}.")), "leads to the first");
    }
    assert_eq!(town.stored().await, 1);
}

#[tokio::test]
async fn a_confirmation_repeated_after_a_rotation_leads_to_the_same_receipt() {
    let mut town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    let before = post(&town, CONFIRM, &confirmation).await;
    town.rotate_hashing(true);
    let again = post(&town, CONFIRM, &confirmation).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
    let reference = |location: &str| location.split('.').next().unwrap().to_owned();
    assert_eq!(reference(again.location()), reference(before.location()));
    assert_eq!(town.stored().await, 1);
    assert_eq!(get(&town, before.location()).await.status, StatusCode::OK, "the link in the letter");
    assert_eq!(get(&town, again.location()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_a_retired_key_signed_is_told_politely_and_nothing_is_lost() {
    let mut town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    let stored = post(&town, CONFIRM, &confirmation).await;
    let open = checked(&town, &filled(&town)).await;
    town.rotate_hashing(false);
    assert_eq!(get(&town, stored.location()).await.status, StatusCode::NOT_FOUND);
    let page = post(&town, CONFIRM, &open).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "the check page again, with a key that works");
    assert!(page.says("Ana Čičak"), "{}", page.body);
}
