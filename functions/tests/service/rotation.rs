//! A new hash key while people have pages open and links in their letters.

use std::fs;
use std::sync::Arc;

use axum::http::StatusCode;
use sealing::{HashKey, HashKeys};

use crate::applicant::{EMAIL, press, status, submitted, submitted_by};
use crate::browser::{CONFIRM, checked, filled, get, pairs, post, with};
use crate::town::{Town, register};

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
async fn who_registered_before_a_rotation_is_found_by_address_after_it() {
    let mut town = Town::of(register());
    let reference = submitted(&town, "hr").await;
    town.rotate_hashing(true);
    let asked = async |town: &Town, email: &str| {
        let page = post(town, "/usluge/moj-upis", &pairs(&[("_lang", "hr"), ("email", email)])).await;
        assert_eq!(page.status, StatusCode::OK);
    };
    // Where the request is.
    let page = status(&town, "hr", reference.compact(), EMAIL).await;
    assert!(page.status == StatusCode::OK && page.says("Zaprimljeno"), "{}", page.body);
    let stranger = status(&town, "hr", reference.compact(), "iva@example.org").await;
    assert_eq!(stranger.status, StatusCode::UNPROCESSABLE_ENTITY);
    // One's own record, by a link that the new key signed.
    let before = town.links().await;
    asked(&town, "iva@example.org").await;
    asked(&town, " Ana@Example.ORG ").await;
    let link = town.new_link(&before).await;
    let page = get(&town, &link).await;
    assert!(page.says("Moj upis u registru") && page.says(&reference.to_string()), "{}", page.body);
    // A record from before and one from after are both of this address.
    let second = submitted_by(&town, &with(filled(&town), "name", "Iva Čičak")).await;
    let before = town.links().await;
    town.wait(jiff::SignedDuration::from_hours(1));
    asked(&town, EMAIL).await;
    let links = town.links().await;
    let new = links.iter().filter(|link| link.starts_with("/usluge/veza/") && !before.contains(link));
    assert_eq!(new.count(), 2, "{reference} and {second}");
    // Erased through the link, neither the old nor the new key finds it.
    assert_eq!(press(&town, &link, Some("erase_now"), &[]).await.status, StatusCode::GONE);
    assert_eq!(
        status(&town, "hr", reference.compact(), EMAIL).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn without_the_older_key_an_address_finds_nothing_and_the_office_still_reads_the_record() {
    let mut town = Town::of(register());
    let reference = submitted(&town, "hr").await;
    town.rotate_hashing(false);
    assert_eq!(
        status(&town, "hr", reference.compact(), EMAIL).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(town.opened(&reference).await["answers"]["email"], EMAIL);
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
