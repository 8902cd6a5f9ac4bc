//! What only this store promises: opening, keeping, staying usable.

mod group;
mod migration;
mod vanished;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::Connection;
use store::conformance::audit_keys;
use store::{
    Arrival, Doubles, Intake, KeyedHash, NewMessage, Outbox, Outcome, Records, Reference, Stage, StoreError,
};
use tempfile::TempDir;

use crate::{FILE_NAME, OpenError, SqliteStore};

fn arrival(number: u8) -> Arrival {
    let hash = KeyedHash { key_id: "k".to_owned(), hash: format!("{number:064x}") };
    Arrival {
        reference: Reference::from_random([number & 31, number >> 5, 0, 0, 0, 0, 0]),
        form: "registracija".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        language: "hr".to_owned(),
        received_at: Timestamp::from_second(1_795_435_200).unwrap(),
        payload: vec![number; 20_000],
        facets: BTreeMap::new(),
        check_key: hash.clone(),
        answers: hash,
        answers_by_other_keys: Vec::new(),
        doubles: Doubles::Accept,
        retention: "register".to_owned(),
        stage: Stage::Received,
        promised: None,
        contact: None,
        contact_sealed: None,
        renewal_due_at: None,
        doubts: Vec::new(),
        files: None,
        parcels: Vec::new(),
        messages: vec![NewMessage { id: format!("message-{number}"), sealed: b"sealed letter".to_vec() }],
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open_error(folder: &Path) -> OpenError {
    match SqliteStore::open_waiting(folder, audit_keys(), Duration::from_millis(100)) {
        Ok(_) => panic!("it opened"),
        Err(error) => error,
    }
}

/// A database with one submission, closed.
async fn closed_database() -> TempDir {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    store.accept(&arrival(1)).await.unwrap();
    folder
}

#[tokio::test]
async fn a_reopened_store_holds_what_was_accepted() {
    let folder = closed_database().await;
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    let record = store.read(&arrival(1).reference).await.unwrap().unwrap();
    assert_eq!(record.payload, arrival(1).payload);
    assert_eq!(store.accept(&arrival(1)).await.unwrap(), Outcome::Replayed(arrival(1).reference));
}

#[tokio::test]
async fn two_programs_share_the_file() {
    let folder = folder();
    let intake = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    let desk = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    intake.accept(&arrival(1)).await.unwrap();
    assert!(desk.read(&arrival(1).reference).await.unwrap().is_some());
    desk.accept(&arrival(2)).await.unwrap();
    assert!(intake.read(&arrival(2).reference).await.unwrap().is_some());
}

#[tokio::test]
async fn a_full_disk_refuses_whole_arrivals_and_the_store_stays_usable() {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    store.accept(&arrival(1)).await.unwrap();
    let limit = |pages: i64| {
        let writer = store.writer.connection.try_lock().unwrap();
        let now: i64 = writer.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        writer.pragma_update(None, "max_page_count", now + pages).unwrap();
    };
    limit(2);
    let answer = store.accept(&arrival(2)).await;
    assert!(matches!(answer, Err(StoreError::Full(_))), "{answer:?}");

    assert!(store.read(&arrival(1).reference).await.unwrap().is_some());
    assert_eq!(store.accept(&arrival(1)).await.unwrap(), Outcome::Replayed(arrival(1).reference));
    assert_eq!(store.read(&arrival(2).reference).await.unwrap(), None);
    assert_eq!(store.count("registracija", "2026-11-23".parse().unwrap()).await.unwrap(), 1);

    limit(10_000);
    assert_eq!(store.accept(&arrival(2)).await.unwrap(), Outcome::Accepted);
    assert_eq!(store.count("registracija", "2026-11-23".parse().unwrap()).await.unwrap(), 2);
}

#[tokio::test]
async fn while_another_program_writes_the_store_is_busy_and_nothing_is_lost() {
    let folder = folder();
    let store = SqliteStore::open_waiting(folder.path(), audit_keys(), Duration::from_millis(50)).unwrap();
    let other = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let answer = store.accept(&arrival(1)).await;
    assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
    assert_eq!(store.receipt(&arrival(1).reference).await.unwrap(), None, "reading goes on meanwhile");
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(store.accept(&arrival(1)).await.unwrap(), Outcome::Accepted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_before_a_held_database_is_told_so_after_one_wait_not_one_after_the_other() {
    let folder = folder();
    let store = SqliteStore::open_waiting(folder.path(), audit_keys(), Duration::from_millis(300)).unwrap();
    let other = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let started = Instant::now();
    let crowd: Vec<_> = (1..=8)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.accept(&arrival(number)).await })
        })
        .collect();
    for one in crowd {
        let answer = one.await.unwrap();
        assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
    }
    assert!(started.elapsed() < Duration::from_millis(900), "{:?}", started.elapsed());
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(store.accept(&arrival(1)).await.unwrap(), Outcome::Accepted);
}

#[tokio::test]
async fn who_waits_in_line_too_long_is_told_to_come_again() {
    let folder = folder();
    let store = SqliteStore::open_waiting(folder.path(), audit_keys(), Duration::from_millis(50)).unwrap();
    let first_in_line = store.writer.connection.clone().lock_owned().await;
    let answer = store.accept(&arrival(1)).await;
    assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
    drop(first_in_line);
    assert_eq!(store.accept(&arrival(1)).await.unwrap(), Outcome::Accepted);
}

