//! What the office waits for: an answer, the proof looked at, or that the request is withdrawn.

use axum::http::StatusCode;
use functions::link::LinkAction;
use functions::{Notice, Proof, ProofCertificate, ProofLine};
use store::{Parcel, Reference, Set, Stage};

use super::{EMAIL, done, office_link, press, status, submitted};
use crate::browser::get;
use crate::town::Town;

fn proof(name: &str) -> Proof {
    let line = |label: &str, value: &str| ProofLine { label: label.to_owned(), value: value.to_owned() };
    Proof {
        certificates: vec![ProofCertificate {
            title: "Извод из матичне књиге рођених".to_owned(),
            language: "sr-Cyrl".to_owned(),
            lines: vec![line("Ime", name), line("Prezime", "Čičak <3")],
        }],
    }
}

/// The office sends a proof; answers with its link.
async fn proof_sent(town: &Town, reference: &Reference, name: &str, random: u8) -> String {
    let link = office_link(town, LinkAction::Proof, reference, random);
    let (id, sealed) = proof(name).seal(&link, [random; 24]).unwrap();
    let expires_at = town.time() + LinkAction::Proof.life();
    town.office(reference, |change| {
        change.stage = Some(Stage::ProofSent);
        change.removes_parcels = true;
        change.parcels.push(Parcel { id, sealed, expires_at });
    })
    .await;
    link
}

#[tokio::test]
async fn the_proof_shows_exactly_what_will_be_printed_and_is_confirmed_once() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    let link = proof_sent(&town, &reference, "Đurđica", 1).await;
    let page = get(&town, &link).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        page.says("Đurđica") && page.says("Čičak <3") && page.body.contains("Čičak &lt;3"),
        "{}",
        page.body
    );
    assert!(page.body.contains("lang=\"sr-Cyrl\""));
    assert_eq!(town.head(&reference).await.stage, Stage::ProofSent);

    let page = done(&town, &link, Some("confirm"), &[]).await;
    assert!(page.says("Potvrdili ste tekst isprave") && !page.says("Đurđica"), "{}", page.body);
    assert_eq!(town.head(&reference).await.stage, Stage::ProofConfirmed);
    let additions = town.additions(&reference).await;
    assert_eq!(additions[0]["kind"], "confirmation");
    assert_eq!(additions[0]["reference"], reference.compact());
    let printed = &additions[0]["content"]["proof"]["certificates"][0]["lines"][0]["value"];
    assert_eq!(printed, "Đurđica", "the desk has what was confirmed, word for word");
    assert_eq!(town.events(&reference).await.last().unwrap(), "proof_confirmed by applicant");

    let objection = press(&town, &link, Some("object"), &[("object", "predomislio sam se")]).await;
    assert!(objection.says("Potvrdili ste tekst isprave"), "{}", objection.body);
    assert_eq!(town.head(&reference).await.stage, Stage::ProofConfirmed);
}

#[tokio::test]
async fn a_mistake_in_the_proof_is_reported_in_words_and_a_new_proof_makes_the_old_link_worthless() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    let first = proof_sent(&town, &reference, "Durdica", 1).await;
    for empty in ["", "  \r\n "] {
        let page = press(&town, &first, Some("object"), &[("object", empty)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            page.body.contains("error-summary") && page.says("Napišite što treba ispraviti."),
            "{}",
            page.body
        );
        assert!(page.says("Durdica"), "the text is still there to look at");
    }
    let second = proof_sent(&town, &reference, "Đurdica", 2).await;
    let page = get(&town, &first).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.body);
    let page = press(&town, &first, Some("confirm"), &[]).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "nobody confirms what is not in front of him");
    assert_eq!(town.head(&reference).await.stage, Stage::ProofSent);

    let page =
        done(&town, &second, Some("object"), &[("object", "Ime je Đurđica, s dva đ.\r\nHvala!")]).await;
    assert!(page.says("Javili ste pogrešku u tekstu isprave"), "{}", page.body);
    assert_eq!(town.head(&reference).await.stage, Stage::ProofObjected);
    let additions = town.additions(&reference).await;
    assert_eq!(additions[0]["kind"], "objection");
    assert_eq!(additions[0]["content"]["text"], "Ime je Đurđica, s dva đ.\nHvala!");
}

