//! What a registrar reads: the queue, a record, and personal numbers only on demand.

use desk::{DeskError, Move, export, list, moves, record};
use forms::registrar::Secrets;
use sealing::Identity;
use serde_json::json;
use store::{MessageState, Outbox as _, QueueFilter, Records as _, Reference, Stage};

use crate::town::{JMB, Town, form, strings};

#[tokio::test]
async fn a_locked_desk_moves_what_needs_no_answers_and_opens_nothing() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let desk = town.locked();
    moves::apply(&desk, &reference, &Move::EntryFound).await.unwrap();
    let stored = town.store.read(&reference).await.unwrap().unwrap();
    assert!(matches!(record::open(stored, None), Err(DeskError::Locked(_))));
    assert!(matches!(export::document(&town.store, &reference, None).await, Err(DeskError::Locked(_))));
    let other = Identity::generate();
    let stored = town.store.read(&reference).await.unwrap().unwrap();
    assert!(matches!(record::open(stored, Some(&other)), Err(DeskError::Locked(_))));
}

#[tokio::test]
async fn answers_that_were_moved_to_another_record_are_noticed() {
    let town = Town::new();
    let first = town.request(1, Stage::Received, None).await;
    let second = town.request(2, Stage::Received, None).await;
    let mut stored = town.store.read(&first).await.unwrap().unwrap();
    stored.payload = town.store.read(&second).await.unwrap().unwrap().payload;
    assert!(matches!(record::open(stored, Some(&town.identity)), Err(DeskError::Foreign(_))));
}

#[tokio::test]
async fn a_registrar_reads_every_answer_and_the_jmb_only_on_demand() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let stored = town.store.read(&reference).await.unwrap().unwrap();
    let opened = record::open(stored, Some(&town.identity)).unwrap();
    let text = |secrets| {
        let sheets = opened.sheets(&form(), "hr", &strings(), secrets).unwrap();
        forms::registrar::plain_text(&sheets, &strings())
    };
    let (masked, shown) = (text(Secrets::Masked), text(Secrets::Shown));
    assert!(masked.contains("Ana Čičak") && masked.contains("ana@example.org"), "{masked}");
    assert!(!masked.contains(JMB) && masked.contains("JMB: •••"), "{masked}");
    assert!(shown.contains(JMB));
}

#[tokio::test]
async fn exactly_the_answers_for_a_jmb_are_hidden_and_what_looks_like_one_in_free_text() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, None).await;
    let stored = town.store.read(&reference).await.unwrap().unwrap();
    let mut opened = record::open(stored, Some(&town.identity)).unwrap();
    // An address of thirteen digits is an address: who cannot read it cannot write to it.
    let email = format!("{JMB}@example.org");
    let answers = json!({
        "name": format!("Ana {JMB}"), "email": email, "jmb": JMB, "copies": 2,
        "entries": [{ "who": format!("brat, {JMB}"), "copies": 1 }],
    });
    opened.content["answers"] = answers.clone();
    let hidden = "•••••••••••••";
    let expected = json!({
        "name": format!("Ana {hidden}"), "email": email, "jmb": hidden, "copies": 2,
        "entries": [{ "who": format!("brat, {hidden}"), "copies": 1 }],
    });
    assert_eq!(opened.stored_answers(Some(&form()), Secrets::Masked), expected);
    assert_eq!(opened.stored_answers(Some(&form()), Secrets::Shown), answers);
    let sheets = opened.sheets(&form(), "hr", &strings(), Secrets::Masked).unwrap();
    let text = forms::registrar::plain_text(&sheets, &strings());
    assert!(text.contains(&format!("Ana {hidden}")) && text.contains(&email), "{text}");
    assert_eq!(text.matches(JMB).count(), 1, "only in the address: {text}");

    // Another form may have asked for it under another name: everything that looks like one is hidden.
    opened.content["answers"] = json!({ "mother": JMB, "email": email, "copies": "mnogo" });
    for form in [None, Some(&form())] {
        let hidden = opened.stored_answers(form, Secrets::Masked).to_string();
        assert!(!hidden.contains(JMB), "{hidden}");
    }
}

#[tokio::test]
async fn the_queue_shows_what_is_late_doubtful_or_unreachable_and_opens_nothing() {
    let town = Town::new();
    let late = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let doubtful = town.request(2, Stage::Quarantined, Some("ana@example.org")).await;
    let waiting = town.request(3, Stage::Received, Some("ana@example.org")).await;
    moves::apply(&town.desk(), &waiting, &Move::Ask { question: "Kako?".to_owned() }).await.unwrap();
    let message = town.store.read(&waiting).await.unwrap().unwrap().messages.remove(0);
    assert_eq!(message.state, MessageState::Waiting { attempts: 0 });
    town.store.given_up(&message.id, town.now, "550").await.unwrap();

    let filter = QueueFilter { stages: list::open_stages(), form: None };
    let today = "2026-11-25".parse().unwrap();
    let rows = list::list(&town.store, &filter, 10, today).await.unwrap();
    let row = |reference: &Reference| {
        rows.iter().find(|row| row.reference == reference.to_string()).unwrap().clone()
    };
    assert!(row(&late).overdue);
    assert!(row(&doubtful).overdue, "what waits for the office waits for the office");
    assert!(!row(&waiting).overdue, "now it waits for the applicant");
    assert!(row(&waiting).letter_failed && !row(&late).letter_failed);
    let one = list::list(&town.store, &filter, 1, today).await.unwrap();
    assert_eq!(one.len(), 1);
    let printed = serde_json::to_string(&rows).unwrap();
    assert!(!printed.contains("ana@") && !printed.contains(JMB), "{printed}");
}