#[tokio::test]
async fn a_delivered_message_leaves_no_bytes_behind() {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    store.accept(&arrival(1)).await.unwrap();
    store.delivered("message-1", Timestamp::from_second(1_795_435_300).unwrap()).await.unwrap();
    store.writer.connection.lock().await.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let file = fs::read(folder.path().join(FILE_NAME)).unwrap();
    assert!(!file.windows(13).any(|bytes| bytes == b"sealed letter"));
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let parent = folder();
    let folder = parent.path().join("data");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let store = SqliteStore::open(&folder, audit_keys()).unwrap();
    store.accept(&arrival(1)).await.unwrap();
    assert_eq!(mode(&folder), 0o700);
    for name in ["", "-wal", "-shm"] {
        assert_eq!(mode(&folder.join(format!("{FILE_NAME}{name}"))), 0o600, "{name}");
    }
    drop(store);
    fs::set_permissions(folder.join(FILE_NAME), fs::Permissions::from_mode(0o644)).unwrap();
    SqliteStore::open(&folder, audit_keys()).unwrap();
    assert_eq!(mode(&folder.join(FILE_NAME)), 0o600, "a wider mode is tightened");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = folder();
    let in_the_way = folder.path().join("data");
    fs::write(&in_the_way, "a file").unwrap();
    let error = open_error(&in_the_way);
    assert!(matches!(error, OpenError::NotWritable { .. }), "{error:?}");
    assert!(error.to_string().starts_with(&format!("cannot write {}", in_the_way.display())), "{error}");
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = folder();
    let file = folder.path().join(FILE_NAME);
    let letter = "Poštovani, ovo je obično pismo. ".repeat(100);
    fs::write(&file, &letter).unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, OpenError::NotADatabase { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), letter);
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    let folder = folder();
    let file = folder.path().join(FILE_NAME);
    Connection::open(&file).unwrap().execute_batch("CREATE TABLE submission (name TEXT)").unwrap();
    let before = fs::read(&file).unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_damaged_database_is_refused() {
    let folder = closed_database().await;
    let file = folder.path().join(FILE_NAME);
    let mut bytes = fs::read(&file).unwrap();
    let page = 4096;
    // Keeps the first page: the header still says "SQLite".
    for byte in &mut bytes[page..4 * page] {
        *byte = 0xA5;
    }
    fs::write(&file, bytes).unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
    assert!(error.to_string().contains("damaged"), "{error}");
}

#[tokio::test]
async fn a_cut_off_database_is_refused() {
    let folder = closed_database().await;
    let file = folder.path().join(FILE_NAME);
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, OpenError::Damaged { .. }), "{error:?}");
}

#[tokio::test]
async fn a_database_cut_to_nothing_is_not_taken_for_a_new_one() {
    for length in [0, 1, 100] {
        let folder = closed_database().await;
        let file = folder.path().join(FILE_NAME);
        let bytes = fs::read(&file).unwrap();
        fs::write(&file, &bytes[..length]).unwrap();
        let error = open_error(folder.path());
        assert!(matches!(error, OpenError::Emptied { .. }), "{length}: {error:?}");
        assert!(error.to_string().contains("restore a backup"), "{error}");
        assert_eq!(fs::read(&file).unwrap(), &bytes[..length], "left alone");
    }
}

#[tokio::test]
async fn a_database_whose_tables_are_gone_is_not_taken_for_a_new_one() {
    let folder = folder();
    Connection::open(folder.path().join(FILE_NAME)).unwrap().execute_batch("VACUUM").unwrap();
    let other = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    other.execute_batch("CREATE TABLE t (a); DROP TABLE t").unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, OpenError::Emptied { .. }), "{error:?}");
}

#[tokio::test]
async fn a_log_without_its_database_is_not_thrown_away() {
    let folder = folder();
    let log = folder.path().join(format!("{FILE_NAME}-wal"));
    fs::write(&log, "committed submissions").unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, OpenError::Emptied { .. }), "{error:?}");
    assert_eq!(fs::read(&log).unwrap(), b"committed submissions");
}

#[tokio::test]
async fn a_first_start_that_was_cut_short_can_be_repeated() {
    let folder = folder();
    // What a power cut leaves between the two files and the first table.
    fs::write(folder.path().join(format!("{FILE_NAME}-new")), "").unwrap();
    fs::write(folder.path().join(FILE_NAME), "").unwrap();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    assert_eq!(store.accept(&arrival(1)).await.unwrap(), Outcome::Accepted);
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().ends_with("-new")), "{left:?}");
}

#[test]
fn programs_that_make_the_database_at_once_do_not_meet() {
    for _ in 0..10 {
        let folder = folder();
        let programs: Vec<_> = (0..4)
            .map(|_| {
                let folder = folder.path().to_owned();
                std::thread::spawn(move || SqliteStore::open(&folder, audit_keys()).map(|_| ()))
            })
            .collect();
        for program in programs {
            program.join().unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused_and_left_alone() {
    let folder = closed_database().await;
    let file = folder.path().join(FILE_NAME);
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&file).unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, OpenError::NewerSchema { found: 99, .. }), "{error:?}");
    assert!(error.to_string().contains("update this program"), "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn a_database_that_another_program_holds_is_named_locked() {
    let folder = closed_database().await;
    let other = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
    let error = open_error(folder.path());
    assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    drop(other);
    SqliteStore::open(folder.path(), audit_keys()).unwrap();
}
