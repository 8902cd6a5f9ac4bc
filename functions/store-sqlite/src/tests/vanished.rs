//! What somebody who can write the file, but has no key, cannot hide.

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use store::conformance::audit_keys;
use store::{AuditReport, Intake, Upkeep, verify_all};

use super::{arrival, folder};
use crate::{FILE_NAME, SqliteStore};

/// Three records and a signed state; then `change` is made in the file by hand.
async fn after(change: &str) -> AuditReport {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    for number in 1..=3 {
        store.accept(&arrival(number)).await.unwrap();
    }
    let later = Timestamp::from_second(1_795_435_200).unwrap() + SignedDuration::from_hours(24);
    store.checkpoint(later, &|| true).await.unwrap();
    assert!(verify_all(&store, &audit_keys()).await.unwrap().holds());
    let file = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    file.pragma_update(None, "foreign_keys", false).unwrap();
    file.execute_batch(&change.replace("?1", &format!("'{}'", arrival(2).reference.compact()))).unwrap();
    verify_all(&store, &audit_keys()).await.unwrap()
}

#[tokio::test]
async fn a_record_that_vanished_whole_is_noticed_by_the_signed_state() {
    let report = after(
        "DELETE FROM audit_line WHERE reference = ?1; DELETE FROM content WHERE reference = ?1;
         DELETE FROM message WHERE reference = ?1; DELETE FROM record WHERE reference = ?1",
    )
    .await;
    assert_eq!((report.chains, report.broken.len()), (2, 0), "each chain that is left holds");
    assert_eq!((report.checkpoints, report.broken_checkpoints.len()), (0, 1));
}

#[tokio::test]
async fn a_changed_line_breaks_its_chain() {
    let report = after("UPDATE audit_line SET event = 'refused by office' WHERE reference = ?1").await;
    let broken: Vec<_> = report.broken.iter().map(|(reference, _)| reference.clone()).collect();
    assert_eq!(broken, [arrival(2).reference]);
}

#[tokio::test]
async fn a_signed_state_that_was_taken_out_leaves_the_next_one_broken() {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    store.accept(&arrival(1)).await.unwrap();
    let day = SignedDuration::from_hours(24);
    let mut now = Timestamp::from_second(1_795_435_200).unwrap();
    for _ in 0..3 {
        now += day;
        store.checkpoint(now, &|| true).await.unwrap();
    }
    let file = Connection::open(folder.path().join(FILE_NAME)).unwrap();
    file.execute("DELETE FROM checkpoint WHERE number = 2", []).unwrap();
    let report = verify_all(&store, &audit_keys()).await.unwrap();
    assert_eq!((report.checkpoints, report.broken_checkpoints), (1, vec![now]));
}
