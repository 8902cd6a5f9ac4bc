//! Backups that are consistent while submissions arrive, and restores that bring back nothing that was erased.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail like tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::Timestamp;
use store::conformance::audit_keys;
use store::{
    Addition, Arrival, Change, Changed, Changes, Doubles, Erasure, FileHead, Files, Intake, KeyedHash,
    NewMessage, Outcome, Parcel, Queue, QueueFilter, Records, Reference, Stage, Staged, StagedFile,
    StoreError, Upkeep, verify_audit,
};
use store_sqlite::{
    BackupError, FILE_NAME, KEYS_FILE_NAME, OpenError, RestoreError, Restored, SqliteStore, backup,
    last_backup, restore,
};
use tempfile::TempDir;

/// Appears in everything that a record holds.
const CANARY: &[u8] = b"KANARINAC";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_435_200 + seconds).unwrap()
}

fn hash(kind: &str, number: u32) -> KeyedHash {
    KeyedHash { key_id: "k".to_owned(), hash: format!("{kind}{number:060x}") }
}

fn reference(number: u32) -> Reference {
    let [_, b, c, d] = number.to_be_bytes();
    Reference::from_random([1, b >> 4, b & 15, c >> 4, c & 15, d >> 4, d & 15])
}

fn arrival(number: u32) -> Arrival {
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

fn staged(number: u32) -> StagedFile {
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

fn erasure(number: u32) -> Erasure {
    Erasure {
        reference: reference(number),
        version: None,
        at: at(500),
        event: "erased by applicant".to_owned(),
        uses: None,
        messages: Vec::new(),
    }
}

struct Town {
    folder: TempDir,
}

impl Town {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn open(&self) -> SqliteStore {
        SqliteStore::open(&self.data(), audit_keys()).unwrap()
    }

    fn backup(&self, name: &str) -> u64 {
        backup(&self.data(), &self.file(name), at(100)).unwrap().records
    }

    fn restore(&self, name: &str, keys: Option<&str>) -> Result<Restored, RestoreError> {
        let keys = keys.map(|keys| self.file(keys));
        restore(&self.data(), &self.file(name), keys.as_deref(), audit_keys(), at(1000))
    }
}

/// A record with one of everything.
async fn full_record(store: &SqliteStore, number: u32) {
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

async fn assert_whole(store: &SqliteStore, number: u32) {
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
fn leaks(folder: &Path) -> bool {
    [FILE_NAME, KEYS_FILE_NAME].iter().any(|name| {
        ["", "-wal"].iter().any(|suffix| {
            let bytes = fs::read(folder.join(format!("{name}{suffix}"))).unwrap_or_default();
            bytes.windows(CANARY.len()).any(|window| window == CANARY)
        })
    })
}

#[tokio::test]
async fn a_backup_restored_holds_everything() {
    let town = Town::new();
    let store = town.open();
    for number in 0..5 {
        full_record(&store, number).await;
    }
    assert_eq!(town.backup("one"), 5);
    assert_eq!(last_backup(&town.data()), Some(at(100)));
    drop(store);
    fs::remove_dir_all(town.data()).unwrap();

    let restored = town.restore("one", None).unwrap();
    assert_eq!(restored.records, 5);
    assert_eq!((restored.erased_again, restored.without_key), (Vec::new(), Vec::new()));
    assert_eq!(restored.moved_aside, None);
    let store = town.open();
    for number in 0..5 {
        assert_whole(&store, number).await;
    }
    assert_eq!(store.accept(&arrival(9)).await.unwrap(), Outcome::Accepted);
}

#[tokio::test]
async fn the_database_alone_shows_nothing_that_was_stored() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    assert!(!leaks(&town.data()));
}

#[tokio::test]
async fn what_was_erased_after_a_backup_stays_erased_when_it_is_restored() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    full_record(&store, 2).await;
    town.backup("monday");
    assert_eq!(store.erase(&erasure(1)).await.unwrap(), Changed::Done(3));
    town.backup("tuesday");
    drop(store);
    fs::remove_dir_all(town.data()).unwrap();

    // As the guide says: the older database, and the only keys that were kept.
    fs::remove_file(town.file("monday.keys")).unwrap();
    assert!(matches!(town.restore("monday", None), Err(RestoreError::Missing { .. })));
    let restored = town.restore("monday", Some("tuesday.keys")).unwrap();
    assert_eq!((restored.records, restored.erased_again), (1, vec![reference(1)]));
    let store = town.open();
    assert_eq!(store.read(&reference(1)).await.unwrap(), None);
    assert_whole(&store, 2).await;
    assert_eq!(store.erasures().await.unwrap().len(), 1);
    let chains = store.chains(None, 10).await.unwrap();
    for chain in &chains {
        assert_eq!(verify_audit(&audit_keys(), &chain.reference, &chain.lines, &chain.head), Ok(()));
    }
    let erased = chains.iter().find(|chain| chain.reference == reference(1)).unwrap();
    assert_eq!(erased.lines.last().unwrap().event, "erased again after restore");
}

#[tokio::test]
async fn the_keys_in_place_tell_what_was_erased_even_if_the_backup_has_its_old_keys() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    full_record(&store, 2).await;
    town.backup("monday");
    store.erase(&erasure(1)).await.unwrap();
    drop(store);
    // The database is lost, the keys are not.
    fs::write(town.data().join(FILE_NAME), "cut off").unwrap();
    let restored = town.restore("monday", None).unwrap();
    assert_eq!(restored.erased_again, [reference(1)]);
    let aside = restored.moved_aside.unwrap();
    assert_eq!(fs::read(aside.join(FILE_NAME)).unwrap(), b"cut off");
    // Not even a second restore brings it back.
    let again = restore(&town.data(), &town.file("monday"), None, audit_keys(), at(2000)).unwrap();
    assert_eq!(again.erased_again, [reference(1)]);
    assert_eq!(town.open().read(&reference(1)).await.unwrap(), None);
}

#[tokio::test]
async fn an_older_copy_of_the_database_is_useless_for_what_was_erased() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    full_record(&store, 2).await;
    town.backup("monday");
    store.erase(&erasure(1)).await.unwrap();
    drop(store);
    // Somebody puts the old database beside the newest keys by hand.
    fs::copy(town.file("monday"), town.data().join(FILE_NAME)).unwrap();
    let store = town.open();
    let answer = store.read(&reference(1)).await;
    assert!(matches!(answer, Err(StoreError::Corrupt(_))), "{answer:?}");
    let head = store.head(&reference(1)).await.unwrap().unwrap();
    assert_eq!((head.contact_sealed, head.notice), (None, None));
    assert!(store.file(&reference(1), &staged(1).head.id).await.is_err());
    assert!(store.parcel(&hash("p", 1), at(0)).await.is_err());
    assert_whole(&store, 2).await;
    assert_eq!(
        store.list(&QueueFilter::default(), None, 10).await.unwrap().heads.len(),
        2,
        "the list goes on"
    );
}

