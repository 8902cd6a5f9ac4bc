//! `/usluge/status`.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use forms::Money;
use functions::{ClientAddress, LinkAction, Notice};
use jiff::SignedDuration;
use store::{Set, Stage};

use super::{EMAIL, STATUS, office_link, status, submitted, submitted_by};
use crate::browser::{FORM, OWN, filled, get, request, send, with};
use crate::town::Town;
use crate::troubled::{BUSY, Troubled, WELL};

#[tokio::test]
async fn the_page_with_the_form_is_there_in_every_language() {
    let town = Town::new();
    for (path, lang, title, button) in [
        (STATUS, "hr", "Gdje je moj zahtjev?", "Pokaži stanje"),
        ("/usluge/status?lang=en", "en", "Where is my request?", "Show the status"),
        ("/usluge/status?lang=de", "de", "Wo ist mein Antrag?", "Stand anzeigen"),
        ("/usluge/status?lang=fr", "hr", "Gdje je moj zahtjev?", "Pokaži stanje"),
        ("/usluge/status?lang=%ff", "hr", "Gdje je moj zahtjev?", "Pokaži stanje"),
    ] {
        let page = get(&town, path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")), "{path}");
        assert!(page.says(title) && page.says(button), "{path}: {}", page.body);
        assert_eq!(page.inputs_of(STATUS), [("_lang".to_owned(), lang.to_owned())]);
        assert!(!page.body.contains('«'), "every text is there: {}", page.body);
    }
}

#[tokio::test]
async fn reference_and_address_show_where_the_request_is_and_no_answer() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    for (lang, title, needed) in [
        ("hr", "Zaprimljeno", "Od Vas za sada ništa ne treba."),
        ("en", "Received", "You do not need to do anything now."),
        ("de", "Eingegangen", "Sie müssen jetzt nichts tun."),
    ] {
        let typed = reference.to_string().to_lowercase();
        let page = status(&town, lang, &format!(" {typed} "), " Ana@Example.ORG ").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.says(&reference.to_string()) && page.says(title) && page.says(needed), "{}", page.body);
        assert!(!page.says("Čičak") && !page.says("hitno") && !page.says("ana@"), "{}", page.body);
    }
}

#[tokio::test]
async fn every_stage_says_in_every_language_what_it_means() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    for stage in Stage::ALL {
        town.office(&reference, |change| change.stage = Some(stage)).await;
        town.wait(SignedDuration::from_hours(1));
        for lang in ["hr", "en", "de"] {
            let page = status(&town, lang, reference.compact(), EMAIL).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(!page.body.contains('«'), "{stage} in {lang}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn what_the_office_said_is_shown_question_fee_payment_and_parcel_number() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    let notice = Notice {
        question: Some("Kako se zvala <Vaša> majka?".to_owned()),
        fee_due: Some(Money::from_minor(1300)),
        paid_at: Some(town.time()),
        tracking: Some("RR123456789BA".to_owned()),
        collect_at: Some("Matični ured, soba 3".to_owned()),
        unsubscribed_at: None,
    };
    let sealed = notice.seal(&town.service.sealer).unwrap();
    town.office(&reference, |change| {
        change.stage = Some(Stage::Asked);
        change.promised = Set::To("2026-12-01".parse().unwrap());
        change.notice = Set::To(sealed);
    })
    .await;
    let page = status(&town, "hr", reference.compact(), EMAIL).await;
    for sentence in [
        "Čekamo Vaš odgovor",
        "Kako se zvala <Vaša> majka?",
        "13,00\u{a0}KM (6,65\u{a0}EUR)",
        "Uplata zabilježena",
        "RR123456789BA",
        "Matični ured, soba 3",
        "1. prosinca 2026.",
    ] {
        assert!(page.says(sentence), "{sentence}: {}", page.body);
    }
    assert!(!page.body.contains("<Vaša>"), "escaped");
    assert!(page.link_with("/usluge/veza/").len() > 60, "the way to answer");
    let shown = page.body.replace(&reference.to_string(), "XXXX-XXXX").replace("><", ">\n<");
    let shown: Vec<_> = shown.split("/usluge/veza/").collect();
    let shown = shown
        .iter()
        .map(|part| part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c)));
    insta::assert_snapshot!(shown.collect::<Vec<_>>().join("/usluge/veza/TOKEN"));
}

/// Reads and writes of the store, hashes, and the answer, of one look-up.
async fn work(
    town: &Town,
    calls: &Troubled,
    reference: &str,
    email: &str,
) -> (Vec<&'static str>, u64, StatusCode, String) {
    calls.forget();
    let before = town.service.hashing.current().made();
    let page = status(town, "hr", reference, email).await;
    let hashes = town.service.hashing.current().made() - before;
    (calls.calls(), hashes, page.status, page.body)
}

