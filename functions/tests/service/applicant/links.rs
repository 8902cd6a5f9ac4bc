//! `/usluge/veza/<token>`: what every link has in common.

use axum::http::StatusCode;
use functions::link::LinkAction;
use jiff::SignedDuration;
use store::{Changes as _, Stage};

use super::{EMAIL, done, office_link, post_from_elsewhere, press, status, submitted};
use crate::browser::get;
use crate::town::Town;

/// A request for which the office asked something, and the link to answer.
async fn asked() -> (Town, store::Reference, String) {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    town.office(&reference, |change| change.stage = Some(Stage::Asked)).await;
    let link = office_link(&town, LinkAction::Answer, &reference, 1);
    (town, reference, link)
}

#[tokio::test]
async fn opening_a_link_any_number_of_times_changes_nothing() {
    let (town, reference, link) = asked().await;
    let before = town.head(&reference).await;
    for _ in 0..3 {
        let page = get(&town, &link).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says("Odgovorite na pitanje"), "{}", page.body);
    }
    assert_eq!(town.head(&reference).await, before);
    done(&town, &link, Some("answer"), &[("answer", "Horvat")]).await;
    assert_eq!(town.head(&reference).await.stage, Stage::Answered);
}

#[tokio::test]
async fn a_link_works_once_and_says_so_ever_after() {
    let (town, reference, link) = asked().await;
    let page = done(&town, &link, Some("answer"), &[("answer", "Horvat")]).await;
    assert!(page.says("Odgovor je stigao") && page.says("Vaš je odgovor stigao"), "{}", page.body);
    let version = town.head(&reference).await.version;
    let again = press(&town, &link, Some("answer"), &[("answer", "nešto drugo")]).await;
    assert!(again.says("Odgovor je stigao"), "{}", again.body);
    assert_eq!(town.head(&reference).await.version, version);
    assert_eq!(town.additions(&reference).await.len(), 1);

    // Not even when the office asks again.
    town.office(&reference, |change| change.stage = Some(Stage::Asked)).await;
    let again = done(&town, &link, Some("answer"), &[("answer", "nešto drugo")]).await;
    assert!(again.says("Odgovor je stigao"));
    assert_eq!(town.additions(&reference).await.len(), 1);
}

#[tokio::test]
async fn pressing_at_the_same_moment_is_pressing_once() {
    let (town, reference, link) = asked().await;
    let answer = [("answer", "Horvat")];
    let (a, b, c) = tokio::join!(
        press(&town, &link, Some("answer"), &answer),
        press(&town, &link, Some("answer"), &answer),
        press(&town, &link, Some("answer"), &answer),
    );
    for page in [a, b, c] {
        assert!(page.status == StatusCode::SEE_OTHER || page.says("Odgovor je stigao"), "{}", page.body);
    }
    assert_eq!(town.additions(&reference).await.len(), 1);
    assert_eq!(
        town.events(&reference).await.iter().filter(|event| *event == "answered by applicant").count(),
        1
    );
}

#[tokio::test]
async fn an_expired_link_says_until_when_it_held_and_where_to_look() {
    let (town, reference, link) = asked().await;
    town.wait(LinkAction::Answer.life());
    for page in [get(&town, &link).await, press(&town, &link, Some("answer"), &[("answer", "x")]).await] {
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.says("Vrijedila je do 23. prosinca 2026."), "{}", page.body);
        assert!(page.body.contains("href=\"/usluge/status\""));
    }
    assert_eq!(town.head(&reference).await.stage, Stage::Asked);
}

#[tokio::test]
async fn a_link_that_was_cut_or_made_up_leads_nowhere() {
    let (town, reference, link) = asked().await;
    for wrong in [&link[..link.len() - 1], &format!("{link}A"), "/usluge/veza/x", "/usluge/veza/provjera"] {
        let page = get(&town, wrong).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{wrong}");
        assert!(
            page.says("Ova poveznica ne vrijedi") && page.says("This link is not valid"),
            "{}",
            page.body
        );
        assert_eq!(press(&town, wrong, None, &[]).await.status, StatusCode::NOT_FOUND);
    }
    let stranger = Town::new();
    assert_eq!(get(&stranger, &link).await.status, StatusCode::NOT_FOUND);
    assert_eq!(town.head(&reference).await.stage, Stage::Asked);
}

#[tokio::test]
async fn another_site_cannot_press_the_button() {
    let (town, reference, link) = asked().await;
    let page = post_from_elsewhere(&town, &link).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert_eq!(town.head(&reference).await.stage, Stage::Asked);
}

#[tokio::test]
async fn what_the_record_no_longer_waits_for_is_said_and_not_done() {
    let (town, reference, link) = asked().await;
    town.office(&reference, |change| change.stage = Some(Stage::ProofSent)).await;
    for page in [get(&town, &link).await, press(&town, &link, Some("answer"), &[("answer", "x")]).await] {
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.says("Ovo više nije potrebno"), "{}", page.body);
    }
    assert_eq!(town.head(&reference).await.stage, Stage::ProofSent);
}

#[tokio::test]
async fn a_link_to_an_erased_record_says_that_nothing_is_kept() {
    let (town, reference, link) = asked().await;
    let erasure = store::Erasure {
        reference: reference.clone(),
        version: None,
        at: town.time(),
        event: "erased by retention".to_owned(),
        uses: None,
        messages: Vec::new(),
    };
    town.store.erase(&erasure).await.unwrap();
    for page in [get(&town, &link).await, press(&town, &link, Some("answer"), &[("answer", "x")]).await] {
        assert_eq!(page.status, StatusCode::GONE);
        assert!(page.says(&reference.to_string()) && page.says("more"), "in every language: {}", page.body);
    }
    let page = status(&town, "hr", reference.compact(), EMAIL).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "the status page knows nothing of it either");
}

#[tokio::test]
async fn links_of_letters_and_pages_outlive_a_new_key() {
    use std::sync::Arc;

    let (mut town, reference, link) = asked().await;
    let keys = |bytes: [u8; 32], older| sealing::HashKeys::new(sealing::HashKey::new(bytes), older);
    let old = Arc::clone(&town.service.hashing);
    // A ring with a newer key in front; the old one is read again from its file.
    let text = std::fs::read_to_string(town.folder.path().join("keys/service/hashing.key")).unwrap();
    let again =
        sealing::HashKey::from_hex(text.lines().find(|line| !line.starts_with('#')).unwrap()).unwrap();
    assert_eq!(again.id(), old.current().id());
    town.service.hashing = Arc::new(keys([9; 32], vec![again]));
    town.router = functions::router(town.service.clone());
    done(&town, &link, Some("answer"), &[("answer", "Horvat")]).await;
    let page = status(&town, "hr", reference.compact(), EMAIL).await;
    assert_eq!(page.status, StatusCode::OK, "found by the hash of the older key");
    town.wait(SignedDuration::from_mins(1));
}
