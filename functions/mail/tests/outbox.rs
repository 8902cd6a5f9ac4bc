//! From the outbox to a letter on the disk, over the real store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::fs;
use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use mail::{Delivery, EmlDirectory, Letter, Sender, deliver_due};
use sealing::{HashKey, HashKeys, Identity, Sealer};
use store::{Arrival, Doubles, Intake as _, KeyedHash, NewMessage, Reference, Stage};
use store_sqlite::SqliteStore;
use tempfile::TempDir;

struct Office {
    folder: TempDir,
    store: SqliteStore,
    service: Identity,
    now: Timestamp,
    arrived: u8,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let audit = HashKeys::new(HashKey::new([7; 32]), Vec::new());
        let store = SqliteStore::open(&folder.path().join("data"), audit).unwrap();
        let now = "2026-11-23T18:05:09Z".parse().unwrap();
        Self { folder, store, service: Identity::generate(), now, arrived: 0 }
    }

    async fn arrives(&mut self, id: &str, sealed: Vec<u8>) {
        self.arrived += 1;
        let hash = |text: &str| KeyedHash { key_id: "k".into(), hash: format!("{text}{}", self.arrived) };
        let arrival = Arrival {
            reference: Reference::from_random([self.arrived; 7]),
            form: "upis".into(),
            fingerprint: "0".into(),
            language: "hr".into(),
            received_at: self.now,
            payload: Vec::new(),
            facets: Default::default(),
            check_key: hash("c"),
            answers: hash("a"),
            doubles: Doubles::Accept,
            retention: "register".into(),
            stage: Stage::Received,
            promised: None,
            contact: None,
            contact_sealed: None,
            renewal_due_at: None,
            doubts: Vec::new(),
            files: None,
            parcels: Vec::new(),
            messages: vec![NewMessage { id: id.into(), sealed }],
        };
        assert_eq!(self.store.accept(&arrival).await.unwrap(), store::Outcome::Accepted);
    }

    fn sealed(&self, text: &str) -> Vec<u8> {
        let letter = Letter {
            to: "ana@example.org".parse().unwrap(),
            language: "hr".into(),
            subject: "Primljeno".into(),
            text: text.into(),
            html: String::new(),
            unsubscribe: None,
            written_at: self.now,
        };
        let sealer = Sealer::new(vec![self.service.recipient()], self.service.recipient()).unwrap();
        sealer.seal_for_service(&letter.to_bytes()).unwrap()
    }

    fn mail(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    async fn round(&self) -> Vec<(String, Delivery)> {
        let sender = Sender {
            name: [("hr".to_owned(), "Grad".to_owned())].into(),
            address: "no-reply@grad.example".parse().unwrap(),
        };
        let transport = EmlDirectory::new(self.mail());
        deliver_due(&self.store, &self.service, &sender, &transport, self.now, &mut || 0.0).await.unwrap().0
    }

    fn wait(&mut self, time: SignedDuration) {
        self.now = self.now.checked_add(time).unwrap();
    }
}

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
async fn after_ten_attempts_a_letter_is_set_aside_and_told() {
    let mut office = Office::new();
    office.arrives("a1", office.sealed("Tekst")).await;
    fs::write(office.mail(), "").unwrap();
    for _ in 0..9 {
        assert!(matches!(office.round().await[..], [(_, Delivery::Postponed { .. })]));
        office.wait(SignedDuration::from_hours(7));
    }
    assert!(matches!(office.round().await[..], [(_, Delivery::SetAside { .. })]));
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
            Delivery::SetAside { .. } => panic!("a key may be restored later"),
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