#[tokio::test]
async fn a_miss_is_a_miss_whatever_was_wrong_the_same_reads_hashes_and_bytes() {
    let mut store = None;
    let town = Town::with(|inner| {
        let troubled = Arc::new(Troubled::new(inner, Arc::new(AtomicU8::new(WELL))));
        store = Some(Arc::clone(&troubled));
        troubled
    });
    let store = store.unwrap();
    let reference = submitted(&town, "hr").await;
    let absent = store::Reference::from_random([9; 7]);
    let malformed = format!(
        "{}{}",
        &reference.compact()[..7],
        if reference.compact().ends_with('0') { '1' } else { '0' }
    );
    let unlike =
        |body: &str, typed: &str, email: &str| body.replace(typed, "REFERENCE").replace(email, "EMAIL");

    let wrong_email = work(&town, &store, reference.compact(), "iva@example.org").await;
    assert_eq!(wrong_email.2, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong_email.0, ["attempt", "head"]);
    let expected = unlike(&wrong_email.3, reference.compact(), "iva@example.org");
    for (typed, email) in [
        (absent.compact(), EMAIL),
        (absent.compact(), "iva@example.org"),
        (malformed.as_str(), EMAIL),
        (malformed.as_str(), "no address"),
        ("nonsense!", EMAIL),
        (reference.compact(), "no address"),
    ] {
        let other = work(&town, &store, typed, email).await;
        assert_eq!(
            (&other.0, other.1, other.2),
            (&wrong_email.0, wrong_email.1, wrong_email.2),
            "{typed} {email}"
        );
        assert_eq!(unlike(&other.3, typed, email), expected, "{typed} {email}");
    }
    let found = work(&town, &store, reference.compact(), EMAIL).await;
    assert_eq!(found.2, StatusCode::OK);
    assert_eq!(found.0, wrong_email.0, "even a hit reads no more");
    assert!(wrong_email.1 >= 2, "the hashes are counted at all");
}

#[tokio::test]
async fn guessing_ends_after_ten_attempts_an_hour_for_every_reference_alike() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    let absent = store::Reference::from_random([9; 7]);
    for typed in [reference.compact(), absent.compact(), "nonsense"] {
        for _ in 0..10 {
            let page = status(&town, "hr", typed, "iva@example.org").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let page = status(&town, "hr", typed, EMAIL).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{typed}");
        assert_eq!(page.headers["retry-after"], "3600");
        assert!(page.says("Previše pokušaja"), "{}", page.body);
    }
    town.wait(SignedDuration::from_hours(1));
    assert_eq!(status(&town, "hr", reference.compact(), EMAIL).await.status, StatusCode::OK);
}

#[tokio::test]
async fn one_network_may_not_try_reference_after_reference() {
    let town = Town::new();
    let from = |address: &str, number: u8| {
        let random = [number, 1, 2, 3, 4, 5, 6];
        let body = format!(
            "_lang=hr&email=x%40y.example&reference={}",
            store::Reference::from_random(random).compact()
        );
        let mut request = request(Method::POST, STATUS, &[FORM, OWN], Body::from(body));
        request.extensions_mut().insert(ClientAddress(address.parse::<IpAddr>().unwrap()));
        request
    };
    let mut statuses = Vec::new();
    for number in 0..31 {
        statuses.push(send(&town.router, from("203.0.113.7", number)).await.status);
        statuses.push(send(&town.router, from("203.0.113.99", number + 100)).await.status);
    }
    let refused = |status: &&StatusCode| **status == StatusCode::TOO_MANY_REQUESTS;
    assert_eq!(statuses.iter().filter(refused).count(), 2, "60 an hour, from all neighbours together");
    let other = send(&town.router, from("198.51.100.1", 1)).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "another network is not to blame");
}

#[tokio::test]
async fn when_the_store_does_not_answer_the_page_says_try_again() {
    let trouble = Arc::new(AtomicU8::new(WELL));
    let town = Town::with(|inner| Arc::new(Troubled::new(inner, Arc::clone(&trouble))));
    let reference = submitted(&town, "hr").await;
    trouble.store(BUSY, std::sync::atomic::Ordering::SeqCst);
    let page = status(&town, "hr", reference.compact(), EMAIL).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.says("Stanje trenutačno ne možemo prikazati"), "{}", page.body);
    assert!(!page.body.contains("table"), "nothing internal");
}

#[tokio::test]
async fn what_was_typed_is_escaped_cut_and_kept_for_correction() {
    let town = Town::new();
    let page = status(&town, "en", "\"><script>", "ana@example").await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.body.contains("&quot;&gt;&lt;script&gt;") && !page.body.contains("<script>"),
        "{}",
        page.body
    );
    assert!(page.body.contains("error-summary") && page.body.contains("href=\"#reference\""));
    let long = "č".repeat(5_000);
    let page = status(&town, "en", &long, "x").await;
    assert!(page.body.len() < 5_000, "{}", page.body.len());
}

#[tokio::test]
async fn references_of_every_length_are_found_whatever_the_setting_says_today() {
    let town = Town::new();
    let mut sent = vec![submitted(&town, "hr").await];
    for length in [16, 12, 8] {
        town.reference_length(length);
        let note = length.to_string();
        sent.push(submitted_by(&town, &with(filled(&town), "note", &note)).await);
    }
    let lengths: Vec<_> = sent.iter().map(|reference| reference.compact().len()).collect();
    assert_eq!(lengths, [8, 16, 12, 8]);
    for reference in sent {
        let shown = reference.to_string();
        for typed in [shown.clone(), shown.to_lowercase(), shown.replace('-', " "), shown.replace('0', "O")] {
            let page = status(&town, "hr", &typed, EMAIL).await;
            assert!(page.status == StatusCode::OK && page.says(&shown), "{typed}: {}", page.body);
        }
        let link = office_link(&town, LinkAction::Withdraw, &reference, 7);
        assert!(get(&town, &link).await.says(&shown), "a link of a letter");
        assert_eq!(town.opened(&reference).await["reference"], reference.compact());
    }
}
