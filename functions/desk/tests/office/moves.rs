//! Steps: what they change, which letter they cause, what is not allowed.

use desk::{DeskError, LetterSent, Move, moves, record};
use forms::Money;
use functions::{Notice, Proof};
use store::{Queue as _, Records as _, Stage};

use crate::town::{JMB, Town, proof};

#[tokio::test]
async fn a_request_goes_from_the_queue_to_the_post_with_a_letter_for_each_step_that_concerns_the_person() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let desk = town.desk();
    let apply = async |step: Move| moves::apply(&desk, &reference, &step).await.unwrap();

    assert_eq!(apply(Move::EntryFound).await.letter, LetterSent::None);
    assert_eq!(apply(Move::SendProof { proof: proof() }).await.letter, LetterSent::Queued);
    town.applicant(&reference, Stage::ProofConfirmed).await;
    apply(Move::RequestPayment { amount: None }).await;
    apply(Move::NotePayment).await;
    apply(Move::Printed).await;
    let last = apply(Move::Posted { tracking: " RR000000000BA ".to_owned() }).await;
    assert_eq!((last.stage, last.letter), (Stage::Posted, LetterSent::Queued));

    let letters = town.letters().await;
    let mut subjects: Vec<_> = letters.iter().map(|letter| letter.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, ["placeno", "poslano", "provjera-ispisa", "uplata"]);
    let text = |subject: &str| &letters.iter().find(|letter| letter.subject == subject).unwrap().text;
    // Two copies at the fee of the day on which the request arrived, not of the day after.
    assert!(
        text("uplata").contains("10,00 KM\n5,11 EUR\nGrad\nBA39 1290 0794 0102 8494"),
        "{}",
        text("uplata")
    );
    assert!(text("poslano").contains("RR000000000BA"), "{}", text("poslano"));
    assert!(text("provjera-ispisa").contains("https://grad.example/usluge/veza/"));
    for letter in &letters {
        assert!(!letter.text.contains(JMB) && !letter.text.contains("Đurđica"), "{}", letter.text);
    }

    let stored = town.store.read(&reference).await.unwrap().unwrap();
    let events: Vec<_> = stored.audit.iter().map(|line| line.event.as_str()).collect();
    assert_eq!(
        events,
        [
            "received",
            "entry_found by office",
            "proof_sent by office",
            "proof_confirmed by applicant",
            "payment_due by office",
            "paid by office",
            "printed by office",
            "posted by office",
        ]
    );
    assert_eq!(stored.verify_audit(&town.keys.hashing.derive("audit")), Ok(()));
    let notice = Notice::open(&town.keys.service_identity, stored.head.notice.as_deref()).unwrap();
    assert_eq!(notice.fee_due, Some(Money::from_minor(1000)));
    assert_eq!(notice.tracking.as_deref(), Some("RR000000000BA"));
    assert_eq!(notice.paid_at, Some(town.now));
}

#[tokio::test]
async fn what_the_table_does_not_allow_changes_nothing_and_says_what_is_allowed() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let error = moves::apply(&town.desk(), &reference, &Move::Printed).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "a record that is received cannot become printed; \
         it can become entry_found, asked, proof_sent, entered, refused"
    );
    let head = town.store.head(&reference).await.unwrap().unwrap();
    assert_eq!((head.stage, head.version), (Stage::Received, 1));
    assert!(town.letters().await.is_empty());
}

#[tokio::test]
async fn of_two_registrars_at_one_record_the_second_is_told() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let desk = town.desk();
    let question = |text: &str| Move::Ask { question: text.to_owned() };
    let (first, second) = (question("Prvo?"), question("Drugo?"));
    let (one, other) =
        tokio::join!(moves::apply(&desk, &reference, &first), moves::apply(&desk, &reference, &second));
    let done = [&one, &other].iter().filter(|result| result.is_ok()).count();
    // Asking again is allowed: whoever came second either met the new version or was refused.
    let letters = town.letters().await.len();
    assert_eq!(letters, done);
    for result in [one, other] {
        if let Err(error) = result {
            assert!(matches!(error, DeskError::Stale(_)), "{error}");
        }
    }
}

#[tokio::test]
async fn a_question_is_shown_on_the_status_page_and_kept_for_the_desk() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let step = Move::Ask { question: "Kako se zvala majka?".to_owned() };
    moves::apply(&town.desk(), &reference, &step).await.unwrap();
    let stored = town.store.read(&reference).await.unwrap().unwrap();
    let notice = Notice::open(&town.keys.service_identity, stored.head.notice.as_deref()).unwrap();
    assert_eq!(notice.question.as_deref(), Some("Kako se zvala majka?"));
    let opened = record::open(stored, Some(&town.identity)).unwrap();
    assert_eq!(opened.additions[0].kind, "question");
    assert_eq!(opened.additions[0].text, "Kako se zvala majka?");
    for letter in town.letters().await {
        assert!(!letter.text.contains("majka"), "a question may be about a person: {}", letter.text);
    }
    moves::apply(&town.desk(), &reference, &Move::Answered).await.unwrap();
    let head = town.store.head(&reference).await.unwrap().unwrap();
    let notice = Notice::open(&town.keys.service_identity, head.notice.as_deref()).unwrap();
    assert_eq!(notice.question, None, "a question that was answered is over");
}

#[tokio::test]
async fn empty_words_are_refused_before_anything_is_written() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let steps = [
        Move::Ask { question: "  ".to_owned() },
        Move::Refuse { decision: String::new() },
        Move::SendProof { proof: Proof { certificates: Vec::new() } },
    ];
    for step in steps {
        assert!(moves::apply(&town.desk(), &reference, &step).await.is_err(), "{}", step.stage());
    }
    assert_eq!(town.store.head(&reference).await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn a_person_without_an_address_is_not_forgotten() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, None).await;
    let step = Move::Ask { question: "Kako?".to_owned() };
    let moved = moves::apply(&town.desk(), &reference, &step).await.unwrap();
    assert_eq!(moved.letter, LetterSent::NoAddress);
    let error =
        moves::apply(&town.desk(), &reference, &Move::SendProof { proof: proof() }).await.unwrap_err();
    assert!(error.to_string().contains("no e-mail address"), "{error}");
}
