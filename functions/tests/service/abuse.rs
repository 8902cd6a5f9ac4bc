//! Programs are slowed, people never shut out, and nothing is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use ::attachments::samples;
use axum::http::StatusCode;
use functions::abuse::{Guard, Load, Rate};
use functions::link::{self, LinkAction};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use store::{Head, Queue as _, QueueFilter, Stage};

use crate::attachments::{self, FILES, add, press};
use crate::browser::{CHECK, CONFIRM, Pairs, checked, filled, get, post, post_from, with};
use crate::town::Town;
use crate::troubled::{BUSY, Troubled, WELL};

const HOME: &str = "203.0.113.7";

fn guarded(rate: Rate, load: Load) -> Town {
    let mut town = Town::new();
    town.service.guard = Arc::new(Guard::new(rate, load));
    town.router = functions::router(town.service.clone());
    town
}

fn few() -> Rate {
    Rate { burst: 6, refill: Duration::from_secs(10) }
}

async fn only(town: &Town) -> Head {
    let mut page = town.store.list(&QueueFilter::default(), None, 10).await.unwrap();
    assert_eq!(page.heads.len(), 1);
    page.heads.remove(0)
}

/// What the theme's script calculates.
fn worked(confirmation: &Pairs) -> Pairs {
    let key = &confirmation.iter().find(|(name, _)| name == "_key").unwrap().1;
    let number = (0_u32..)
        .find(|number| {
            let hash = Sha256::digest(format!("{key}.{number}"));
            u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]]).leading_zeros() >= 17
        })
        .unwrap();
    with(confirmation.clone(), "_work", &number.to_string())
}

#[tokio::test]
async fn a_network_that_sends_a_stream_waits_and_keeps_its_answers() {
    let town = guarded(few(), Load::Never);
    for _ in 0..6 {
        assert_eq!(post_from(&town, HOME, CHECK, &filled(&town)).await.status, StatusCode::OK);
    }
    for (lang, sentence) in [
        ("hr", "Molimo pričekajte trenutak"),
        ("en", "Please wait a moment"),
        ("de", "Bitte warten Sie einen Moment"),
    ] {
        let page = post_from(&town, "203.0.113.99", CHECK, &with(filled(&town), "_lang", lang)).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(page.headers["retry-after"], "10");
        assert!(page.says(sentence), "{}", page.body);
        assert!(
            page.inputs_of(CHECK).contains(&("name".to_owned(), "Ana Čičak".to_owned())),
            "nothing is lost"
        );
    }
    assert_eq!(post_from(&town, "198.51.100.1", CHECK, &filled(&town)).await.status, StatusCode::OK);
    assert_eq!(post(&town, CHECK, &filled(&town)).await.status, StatusCode::OK, "the host names no network");
    town.wait(SignedDuration::from_secs(10));
    assert_eq!(post_from(&town, HOME, CHECK, &filled(&town)).await.status, StatusCode::OK);
    let log = town.log().iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert!(log.contains("refused status=429 at=upis/provjera") && !log.contains("203.0"), "{log}");
}

