//! A database of the first version becomes one of this version and keeps all that it held.

use std::fs;
use std::path::Path;

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use store::conformance::audit_keys;
use store::{AuditBroken, Doubles, Intake, MessageState, Outbox, Outcome, Records, Stage};
use tempfile::TempDir;

use super::{arrival, folder};
use crate::{FILE_NAME, SqliteStore};

const AT_NANOSECONDS: i64 = 1_795_435_200_000_000_000;
const PAYLOAD: &[u8] = b"sealed by the first version";

/// What the first version wrote for the arrivals of these numbers.
fn first_version(numbers: &[u8]) -> TempDir {
    let folder = folder();
    let database = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    database.execute_batch(include_str!("../schema/1.sql")).unwrap();
    database.pragma_update(None, "application_id", i32::from_be_bytes(*b"Zavi")).unwrap();
    database.pragma_update(None, "user_version", 1).unwrap();
    for number in numbers {
        write(&database, *number);
    }
    folder
}

fn write(database: &Connection, number: u8) {
    let arrival = arrival(number);
    let reference = arrival.reference.compact();
    let zeros = "0".repeat(64);
    let mut hasher = Sha256::new();
    for part in ["zavicaj audit line 1", reference, "1", "received", &moment().to_string(), &zeros] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    let line = HEXLOWER.encode(&hasher.finalize());
    let (key, message) = (arrival.check_key.hash, format!("message-{number}"));
    database
        .execute(
            "INSERT INTO submission VALUES (?1, 'registracija', 'f', 'hr', ?2, ?3, '{\"country\":\"DE\"}', ?4)",
            params![reference, AT_NANOSECONDS, PAYLOAD, line],
        )
        .unwrap();
    for (sql, values) in [
        ("INSERT INTO check_key VALUES ('k', ?1, ?2, 'registracija', 'k', ?1)", params![key, reference]),
        (
            "INSERT INTO answers VALUES ('registracija', 'k', ?1, ?2, 1795435200000000000)",
            params![key, reference],
        ),
        (
            "INSERT INTO audit VALUES (?1, 1, 'received', 1795435200000000000, ?2, ?3)",
            params![reference, zeros, line],
        ),
        (
            "INSERT INTO outbox VALUES (?1, ?2, x'6c6574746572', 3, 1795435200000000000, NULL)",
            params![message, reference],
        ),
    ] {
        database.execute(sql, values).unwrap();
    }
    let sql = "INSERT INTO counter VALUES ('registracija', '2026-11-23', 1)
               ON CONFLICT DO UPDATE SET accepted = accepted + 1";
    database.execute(sql, []).unwrap();
}

fn moment() -> Timestamp {
    Timestamp::from_nanosecond(i128::from(AT_NANOSECONDS)).unwrap()
}

fn open(folder: &Path) -> SqliteStore {
    SqliteStore::open(folder, audit_keys()).unwrap()
}

#[tokio::test]
async fn a_database_of_the_first_version_keeps_its_records() {
    let folder = first_version(&[1, 2, 3]);
    for round in 0..2 {
        let store = open(folder.path());
        for number in 1..=3 {
            let record = store.read(&arrival(number).reference).await.unwrap().unwrap();
            assert_eq!(record.payload, PAYLOAD, "round {round}");
            assert_eq!((record.head.stage, record.head.version), (Stage::Received, 1));
            assert_eq!(record.head.retention, "registar-dijaspore");
            assert_eq!(record.head.received_at, moment());
            assert_eq!(record.head.facets["country"], "DE");
            assert_eq!(record.verify_audit(&audit_keys()), Ok(()), "signed anew");
            assert_eq!(record.messages[0].state, MessageState::Waiting { attempts: 3 });
            let receipt = store.receipt(&arrival(number).reference).await.unwrap().unwrap();
            assert_eq!(receipt.received_at, moment());
        }
        assert_eq!(store.count("registracija", "2026-11-23".parse().unwrap()).await.unwrap(), 3);
    }
}

#[tokio::test]
async fn keys_doubles_and_letters_of_the_first_version_are_known() {
    let folder = first_version(&[1]);
    let store = open(folder.path());
    assert_eq!(
        store.accept(&arrival(1)).await.unwrap(),
        Outcome::Replayed(arrival(1).reference),
        "the same confirmation again"
    );
    let mut double = arrival(2);
    double.answers = arrival(1).answers;
    double.doubles = Doubles::RefuseSince(moment());
    assert_eq!(store.accept(&double).await.unwrap(), Outcome::Double(arrival(1).reference));
    let claimed = store.claim(moment(), std::time::Duration::from_secs(60), 10).await.unwrap();
    let claimed: Vec<_> = claimed.iter().map(|entry| (entry.sealed.as_slice(), entry.attempt)).collect();
    assert_eq!(claimed, [(b"letter".as_slice(), 4)]);
}

#[tokio::test]
async fn what_the_first_version_stored_gets_keys_of_its_own() {
    let folder = first_version(&[1, 2]);
    drop(open(folder.path()));
    let bytes = fs::read(folder.path().join(FILE_NAME)).unwrap();
    assert!(!bytes.windows(PAYLOAD.len()).any(|window| window == PAYLOAD), "overwritten, too");
}

#[tokio::test]
async fn a_line_that_was_changed_before_is_still_found_broken() {
    let folder = first_version(&[1, 2]);
    let database = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    let changed = arrival(1).reference;
    database.execute("UPDATE audit SET event = 'refused' WHERE reference = ?1", [changed.compact()]).unwrap();
    drop(database);
    let store = open(folder.path());
    let record = store.read(&changed).await.unwrap().unwrap();
    assert_eq!(record.verify_audit(&audit_keys()), Err(AuditBroken::Line(1)));
    let other = store.read(&arrival(2).reference).await.unwrap().unwrap();
    assert_eq!(other.verify_audit(&audit_keys()), Ok(()));
}

#[test]
fn programs_that_bring_a_database_over_at_once_do_not_meet() {
    let folder = first_version(&[1, 2, 3, 4, 5]);
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