#[tokio::test]
async fn the_key_of_an_erased_record_is_overwritten() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    let keys = town.data().join(KEYS_FILE_NAME);
    let database = rusqlite::Connection::open(town.data().join(FILE_NAME)).unwrap();
    let id: String = database.query_row("SELECT record_key FROM record", [], |row| row.get(0)).unwrap();
    let secret: Vec<u8> = rusqlite::Connection::open(&keys)
        .unwrap()
        .query_row("SELECT secret FROM key WHERE id = ?1", [&id], |row| row.get(0))
        .unwrap();
    store.erase(&erasure(1)).await.unwrap();
    for suffix in ["", "-wal"] {
        let bytes = fs::read(town.data().join(format!("{KEYS_FILE_NAME}{suffix}"))).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret), "{suffix}");
    }
}

#[tokio::test]
async fn a_key_whose_deletion_was_cut_short_goes_with_the_next_sweep() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    let keys = rusqlite::Connection::open(town.data().join(KEYS_FILE_NAME)).unwrap();
    let count = || keys.query_row("SELECT count(*) FROM key", [], |row| row.get::<_, i64>(0)).unwrap();
    let before = count();
    // What a stop between the two files leaves: the record is erased, its keys are only named.
    let database = rusqlite::Connection::open(town.data().join(FILE_NAME)).unwrap();
    let named = "INSERT INTO worthless_key (id, reference, at) SELECT record_key, reference, 1 FROM record";
    database.execute(named, []).unwrap();
    drop(store);
    let store = town.open();
    store.sweep(at(0), at(0)).await.unwrap();
    assert_eq!(count(), before - 1);
    let noted = keys.query_row("SELECT reference FROM erased", [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(noted, reference(1).compact());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn backups_taken_while_submissions_arrive_are_whole() {
    let town = Town::new();
    let store = town.open();
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4_u32)
        .map(|writer| {
            let (store, stop) = (store.clone(), Arc::clone(&stop));
            tokio::spawn(async move {
                for number in 0.. {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let number = writer * 10_000 + number;
                    assert_eq!(store.accept(&arrival(number)).await.unwrap(), Outcome::Accepted);
                    if number % 3 == 0 {
                        store.erase(&erasure(number)).await.unwrap();
                    }
                }
            })
        })
        .collect();
    for round in 0..4 {
        tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        let (data, file) = (town.data(), town.file(&format!("backup-{round}")));
        tokio::task::spawn_blocking(move || backup(&data, &file, at(100)).unwrap()).await.unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
    for round in 0..4 {
        let place = town.file(&format!("restored-{round}"));
        let file = town.file(&format!("backup-{round}"));
        let restored = restore(&place, &file, None, audit_keys(), at(1000)).unwrap();
        assert_eq!(restored.without_key, [], "round {round}");
        let store = SqliteStore::open(&place, audit_keys()).unwrap();
        let heads = store.list(&QueueFilter::default(), None, 10_000).await.unwrap().heads;
        assert_eq!(heads.len() as u64, restored.records);
        for head in heads {
            let record = store.read(&head.reference).await.unwrap().unwrap();
            assert_eq!(record.verify_audit(&audit_keys()), Ok(()));
            assert!(record.payload == CANARY.repeat(500));
        }
    }
}

#[tokio::test]
async fn keys_older_than_the_database_are_told_record_by_record() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    town.backup("monday");
    // So many that new keys were made.
    for number in 2..100 {
        store.accept(&arrival(number)).await.unwrap();
    }
    town.backup("tuesday");
    drop(store);
    let restored = town.restore("tuesday", Some("monday.keys")).unwrap();
    assert_eq!(restored.records, 99);
    assert!(!restored.without_key.is_empty() && restored.without_key.len() < 99);
    let store = town.open();
    assert_whole(&store, 1).await;
    assert!(store.read(&restored.without_key[0]).await.is_err());
}

#[tokio::test]
async fn nothing_is_restored_under_a_running_program() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    town.backup("one");
    let answer = town.restore("one", None);
    assert!(matches!(answer, Err(RestoreError::InUse { .. })), "{answer:?}");
    assert_whole(&store, 1).await;
    let clone = store.clone();
    drop(store);
    assert!(matches!(town.restore("one", None), Err(RestoreError::InUse { .. })), "a clone counts");
    drop(clone);
    town.restore("one", None).unwrap();
}

