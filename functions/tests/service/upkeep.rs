//! What happens by itself: what is over goes, the register asks once a year, the audit is signed once a day.

use std::sync::Arc;

use functions::upkeep::{Asked, Renewals, ask_still_correct, daily_checkpoint, purge, sweep};
use functions::{Contact, Random};
use jiff::Timestamp;
use store::{
    Change, Changed, Changes as _, Checkpoint, Files as _, KeyedHash, Queue as _, Records as _, Reference,
    Set, Signing, Stage, StagedFile, Upkeep as _,
};

use crate::browser::{CONFIRM, checked, filled, post, with};
use crate::town::{PUBLIC_URL, Town, bundle, upis};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn sent(town: &Town, note: &str) -> Reference {
    let answer = post(town, CONFIRM, &checked(town, &with(filled(town), "note", note)).await).await;
    let token = answer.location().trim_start_matches("/usluge/potvrda/").to_owned();
    token.split('.').next().unwrap().parse().unwrap()
}

async fn changed(town: &Town, reference: &Reference, now: &str, change: impl FnOnce(&mut Change)) {
    let head = town.store.head(reference).await.unwrap().unwrap();
    let mut wanted = Change::new(reference.clone(), head.version, at(now), "confirmed by applicant");
    change(&mut wanted);
    assert!(matches!(town.store.change(&wanted).await.unwrap(), Changed::Done(_)));
}

async fn asked(town: &Town, now: &str) -> Asked {
    let random: Random = Arc::new(|buffer: &mut [u8]| {
        buffer.fill(7);
        true
    });
    let bundle = bundle(upis());
    let needs = Renewals {
        store: &town.store,
        bundle: &bundle,
        sealer: &town.service.sealer,
        hashing: &town.service.hashing,
        identity: &town.service_identity,
        random: &random,
    };
    ask_still_correct(&needs, at(now)).await.unwrap()
}

/// Somebody in the register whose address is confirmed.
async fn registered(town: &Town) -> Reference {
    let reference = sent(town, "u registru").await;
    let contact =
        Contact { email: "ana@example.org".parse().unwrap(), name: "Ana".into(), language: "de".into() };
    let sealed = contact.seal(&town.service.sealer).unwrap();
    changed(town, &reference, "2026-11-23T19:00:00Z", |change| {
        change.contact_sealed = Set::To(sealed);
        change.contact_confirmed_at = Set::To(at("2026-11-23T19:00:00Z"));
        change.renewal_due_at = Set::To(at("2027-11-23T19:00:00Z"));
    })
    .await;
    reference
}

#[tokio::test]
async fn a_record_goes_when_its_period_is_over_and_not_a_moment_before() {
    let town = Town::new();
    let (open, ended) = (sent(&town, "otvoreno").await, registered(&town).await);
    changed(&town, &ended, "2026-11-25T12:00:00Z", |change| change.stage = Some(Stage::Withdrawn)).await;
    let bundle = bundle(upis());
    // Thirteen months after the last change of the one that nobody touched.
    assert_eq!(purge(&town.store, &bundle, at("2027-12-23T18:05:08Z")).await.unwrap(), 0);
    assert_eq!(purge(&town.store, &bundle, at("2027-12-23T18:05:09Z")).await.unwrap(), 1);
    assert!(town.store.read(&open).await.unwrap().is_none());
    assert!(town.store.read(&ended).await.unwrap().is_some());
    assert_eq!(purge(&town.store, &bundle, at("2030-01-01T00:00:00Z")).await.unwrap(), 1);
    assert_eq!(purge(&town.store, &bundle, at("2030-01-01T00:00:00Z")).await.unwrap(), 0);
    let journal: Vec<_> =
        town.store.erasures().await.unwrap().into_iter().map(|(erased, _)| erased).collect();
    assert_eq!(journal, [open, ended]);
}

#[tokio::test]
async fn files_that_nobody_confirmed_go_after_the_time_that_the_notice_names() {
    let town = Town::new();
    let batch = KeyedHash { key_id: "k".into(), hash: "b".into() };
    let head = store::FileHead {
        id: "0".repeat(32),
        field: "identity".into(),
        kind: "pdf".into(),
        size_bytes: 3,
        digest: "d".into(),
        staged_at: at("2026-11-23T18:05:09Z"),
    };
    let file = StagedFile { batch: batch.clone(), form: "upis".into(), head, sealed: vec![1, 2, 3] };
    town.store.stage(&file, 5).await.unwrap();
    let bundle = bundle(upis());
    sweep(&town.store, &bundle, at("2026-11-24T18:05:08Z")).await.unwrap();
    assert_eq!(town.store.staged(&batch).await.unwrap().len(), 1);
    let swept = sweep(&town.store, &bundle, at("2026-11-24T18:05:10Z")).await.unwrap();
    assert_eq!((swept.staged_files, town.store.staged(&batch).await.unwrap().len()), (1, 0));
}