#[tokio::test]
async fn processes_that_share_a_store_share_the_limit_and_a_store_that_cannot_count_shuts_nobody_out() {
    let mut town = Town::new();
    town.service.guard = Arc::new(Guard::shared(6, Load::Never));
    let other = functions::router(town.service.clone());
    town.router = functions::router(town.service.clone());
    let mut statuses = Vec::new();
    for _ in 0..4 {
        statuses.push(post_from(&town, HOME, CHECK, &filled(&town)).await.status.as_u16());
        let first = std::mem::replace(&mut town.router, other.clone());
        statuses.push(post_from(&town, HOME, CHECK, &filled(&town)).await.status.as_u16());
        town.router = first;
    }
    assert_eq!(statuses, [200, 200, 200, 200, 200, 200, 429, 429]);
    town.wait(SignedDuration::from_secs(60));
    assert_eq!(post_from(&town, HOME, CHECK, &filled(&town)).await.status, StatusCode::OK);

    let trouble = Arc::new(AtomicU8::new(BUSY));
    let wrapped = Arc::clone(&trouble);
    let mut town = Town::with(|inner| Arc::new(Troubled::new(inner, wrapped)));
    town.service.guard = Arc::new(Guard::shared(0, Load::Never));
    town.router = functions::router(town.service.clone());
    assert_eq!(post_from(&town, HOME, CHECK, &filled(&town)).await.status, StatusCode::OK);
    assert!(town.log()[0].to_string().contains("store-busy"), "{:?}", town.log());
    trouble.store(WELL, Ordering::SeqCst);
    assert_eq!(post_from(&town, HOME, CHECK, &filled(&town)).await.status, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn what_is_odd_is_stored_and_answered_and_looked_at_first() {
    let links = "http://a.example http://b.example http://c.example";
    for (code, changed) in [("trap", ("website_url", "https://x.example")), ("many_links", ("note", links))] {
        let town = Town::new();
        let confirmation = checked(&town, &with(filled(&town), changed.0, changed.1)).await;
        let receipt = get(&town, post(&town, CONFIRM, &confirmation).await.location()).await;
        assert!(receipt.says("Zaprimili smo Vaše podatke"), "{}", receipt.body);
        let head = only(&town).await;
        assert_eq!((head.stage, head.doubts.as_slice()), (Stage::Quarantined, [code.to_owned()].as_slice()));
        assert_eq!(town.opened(&head.reference).await["answers"]["name"], "Ana Čičak");
        assert_eq!(town.letters().await.len(), 1);
    }
}

#[tokio::test]
async fn the_field_that_people_do_not_see_is_remembered_past_the_page_for_files() {
    let trapped = |town: &Town| with(filled(town), "website_url", "https://x.example");
    for way in
        ["straight on", "back to the files", "a key that expired", "an answer changed", "filled in late"]
    {
        let town = attachments::town();
        let first = if way == "filled in late" { filled(&town) } else { trapped(&town) };
        let page = add(&town, &post(&town, CHECK, &first).await, "dokument", &samples::jpeg()).await;
        assert!(!page.body.contains("x.example"), "what nobody typed is not sent on");
        let mut check = press(&town, &page, "_next", "1").await;
        if way == "back to the files" {
            check = press(&town, &press(&town, &check, "_unstage", "nothing").await, "_next", "1").await;
        } else if way == "a key that expired" {
            town.wait(SignedDuration::from_hours(2));
            check = post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await;
            assert_eq!(check.status, StatusCode::CONFLICT);
        } else if way == "an answer changed" || way == "filled in late" {
            let batch = check.inputs_of(FILES).into_iter().find(|(name, _)| name == "_batch").unwrap().1;
            let again = if way == "filled in late" { trapped(&town) } else { filled(&town) };
            check = post(&town, CHECK, &with(with(again, "note", "Drugo"), "_batch", &batch)).await;
            check = press(&town, &press(&town, &check, "_unstage", "nothing").await, "_next", "1").await;
        }
        post(&town, CONFIRM, &check.inputs_of(CONFIRM)).await.location();
        let head = only(&town).await;
        assert_eq!((head.stage, head.doubts), (Stage::Quarantined, vec!["trap".to_owned()]), "{way}");
        assert_eq!(head.files.len(), 1, "{way}");
    }
}

#[tokio::test]
async fn a_key_that_expired_hands_its_mark_on() {
    let town = Town::new();
    let confirmation = checked(&town, &with(filled(&town), "website_url", "https://x.example")).await;
    town.wait(SignedDuration::from_hours(2));
    let page = post(&town, CONFIRM, &confirmation).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    post(&town, CONFIRM, &page.inputs_of(CONFIRM)).await.location();
    assert_eq!(only(&town).await.stage, Stage::Quarantined);
}

#[tokio::test]
async fn a_person_takes_longer_than_a_second() {
    for (seconds, stage) in [(0, Stage::Quarantined), (1, Stage::Received)] {
        let town = Town::new();
        let confirmation = checked(&town, &filled(&town)).await;
        town.wait(SignedDuration::from_secs(seconds));
        post_from(&town, HOME, CONFIRM, &confirmation).await;
        assert_eq!(only(&town).await.stage, stage);
    }
}

#[tokio::test]
async fn a_busy_network_is_looked_at_and_not_refused() {
    let mut shared = Town::new();
    shared.service.guard = Arc::new(Guard::shared(6, Load::Never));
    shared.router = functions::router(shared.service.clone());
    for town in [guarded(few(), Load::Never), shared] {
        let confirmation = checked(&town, &filled(&town)).await;
        town.wait(SignedDuration::from_secs(5));
        for _ in 0..5 {
            post_from(&town, HOME, CHECK, &filled(&town)).await;
        }
        post_from(&town, HOME, CONFIRM, &confirmation).await.location();
        let head = only(&town).await;
        assert_eq!((head.stage, head.doubts), (Stage::Quarantined, vec!["busy_network".to_owned()]));
        assert_eq!(town.letters().await.len(), 1);
    }
}

#[tokio::test]
async fn of_a_network_that_sent_too_much_nothing_is_stored_and_the_answers_are_kept() {
    let mut town = Town::new();
    town.service.guard = Arc::new(Guard::shared(0, Load::Never));
    town.router = functions::router(town.service.clone());
    let confirmation = checked(&town, &filled(&town)).await;
    let page = post_from(&town, HOME, CONFIRM, &confirmation).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.inputs_of(CONFIRM), confirmation);
    assert_eq!((town.stored().await, town.letters().await.len()), (0, 0));
}

#[tokio::test]
async fn under_load_a_browser_that_calculated_is_received_like_any_other() {
    let town = guarded(Rate::default(), Load::Always);
    let page = post(&town, CHECK, &filled(&town)).await;
    assert!(
        page.body.contains("<script src=\"/work.0123abcd.js\" integrity=\"sha384-work\" defer>"),
        "{}",
        page.body
    );
    assert!(page.body.contains("data-work-bits=\"17\""));
    post(&town, CONFIRM, &worked(&page.inputs_of(CONFIRM))).await.location();
    let head = only(&town).await;
    assert_eq!((head.stage, head.doubts.is_empty()), (Stage::Received, true));
}

#[tokio::test]
async fn under_load_without_script_a_letter_asks_for_one_more_click() {
    for (lang, says) in [("hr", "Još jedan korak"), ("en", "One more step"), ("de", "Noch ein Schritt")] {
        let town = guarded(Rate::default(), Load::Always);
        let confirmation = checked(&town, &with(filled(&town), "_lang", lang)).await;
        let receipt = get(&town, post(&town, CONFIRM, &confirmation).await.location()).await;
        assert!(receipt.says(says) && !receipt.body.contains("<ol class=\"steps\">"), "{}", receipt.body);
        let head = only(&town).await;
        assert_eq!((head.stage, head.doubts), (Stage::Unconfirmed, vec!["no_work".to_owned()]));
        let path = town.new_link(&[]).await;
        let link = link::read(&town.service.hashing, &path, town.now()).unwrap();
        assert_eq!((link.action, &link.reference), (LinkAction::Release, &head.reference));

        let page = get(&town, &path).await;
        assert_eq!(only(&town).await.stage, Stage::Unconfirmed, "opening the link changes nothing");
        post(&town, &path, &page.inputs_of(&path)).await.location();
        assert_eq!(only(&town).await.stage, Stage::Received);
    }
}

#[tokio::test]
async fn work_for_one_page_is_worth_nothing_on_another() {
    let town = guarded(Rate::default(), Load::Always);
    let first = worked(&checked(&town, &filled(&town)).await);
    let number = first.iter().find(|(name, _)| name == "_work").unwrap().1.clone();
    let second = with(checked(&town, &with(filled(&town), "note", "drugo")).await, "_work", &number);
    post(&town, CONFIRM, &second).await.location();
    assert_eq!(only(&town).await.stage, Stage::Unconfirmed);
}

#[tokio::test]
async fn under_load_without_script_and_address_the_office_looks_first() {
    let town = guarded(Rate::default(), Load::Always);
    let confirmation = checked(&town, &with(filled(&town), "email", "")).await;
    let receipt = get(&town, post(&town, CONFIRM, &confirmation).await.location()).await;
    assert!(receipt.says("Zaprimili smo Vaše podatke"), "{}", receipt.body);
    assert_eq!(only(&town).await.stage, Stage::Quarantined);
}

#[tokio::test]
async fn a_page_that_was_opened_before_the_load_needs_no_work() {
    let mut town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    town.service.guard = Arc::new(Guard::new(Rate::default(), Load::Always));
    town.router = functions::router(town.service.clone());
    post(&town, CONFIRM, &confirmation).await.location();
    assert_eq!(only(&town).await.stage, Stage::Received);
}
