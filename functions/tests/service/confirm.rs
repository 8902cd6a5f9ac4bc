//! `POST /usluge/<form>/potvrda`: what is stored, and what is a double.

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::Reference;

use crate::browser::{CHECK, CONFIRM, checked, filled, get, post, with};
use crate::town::Town;

/// The reference in a receipt's address.
fn reference(path: &str) -> Reference {
    let token = path.strip_prefix("/usluge/potvrda/").unwrap();
    token.split('.').next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_confirmed_submission_is_stored_for_the_desk_and_answered_with_its_receipt() {
    let town = Town::new();
    let answer = post(&town, CONFIRM, &checked(&town, &filled(&town)).await).await;
    let reference = reference(answer.location());
    let opened = town.opened(&reference).await;
    assert_eq!(opened["answers"]["name"], "Ana Čičak");
    assert_eq!(opened["reference"], reference.compact());
    assert_eq!((&opened["form"], &opened["language"]), (&"upis".into(), &"hr".into()));
    assert_eq!(opened["received_at"], "2026-11-23T18:05:09Z");
    assert_eq!(opened["warnings"], serde_json::json!([]));

    let receipt = get(&town, answer.location()).await;
    assert_eq!(receipt.status, StatusCode::OK);
    assert!(receipt.says(&reference.to_string()), "{}", receipt.body);
    let log: Vec<_> = town.log().iter().map(ToString::to_string).collect();
    assert_eq!(log, ["accepted form=upis language=hr"]);
}

#[tokio::test]
async fn the_applicant_gets_one_letter_with_the_reference_and_without_answers() {
    let town = Town::new();
    let confirmation = checked(&town, &with(filled(&town), "_lang", "de")).await;
    let answer = post(&town, CONFIRM, &confirmation).await;
    post(&town, CONFIRM, &confirmation).await;
    let reference = reference(answer.location()).to_string();
    let letters = town.letters().await;
    let [letter] = letters.as_slice() else { panic!("{} letters", letters.len()) };
    assert!(letter.contains("To: ana@example.org\r\n") && letter.contains("Content-Language: de\r\n"));
    assert!(letter.contains(&reference), "{letter}");
    assert!(letter.contains("Auto-Submitted: auto-generated\r\n"));
    for answer in ["Ana", "hitno", "pozdrav"] {
        assert!(!letter.contains(answer), "{answer}: {letter}");
    }
    assert_eq!(town.letters().await.len(), 1, "it is not sent again");
}

#[tokio::test]
async fn without_an_address_there_is_no_letter() {
    let town = Town::new();
    let answer = post(&town, CONFIRM, &checked(&town, &with(filled(&town), "email", "")).await).await;
    answer.location();
    assert!(town.letters().await.is_empty());
}

#[tokio::test]
async fn pressing_send_several_times_gives_one_submission_and_one_receipt() {
    let town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    let (a, b, c) = tokio::join!(
        post(&town, CONFIRM, &confirmation),
        post(&town, CONFIRM, &confirmation),
        post(&town, CONFIRM, &confirmation)
    );
    assert_eq!(a.location(), b.location());
    assert_eq!(b.location(), c.location());
    town.wait(SignedDuration::from_mins(119));
    let late = post(&town, CONFIRM, &confirmation).await;
    assert_eq!(late.location(), a.location());
    assert_eq!(town.stored().await, 1);
}

#[tokio::test]
async fn other_answers_under_the_same_key_are_shown_again_and_not_stored() {
    let town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    let changed = with(confirmation, "name", "Ana Drukčija");
    let page = post(&town, CONFIRM, &changed).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("Odgovori se razlikuju od onih koje ste provjerili."), "{}", page.body);
    assert!(page.says("Ana Drukčija"));
    assert_eq!(town.stored().await, 0);
    post(&town, CONFIRM, &page.inputs_of(CONFIRM)).await.location();
    assert_eq!(town.stored().await, 1);
}

