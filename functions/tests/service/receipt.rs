//! `GET /usluge/potvrda/<token>`.

use axum::body::Body;
use axum::http::{Method, StatusCode};
use functions::SignedReceipt;
use jiff::SignedDuration;
use sealing::ReceiptPublicKey;
use store::{Records as _, Upkeep as _};

use crate::browser::{CONFIRM, checked, filled, get, post, request, send, with};
use crate::town::{Town, register};

async fn receipt_path(town: &Town, lang: &str) -> String {
    let confirmation = checked(town, &with(filled(town), "_lang", lang)).await;
    post(town, CONFIRM, &confirmation).await.location().to_owned()
}

#[tokio::test]
async fn the_receipt_says_in_the_language_of_the_form_what_happens_next() {
    for (lang, sentences) in [
        (
            "hr",
            ["Zaprimili smo Vaše podatke", "Zaprimljeno 23. studenoga 2026. u 19:05 (CET).", "Što slijedi"],
        ),
        (
            "en",
            [
                "We have received your details",
                "Received on 23 November 2026 at 19:05 (CET).",
                "What happens next",
            ],
        ),
        (
            "de",
            [
                "Wir haben Ihre Angaben erhalten",
                "Eingegangen am 23. November 2026 um 19:05 Uhr (CET).",
                "Wie es weitergeht",
            ],
        ),
    ] {
        let town = Town::new();
        let path = receipt_path(&town, lang).await;
        let page = get(&town, &path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains(&format!("<html lang=\"{lang}\">")));
        for sentence in sentences {
            assert!(page.says(sentence), "{sentence}: {}", page.body);
        }
        assert!(page.body.contains("<ol class=\"steps\">"));
        assert!(!page.body.contains('«'), "every text is there: {}", page.body);
    }
}

#[tokio::test]
async fn a_receipt_of_the_register_tells_that_the_letter_has_a_link_to_confirm_the_address_with() {
    for (lang, sentence) in [
        ("hr", "U toj je potvrdi i poveznica kojom potvrđujete da je adresa Vaša."),
        ("en", "That confirmation also has a link with which you confirm that the address is yours."),
        (
            "de",
            "Die Eingangsbestätigung enthält auch einen Link, mit dem Sie bestätigen, dass die Adresse Ihnen gehört.",
        ),
    ] {
        let town = Town::of(register());
        let page = get(&town, &receipt_path(&town, lang).await).await;
        assert!(page.says(sentence), "{sentence}: {}", page.body);
        let town = Town::new();
        let page = get(&town, &receipt_path(&town, lang).await).await;
        assert!(!page.says(sentence), "only a register asks: {}", page.body);
    }
}

