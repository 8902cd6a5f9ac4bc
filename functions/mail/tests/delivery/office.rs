//! An outbox with letters in it, over the real store.

use std::path::PathBuf;

use jiff::{SignedDuration, Timestamp};
use mail::{Delivery, EmlDirectory, Letter, Sender, Transport, Unrecorded, Worker};
use sealing::{HashKey, HashKeys, Identity, Sealer};
use store::{Arrival, Doubles, Intake as _, KeyedHash, NewMessage, Reference, Stage};
use store_sqlite::SqliteStore;
use tempfile::TempDir;

pub struct Office {
    pub store: SqliteStore,
    pub now: Timestamp,
    service: Identity,
    transport: Transport,
    folder: TempDir,
    arrived: u8,
}

impl Office {
    /// Letters become files.
    pub fn new() -> Self {
        let mut office = Self::with(EmlDirectory::new("").into());
        office.transport = EmlDirectory::new(office.mail()).into();
        office
    }

    pub fn with(transport: Transport) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let audit = HashKeys::new(HashKey::new([7; 32]), Vec::new());
        let store = SqliteStore::open(&folder.path().join("data"), audit).unwrap();
        let now = "2026-11-23T18:05:09Z".parse().unwrap();
        Self { store, now, service: Identity::generate(), transport, folder, arrived: 0 }
    }

    pub async fn arrives(&mut self, id: &str, sealed: Vec<u8>) {
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
            answers_by_other_keys: Vec::new(),
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

    pub fn sealed(&self, text: &str) -> Vec<u8> {
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

    pub fn mail(&self) -> PathBuf {
        self.folder.path().join("mail")
    }

    pub async fn round(&self) -> Vec<(String, Delivery)> {
        self.round_while(&|| true).await
    }

    pub async fn round_while(&self, may_go_on: &(dyn Fn() -> bool + Sync)) -> Vec<(String, Delivery)> {
        let sender = Sender {
            name: [("hr".to_owned(), "Grad".to_owned())].into(),
            address: "no-reply@grad.example".parse().unwrap(),
        };
        let worker = Worker {
            outbox: &self.store,
            service: &self.service,
            sender: &sender,
            transport: &self.transport,
            unrecorded: &Unrecorded::default(),
        };
        worker.due(self.now, &mut || 0.0, may_go_on).await.unwrap().0
    }

    pub fn wait(&mut self, time: SignedDuration) {
        self.now = self.now.checked_add(time).unwrap();
    }
}