#[tokio::test]
async fn the_register_asks_twice_a_year_apart_and_then_leaves_the_record_to_its_period() {
    let town = Town::new();
    let reference = registered(&town).await;
    assert_eq!(asked(&town, "2027-11-23T18:59:59Z").await, Asked::default(), "not before the year is over");
    let one = Asked { letters: 1, ..Asked::default() };
    assert_eq!(asked(&town, "2027-11-23T19:00:00Z").await, one);
    assert_eq!(asked(&town, "2027-11-23T19:00:01Z").await, Asked::default(), "one letter a year");
    assert_eq!(purge(&town.store, &bundle(upis()), at("2028-11-22T00:00:00Z")).await.unwrap(), 0);
    assert_eq!(asked(&town, "2028-11-23T19:00:00Z").await, one);
    assert_eq!(asked(&town, "2029-11-23T19:00:00Z").await, Asked::default(), "nobody answered");
    assert_eq!(purge(&town.store, &bundle(upis()), at("2029-12-23T18:59:59Z")).await.unwrap(), 0);
    assert_eq!(purge(&town.store, &bundle(upis()), at("2029-12-23T19:00:00Z")).await.unwrap(), 1);
    assert!(town.store.read(&reference).await.unwrap().is_none());
}

#[tokio::test]
async fn an_answer_begins_the_years_anew() {
    let town = Town::new();
    let reference = registered(&town).await;
    asked(&town, "2027-11-23T19:00:00Z").await;
    changed(&town, &reference, "2027-11-24T10:00:00Z", |change| {
        change.event = "kept by applicant".into();
        change.renewal_due_at = Set::To(at("2028-11-24T10:00:00Z"));
    })
    .await;
    asked(&town, "2028-11-24T10:00:00Z").await;
    let head = town.store.head(&reference).await.unwrap().unwrap();
    assert_eq!(head.renewal_due_at, Some(at("2029-11-24T10:00:00Z")), "this was the first without an answer");
}

#[tokio::test]
async fn the_yearly_letter_is_in_the_persons_language_and_can_be_ended_with_one_click() {
    let town = Town::new();
    registered(&town).await;
    asked(&town, "2027-11-23T19:00:00Z").await;
    town.wait(jiff::SignedDuration::from_hours(24 * 366));
    let letters = town.letters().await;
    let letter =
        letters.iter().find(|letter| letter.contains("List-Unsubscribe:")).expect("the yearly letter");
    assert!(letter.contains("Content-Language: de\r\n"), "{letter}");
    assert!(letter.contains(&format!("List-Unsubscribe: <{PUBLIC_URL}/usluge/veza/")), "{letter}");
    assert!(letter.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{letter}");
    assert!(letter.contains("23. Dezember 2029"), "when it is erased: {letter}");
}

#[tokio::test]
async fn an_address_that_nobody_confirmed_gets_no_yearly_letter() {
    let town = Town::new();
    let reference = registered(&town).await;
    changed(&town, &reference, "2026-11-23T20:00:00Z", |change| change.contact_confirmed_at = Set::Clear)
        .await;
    let left = Asked { left_alone: 1, ..Asked::default() };
    assert_eq!(asked(&town, "2027-11-23T19:00:00Z").await, left);
    assert_eq!(asked(&town, "2030-11-23T19:00:00Z").await, Asked::default());
}

#[tokio::test]
async fn the_audit_is_signed_once_a_day() {
    let town = Town::new();
    sent(&town, "").await;
    let made = async |moment| daily_checkpoint(&town.store, at(moment), &|| true).await.unwrap();
    let first = made("2026-11-24T00:10:00Z").await;
    assert!(matches!(first, Some(Signing::Done(Checkpoint { chains: 1, .. }))), "{first:?}");
    assert!(made("2026-11-24T23:59:59Z").await.is_none());
    assert!(made("2026-11-25T00:00:00Z").await.is_some());
    assert_eq!(town.store.checkpoints().await.unwrap().len(), 2);
}
