//! To a folder of `.eml` files.

use std::fs;

use jiff::SignedDuration;
use mail::{Delivery, EmlDirectory};
use sealing::{Identity, Sealer};

use crate::office::Office;

#[tokio::test]
async fn a_letter_is_written_once_and_never_due_again() {
    let mut office = Office::new();
    office.arrives("a1", office.sealed("Tekst")).await;
    assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)]);
    let written = fs::read_to_string(office.mail().join("a1.eml")).unwrap();
    assert!(written.contains("Message-ID: <a1@grad.example>\r\n"), "{written}");
    office.wait(SignedDuration::from_hours(24 * 400));
    assert_eq!(office.round().await, []);
}

#[tokio::test]
async fn a_full_disk_postpones_longer_each_time_and_the_letter_comes_in_the_end() {
    let mut office = Office::new();
    office.arrives("a1", office.sealed("Tekst")).await;
    // A file stands where the folder should be.
    fs::write(office.mail(), "").unwrap();
    for (attempt, seconds) in [(1, 30), (2, 60), (3, 120)] {
        let next = office.now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        let [(_, Delivery::Postponed { attempt: said, next: due, reason })] = &office.round().await[..]
        else {
            panic!("attempt {attempt} is postponed");
        };
        assert_eq!((*said, *due), (attempt, next));
        assert!(!reason.contains("ana@"), "{reason}");
        office.wait(SignedDuration::from_secs(seconds - 1));
        assert_eq!(office.round().await, [], "not before its time");
        office.wait(SignedDuration::from_secs(1));
    }
    fs::remove_file(office.mail()).unwrap();
    assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)]);
}

#[tokio::test]
async fn where_no_letter_can_be_written_one_is_given_up_after_64_attempts_and_told() {
    let mut office = Office::new();
    office.arrives("a1", office.sealed("Tekst")).await;
    fs::write(office.mail(), "").unwrap();
    for _ in 1..64 {
        assert!(matches!(office.round().await[..], [(_, Delivery::Postponed { .. })]));
        office.wait(SignedDuration::from_hours(7));
    }
    assert!(matches!(office.round().await[..], [(_, Delivery::GivenUp { .. })]));
    office.wait(SignedDuration::from_hours(24 * 365));
    assert_eq!(office.round().await, []);
}

#[tokio::test]
async fn what_cannot_be_opened_is_told_without_its_content_and_holds_nothing_up() {
    let mut office = Office::new();
    let stranger = Identity::generate();
    let sealer = Sealer::new(vec![stranger.recipient()], stranger.recipient()).unwrap();
    office.arrives("a1", sealer.seal_for_service(b"ana@example.org").unwrap()).await;
    office.arrives("a2", b"no sealed bytes: ana@example.org".to_vec()).await;
    office.arrives("a3", office.sealed("Tekst")).await;
    let round = office.round().await;
    assert_eq!(round.len(), 3);
    for (id, delivery) in &round {
        match delivery {
            Delivery::Sent => assert_eq!(id, "a3"),
            Delivery::Postponed { reason, .. } => assert!(!reason.contains("ana"), "{reason}"),
            Delivery::GivenUp { .. } => panic!("a key may be restored later"),
        }
    }
    assert!(office.mail().join("a3.eml").exists());
}

#[tokio::test]
async fn an_attempt_that_was_killed_after_writing_makes_no_second_letter() {
    let mut office = Office::new();
    office.arrives("a1", office.sealed("Tekst")).await;
    // The worker of before claimed it, wrote it, and was gone before it could say so.
    let claimed = store::Outbox::claim(&office.store, office.now, std::time::Duration::from_secs(300), 9)
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
    EmlDirectory::new(office.mail()).write("a1", b"written").unwrap();
    assert_eq!(office.round().await, [], "still leased");
    office.wait(SignedDuration::from_mins(5));
    assert_eq!(office.round().await, [("a1".to_owned(), Delivery::Sent)]);
    assert_eq!(fs::read(office.mail().join("a1.eml")).unwrap(), b"written");
    assert_eq!(fs::read_dir(office.mail()).unwrap().count(), 1);
}