#[tokio::test]
async fn a_question_is_answered_for_the_desk_alone() {
    let town = Town::new();
    let reference = submitted(&town, "de").await;
    let notice = Notice { question: Some("Wie hieß Ihre Mutter?".to_owned()), ..Notice::default() };
    let sealed = notice.seal(&town.service.sealer).unwrap();
    town.office(&reference, |change| {
        change.stage = Some(Stage::Asked);
        change.notice = Set::To(sealed);
    })
    .await;
    // From the status page, as a person would.
    let page = status(&town, "de", reference.compact(), EMAIL).await;
    let link = page.link_with("/usluge/veza/");
    let page = get(&town, &link).await;
    assert!(page.says("Wie hieß Ihre Mutter?") && page.says("Antwort senden"), "{}", page.body);
    for (text, problem) in
        [("", "Geben Sie Ihre Antwort ein."), (&"a".repeat(4001), "höchstens 4000 Zeichen")]
    {
        let page = press(&town, &link, Some("answer"), &[("answer", text)]).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.says(problem) && page.says(text), "{}", page.body);
    }
    let page = done(&town, &link, Some("answer"), &[("answer", "Kanarinka-4711")]).await;
    assert!(page.says("Ihre Antwort ist eingegangen") && !page.says("Kanarinka"), "{}", page.body);
    let additions = town.additions(&reference).await;
    assert_eq!(additions[0]["content"]["text"], "Kanarinka-4711");
    assert_eq!(additions[0]["content"]["question"], "Wie hieß Ihre Mutter?");
    assert!(!format!("{:?}", town.log()).contains("Kanarinka"));
}

#[tokio::test]
async fn a_request_is_withdrawn_from_the_status_page_and_a_letter_confirms_it() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    let letters = town.letters().await.len();
    let page = status(&town, "hr", reference.compact(), EMAIL).await;
    let link = page.link_with("/usluge/veza/");
    assert!(get(&town, &link).await.says("To se ne može poništiti"));
    assert_eq!(town.head(&reference).await.stage, Stage::Received, "only the button withdraws");
    let page = done(&town, &link, None, &[]).await;
    assert!(page.says("Zahtjev je povučen"), "{}", page.body);
    assert_eq!(town.head(&reference).await.stage, Stage::Withdrawn);
    assert_eq!(town.letters().await.len(), letters + 1);
    let page = status(&town, "hr", reference.compact(), EMAIL).await;
    assert!(page.says("Zahtjev je povučen") && !page.body.contains("/usluge/veza/"), "{}", page.body);
}

#[tokio::test]
async fn what_was_paid_or_printed_cannot_be_withdrawn() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    let link = office_link(&town, LinkAction::Withdraw, &reference, 1);
    town.office(&reference, |change| change.stage = Some(Stage::Paid)).await;
    assert_eq!(press(&town, &link, None, &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(town.head(&reference).await.stage, Stage::Paid);
    assert!(!status(&town, "hr", reference.compact(), EMAIL).await.body.contains("/usluge/veza/"));
}

#[tokio::test]
async fn a_request_that_was_held_back_is_released_by_the_button() {
    let town = Town::new();
    let reference = submitted(&town, "hr").await;
    town.office(&reference, |change| change.stage = Some(Stage::Unconfirmed)).await;
    let letters = town.letters().await.len();
    let link = office_link(&town, LinkAction::Release, &reference, 1);
    assert!(get(&town, &link).await.says("Potvrdi zahtjev"));
    let page = done(&town, &link, None, &[]).await;
    assert!(page.says("Zahtjev je potvrđen"), "{}", page.body);
    assert_eq!(town.head(&reference).await.stage, Stage::Received);
    assert_eq!(town.letters().await.len(), letters + 1, "now the confirmation of receipt is sent");
}
