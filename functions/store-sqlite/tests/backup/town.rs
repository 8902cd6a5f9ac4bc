//! A folder with records that are complete, and copies of it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use store::conformance::audit_keys;
use store::{
    Addition, Arrival, Change, Changed, Changes, Doubles, Erasure, FileHead, Files, Intake, KeyedHash,
    NewMessage, Outcome, Parcel, Records, Reference, Stage, Staged, StagedFile,
};
use store_sqlite::{FILE_NAME, KEYS_FILE_NAME, RestoreError, Restored, SqliteStore, backup, restore};
use tempfile::TempDir;

/// Appears in everything that a record holds.
pub const CANARY: &[u8] = b"KANARINAC";

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_435_200 + seconds).unwrap()
}

pub fn hash(kind: &str, number: u32) -> KeyedHash {
    KeyedHash { key_id: "k".to_owned(), hash: format!("{kind}{number:060x}") }
}

pub fn reference(number: u32) -> Reference {
    let [_, b, c, d] = number.to_be_bytes();
    Reference::from_random([1, b >> 4, b & 15, c >> 4, c & 15, d >> 4, d & 15])
}

pub fn arrival(number: u32) -> Arrival {
    Arrival {
        reference: reference(number),
        form: "registracija".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        language: "hr".to_owned(),
        received_at: at(0),
        payload: CANARY.repeat(500),
        facets: BTreeMap::new(),
        check_key: hash("c", number),
        answers: hash("a", number),
        answers_by_other_keys: Vec::new(),
        doubles: Doubles::Accept,
        retention: "register".to_owned(),
        stage: Stage::Received,
        promised: None,
        contact: Some(hash("e", number)),
        contact_sealed: Some(CANARY.to_vec()),
        renewal_due_at: None,
        doubts: Vec::new(),
        files: None,
        parcels: vec![Parcel { id: hash("p", number), sealed: CANARY.to_vec(), expires_at: at(3600) }],
        messages: vec![NewMessage { id: format!("message-{number}"), sealed: CANARY.to_vec() }],
    }
}

pub fn staged(number: u32) -> StagedFile {
    StagedFile {
        batch: hash("b", number),
        form: "registracija".to_owned(),
        head: FileHead {
            id: format!("{number:032x}"),
            field: "identity".to_owned(),
            kind: "jpeg".to_owned(),
            size_bytes: 9,
            digest: "0".repeat(64),
            staged_at: at(0),
        },
        sealed: CANARY.repeat(1000),
    }
}

pub fn erasure(number: u32) -> Erasure {
    Erasure {
        reference: reference(number),
        version: None,
        at: at(500),
        event: "erased by applicant".to_owned(),
        uses: None,
        messages: Vec::new(),
    }
}

pub struct Town {
    pub folder: TempDir,
}

impl Town {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.data(), audit_keys()).unwrap()
    }

    pub fn backup(&self, name: &str) -> u64 {
        backup(&self.data(), &self.file(name), at(100)).unwrap().records
    }

    pub fn restore(&self, name: &str, keys: Option<&str>) -> Result<Restored, RestoreError> {
        let keys = keys.map(|keys| self.file(keys));
        restore(&self.data(), &self.file(name), keys.as_deref(), audit_keys(), at(1000))
    }
}

/// A record with one of everything.
pub async fn full_record(store: &SqliteStore, number: u32) {
    let file = staged(number);
    assert_eq!(store.stage(&file, 5).await.unwrap(), Staged::Stored);
    let files = Some((file.batch, vec![file.head.id]));
    assert_eq!(store.accept(&Arrival { files, ..arrival(number) }).await.unwrap(), Outcome::Accepted);
    let addition = Addition { kind: "answer".to_owned(), at: at(10), sealed: CANARY.to_vec() };
    let mut change = Change::new(reference(number), 1, at(10), "answered by applicant");
    change.additions.push(addition);
    change.notice = store::Set::To(CANARY.to_vec());
    assert_eq!(store.change(&change).await.unwrap(), Changed::Done(2));
}

pub async fn assert_whole(store: &SqliteStore, number: u32) {
    let record = store.read(&reference(number)).await.unwrap().expect("a record is gone");
    assert!(record.payload == arrival(number).payload, "payload");
    assert_eq!(record.verify_audit(&audit_keys()), Ok(()));
    assert_eq!(record.head.contact_sealed.as_deref(), Some(CANARY));
    for file in &record.head.files {
        let content = store.file(&reference(number), &file.id).await.unwrap();
        assert!(content == Some(staged(number).sealed), "file");
    }
}

/// Opens whatever can be opened with what the two files hold, and says whether it has the canary: as somebody who
/// found them, with every key in the one for every value in the other.
pub fn leaks(folder: &Path) -> bool {
    [FILE_NAME, KEYS_FILE_NAME].iter().any(|name| {
        ["", "-wal"].iter().any(|suffix| {
            let bytes = fs::read(folder.join(format!("{name}{suffix}"))).unwrap_or_default();
            bytes.windows(CANARY.len()).any(|window| window == CANARY)
        })
    })
}