#[tokio::test]
async fn a_restore_that_was_cut_short_is_noticed_and_can_be_repeated() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    full_record(&store, 2).await;
    town.backup("one");
    store.erase(&erasure(2)).await.unwrap();
    drop(store);
    // Killed after the old files were moved aside.
    let aside = town.data().join("before-restore-20261123T000000Z");
    fs::create_dir(&aside).unwrap();
    for name in [FILE_NAME, KEYS_FILE_NAME] {
        fs::rename(town.data().join(name), aside.join(name)).unwrap();
    }
    fs::write(town.data().join("restore-unfinished"), "").unwrap();
    let error = SqliteStore::open(&town.data(), audit_keys()).map(|_| ()).unwrap_err();
    assert!(matches!(error, OpenError::HalfRestored { .. }), "{error:?}");
    assert!(!town.data().join(FILE_NAME).exists(), "no empty database was begun");

    let restored = town.restore("one", None).unwrap();
    assert_eq!(restored.erased_again, [reference(2)], "the journal that was moved aside counts");
    assert_whole(&town.open(), 1).await;
}

#[tokio::test]
async fn an_unusable_backup_changes_nothing() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    town.backup("one");
    drop(store);
    let keys = fs::read(town.file("one.keys")).unwrap();
    let good = fs::read(town.file("one")).unwrap();
    for (bytes, name) in [
        (b"Dragi dnevnice".repeat(600), "a letter"),
        (good[..good.len() / 2].to_vec(), "half"),
        (Vec::new(), "nothing"),
        (keys.clone(), "the keys in its place"),
    ] {
        fs::write(town.file("bad"), bytes).unwrap();
        fs::write(town.file("bad.keys"), &keys).unwrap();
        let answer = town.restore("bad", None);
        assert!(matches!(answer, Err(RestoreError::Unusable(_))), "{name}: {answer:?}");
        assert_whole(&town.open(), 1).await;
    }
}

#[tokio::test]
async fn a_backup_is_never_written_over_another_and_is_for_its_owner_only() {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    town.backup("one");
    let before = fs::read(town.file("one")).unwrap();
    let answer = backup(&town.data(), &town.file("one"), at(200));
    assert!(matches!(answer, Err(BackupError::Exists { .. })), "{answer:?}");
    assert_eq!(fs::read(town.file("one")).unwrap(), before);
    let nowhere = backup(&town.data(), &town.file("no/such/folder/one"), at(200));
    assert!(matches!(nowhere, Err(BackupError::NotWritable { .. })), "{nowhere:?}");
    let empty = backup(&town.file("empty"), &town.file("two"), at(200));
    assert!(matches!(empty, Err(BackupError::NoDatabase { .. })), "{empty:?}");
    #[cfg(unix)]
    for name in ["one", "one.keys", "data/last-backup", "data/in-use"] {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(town.file(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
    }
    let left: Vec<_> =
        fs::read_dir(town.folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with(".part")), "{left:?}");
}
