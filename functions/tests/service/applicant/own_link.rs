//! `/usluge/moj-upis` tells nobody who is in the register: not by its answer, and not by its work.

use std::sync::Arc;
use std::sync::atomic::AtomicU8;

use axum::http::StatusCode;
use jiff::SignedDuration;

use super::{EMAIL, submitted_by};
use crate::browser::{filled, pairs, post, with};
use crate::town::{Town, register};
use crate::troubled::{Troubled, WELL};

const OWN: &str = "/usluge/moj-upis";

/// What one request makes the service do, and what it answers.
#[derive(Debug, PartialEq, Eq)]
struct Work {
    /// Calls of the store in their order. A counter and a change are both one transaction that is written to the disk.
    calls: Vec<&'static str>,
    hashes: u64,
    status: StatusCode,
    body: String,
}

async fn work(town: &Town, store: &Troubled, email: &str) -> Work {
    store.forget();
    let before = town.service.hashing.current().made();
    let page = post(town, OWN, &pairs(&[("_lang", "hr"), ("email", email)])).await;
    let hashes = town.service.hashing.current().made() - before;
    let calls = store.calls().into_iter().map(|call| match call {
        "attempt" | "change" => "write",
        other => other,
    });
    Work { calls: calls.collect(), hashes, status: page.status, body: page.body }
}

fn town() -> (Town, Arc<Troubled>) {
    let mut store = None;
    let town = Town::with(|inner| {
        let troubled = Arc::new(Troubled::new(inner, Arc::new(AtomicU8::new(WELL))));
        store = Some(Arc::clone(&troubled));
        troubled
    });
    town.change_form(register());
    (town, store.unwrap())
}

#[tokio::test]
async fn members_and_strangers_cost_the_same_reads_writes_hashes_and_bytes() {
    let (town, store) = town();
    submitted_by(&town, &filled(&town)).await;
    // A family with one address.
    for name in ["Iva Čičak", "Ivo Čičak", "Mara Čičak"] {
        let family = with(with(filled(&town), "name", name), "email", "obitelj@example.org");
        submitted_by(&town, &family).await;
    }
    let before = town.letters().await.len();
    let member = work(&town, &store, EMAIL).await;
    assert_eq!(town.letters().await.len(), before + 1, "the member has the letter");
    assert_eq!(member.status, StatusCode::OK);
    assert_eq!(member.calls.iter().filter(|call| **call == "write").count(), 6, "{:?}", member.calls);
    assert!(member.hashes > 10, "the hashes are counted at all");
    for email in
        ["iva@example.org", "obitelj@example.org", "ime+oznaka@primjer.example", "info@bücher.example"]
    {
        assert_eq!(work(&town, &store, email).await, member, "{email}");
    }
    assert_eq!(town.letters().await.len(), before + 4, "three letters for the family, none for strangers");
}

#[tokio::test]
async fn asked_too_often_it_is_the_same_for_both_again() {
    let (town, store) = town();
    submitted_by(&town, &filled(&town)).await;
    for _ in 0..3 {
        assert_eq!(work(&town, &store, EMAIL).await, work(&town, &store, "iva@example.org").await);
    }
    let before = town.letters().await.len();
    let (member, stranger) = (work(&town, &store, EMAIL).await, work(&town, &store, "iva@example.org").await);
    assert_eq!(member, stranger);
    assert_eq!(member.calls, ["write", "by_contact"], "no more letters");
    assert_eq!(town.letters().await.len(), before);
    town.wait(SignedDuration::from_hours(1));
    work(&town, &store, EMAIL).await;
    assert_eq!(town.letters().await.len(), before + 1);
}

#[tokio::test]
async fn what_is_no_address_is_said_whoever_is_in_the_register_and_asks_nothing_of_the_store() {
    let (town, store) = town();
    submitted_by(&town, &filled(&town)).await;
    for email in ["", "ana", "ana@", "ana@example", "ana@example.org, iva@example.org"] {
        let said = work(&town, &store, email).await;
        assert_eq!(said.status, StatusCode::UNPROCESSABLE_ENTITY, "{email}");
        assert_eq!((said.calls, said.hashes), (Vec::new(), 0), "{email}");
    }
}