#[tokio::test]
async fn equal_answers_from_another_page_lead_to_the_first_receipt_and_can_be_sent_again() {
    let town = Town::new();
    let first = post(&town, CONFIRM, &checked(&town, &filled(&town)).await).await;
    town.wait(SignedDuration::from_hours(23));
    let page = post(&town, CONFIRM, &checked(&town, &filled(&town)).await).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("Ovo ste već poslali"), "{}", page.body);
    let (address, _) = first.location().rsplit_once('.').unwrap();
    assert_eq!(page.link_with("/usluge/potvrda/"), address, "this page cannot open the copy of that one");
    assert_eq!(town.stored().await, 1);

    let again = post(&town, CONFIRM, &with(page.inputs_of(CONFIRM), "_again", "1")).await;
    assert_ne!(again.location(), first.location());
    assert_eq!(town.stored().await, 2);
    let repeated = post(&town, CONFIRM, &with(page.inputs_of(CONFIRM), "_again", "1")).await;
    assert_eq!(repeated.location(), again.location(), "pressing it twice is no third submission");
    assert_eq!(town.letters().await.len(), 2);
}

#[tokio::test]
async fn equal_answers_in_another_spelling_or_language_are_a_double_too() {
    let town = Town::new();
    post(&town, CONFIRM, &checked(&town, &filled(&town)).await).await.location();
    let spelled = with(with(filled(&town), "name", "  Ana   Čičak "), "_lang", "de");
    let page = post(&town, CONFIRM, &checked(&town, &spelled).await).await;
    assert!(page.says("Das haben Sie bereits gesendet"), "{}", page.body);
}

#[tokio::test]
async fn after_a_day_equal_answers_are_a_new_submission() {
    let town = Town::new();
    post(&town, CONFIRM, &checked(&town, &filled(&town)).await).await.location();
    town.wait(SignedDuration::from_secs(24 * 3600 + 1));
    post(&town, CONFIRM, &checked(&town, &filled(&town)).await).await.location();
    assert_eq!(town.stored().await, 2);
}

#[tokio::test]
async fn a_key_older_than_two_hours_gives_a_new_check_page_with_all_values() {
    let town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    town.wait(SignedDuration::from_hours(2));
    let page = post(&town, CONFIRM, &confirmation).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.says("Prošlo je više od dva sata"), "{}", page.body);
    assert!(page.says("Ana Čičak") && page.says("Hvala & lijep pozdrav <3"));
    assert_eq!(town.stored().await, 0);
    post(&town, CONFIRM, &page.inputs_of(CONFIRM)).await.location();
}

#[tokio::test]
async fn a_missing_or_forged_key_stores_nothing() {
    let town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    let key = confirmation.iter().find(|(name, _)| name == "_key").unwrap().1.clone();
    let forged = format!("{}{}", if key.starts_with('A') { "B" } else { "A" }, &key[1..]);
    for key in ["", "nonsense", &forged] {
        let page = post(&town, CONFIRM, &with(confirmation.clone(), "_key", key)).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        assert!(page.says("Ništa još nije poslano."), "{}", page.body);
    }
    assert_eq!(town.stored().await, 0);
}

#[tokio::test]
async fn a_confirmation_is_validated_again_in_full() {
    let town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    let page = post(&town, CONFIRM, &with(confirmation, "country", "XX")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("error-summary") && page.says("Ana Čičak"));
    assert_eq!(town.stored().await, 0);
}

#[tokio::test]
async fn a_key_of_one_town_means_nothing_in_another() {
    let (town, other) = (Town::new(), Town::new());
    let confirmation = checked(&other, &filled(&other)).await;
    assert_eq!(post(&town, CONFIRM, &confirmation).await.status, StatusCode::CONFLICT);
    assert_eq!(post(&town, CHECK, &confirmation).await.status, StatusCode::OK);
}