#[tokio::test]
async fn reading_it_any_number_of_times_changes_nothing() {
    let town = Town::new();
    let path = receipt_path(&town, "hr").await;
    let first = get(&town, &path).await;
    assert_eq!(get(&town, &path).await.body, first.body);
    let head = send(&town.router, request(Method::HEAD, &path, &[], Body::empty())).await;
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(town.stored().await, 1);
    assert_eq!(town.log().len(), 1);
    assert_eq!(post(&town, &path, &Vec::new()).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn nobody_reads_a_receipt_by_its_reference_alone() {
    let town = Town::new();
    let path = receipt_path(&town, "hr").await;
    let (_, token) = path.rsplit_once('/').unwrap();
    let reference = token.split('.').next().unwrap();
    for guess in [
        reference.to_owned(),
        format!("{reference}.x.y"),
        format!("{token}x"),
        token.replacen(reference, "00000000", 1),
    ] {
        let page = get(&town, &format!("/usluge/potvrda/{guess}")).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{guess}");
    }
}

#[tokio::test]
async fn the_receipt_page_reads_well() {
    let town = Town::new();
    let path = receipt_path(&town, "hr").await;
    let page = get(&town, &path).await;
    let (_, token) = path.rsplit_once('/').unwrap();
    let reference: store::Reference = token.split('.').next().unwrap().parse().unwrap();
    let body = page.body.replace(&reference.to_string(), "XXXX-XXXX").replace(token, "TOKEN");
    let (token, _) = token.rsplit_once('.').unwrap();
    let body = body.replace(token, "TOKEN");
    // The code differs with the keys, which are made anew.
    let (before, code) = body.split_once("<path").unwrap();
    let (_, after) = code.split_once("</path>").unwrap();
    insta::assert_snapshot!(format!("{before}{after}").replace("><", ">\n<"));
}

#[tokio::test]
async fn who_sent_the_answers_sees_them_for_an_hour_and_nobody_else() {
    let town = Town::new();
    let path = receipt_path(&town, "hr").await;
    let page = get(&town, &path).await;
    assert!(
        page.says("Vaši odgovori") && page.says("Ana Čičak") && page.says("Molim hitno."),
        "{}",
        page.body
    );
    assert!(page.says("do 23. studenoga 2026. u 20:05 (CET)"));

    let (address, _) = path.rsplit_once('.').unwrap();
    for other in [address.to_owned(), format!("{address}.AAAAAAAAAAAAAAAAAAAAAA")] {
        let page = get(&town, &other).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.says("Zaprimili smo") && !page.says("Ana Čičak"), "{other}: {}", page.body);
    }
    assert!(town.letters().await.iter().all(|letter| !letter.contains(path.rsplit_once('.').unwrap().1)));

    town.wait(SignedDuration::from_mins(60));
    let later = get(&town, &path).await;
    assert!(later.says("Zaprimili smo") && !later.says("Ana Čičak") && !later.says("Vaši odgovori"));
    let swept = town.store.sweep(town.now(), jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(swept.parcels, 1, "what cannot be seen any more is removed");
}

#[tokio::test]
async fn two_receipts_never_show_each_others_answers() {
    let town = Town::new();
    let first = receipt_path(&town, "hr").await;
    let confirmation = checked(&town, &with(filled(&town), "name", "Iva Ivić")).await;
    let second = post(&town, CONFIRM, &confirmation).await.location().to_owned();
    let (address, _) = first.rsplit_once('.').unwrap();
    let (_, secret) = second.rsplit_once('.').unwrap();
    let mixed = get(&town, &format!("{address}.{secret}")).await;
    assert_eq!(mixed.status, StatusCode::OK);
    assert!(!mixed.says("Iva Ivić") && !mixed.says("Ana Čičak"), "{}", mixed.body);
}

#[tokio::test]
async fn anybody_checks_the_signed_receipt_with_the_published_keys() {
    for lang in ["hr", "en", "de"] {
        let town = Town::new();
        let path = receipt_path(&town, lang).await;
        let page = get(&town, &path).await;
        let file = get(&town, &page.link_with("/usluge/potvrda/")).await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.headers["content-type"], "text/plain; charset=utf-8");
        let signed = SignedReceipt::parse(&file.body).unwrap();
        let name = format!("attachment; filename=\"potvrda-{}.txt\"", signed.receipt.reference);
        assert_eq!(file.headers["content-disposition"], name.as_str());

        let published = get(&town, "/usluge/kljucevi/potvrde.pem").await;
        let keys = ReceiptPublicKey::read_all(&published.body).unwrap();
        assert_eq!(signed.verify(&keys), Ok(()));
        assert!(!published.body.contains("PRIVATE"), "{}", published.body);
        let stored = town.store.read(&signed.receipt.reference).await.unwrap().unwrap();
        assert!(signed.receipt.is_for(&stored.payload), "it names what the desk holds");
        assert_eq!(signed.receipt.received_at, stored.head.received_at);
        assert!(!file.body.contains('«') && !file.body.contains("Ana"), "{}", file.body);
    }
}

#[tokio::test]
async fn without_the_key_the_receipt_is_one_without_a_signature() {
    let mut town = Town::new();
    let mut service = town.service.clone();
    service.receipt_keys = None;
    town.router = functions::router(service);
    let path = receipt_path(&town, "hr").await;
    let page = get(&town, &path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.says("Ana Čičak") && !page.says("Potpisana potvrda"), "{}", page.body);
    for missing in [format!("{path}/potvrda.txt"), "/usluge/kljucevi/potvrde.pem".to_owned()] {
        assert_eq!(get(&town, &missing).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn the_receipt_says_by_when_there_is_an_answer() {
    for (lang, sentence) in [
        ("hr", "Najkasnije 30. studenoga 2026. javljamo Vam što je s Vašim zahtjevom."),
        ("en", "By 30 November 2026 at the latest we will tell you how your request stands."),
        ("de", "Spätestens am 30. November 2026 teilen wir Ihnen mit"),
    ] {
        let town = Town::new();
        town.promise_five_working_days();
        let page = get(&town, &receipt_path(&town, lang).await).await;
        assert!(page.says(sentence), "{lang}: {}", page.body);
        let reference = page.link_with("/usluge/potvrda/");
        let reference = reference.split(['/', '.']).nth(3).unwrap().parse().unwrap();
        let head = town.store.read(&reference).await.unwrap().unwrap().head;
        assert_eq!(head.promised, Some(jiff::civil::date(2026, 11, 30)));
    }
}
