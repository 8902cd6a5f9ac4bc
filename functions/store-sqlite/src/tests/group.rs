//! Writes that share a commit: each is whole or not there, whatever happens to the others.

use std::fs;
use std::path::Path;
use std::time::Duration;

use store::conformance::audit_keys;
use store::{Arrival, Intake, NewMessage, Outcome, Records, StoreError};
use tokio::task::JoinHandle;

use super::{arrival, folder};
use crate::{FILE_NAME, SqliteStore};

type Answer = Result<Outcome, StoreError>;

/// Lets all of these wait for the connection before the first one gets it.
async fn together(store: &SqliteStore, arrivals: Vec<Arrival>) -> Vec<Answer> {
    let first_in_line = store.writer.connection.clone().lock_owned().await;
    let tasks = spawn(store, arrivals);
    tokio::time::sleep(Duration::from_millis(200)).await;
    drop(first_in_line);
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    answers
}

fn spawn(store: &SqliteStore, arrivals: Vec<Arrival>) -> Vec<JoinHandle<Answer>> {
    arrivals
        .into_iter()
        .map(|arrival| {
            let store = store.clone();
            tokio::spawn(async move { store.accept(&arrival).await })
        })
        .collect()
}

/// How many commits the log holds: a frame that ends one says how large the database is from then on.
fn commits(folder: &Path) -> usize {
    let log = fs::read(folder.join(format!("{FILE_NAME}-wal"))).unwrap();
    let (header, frame) = (32, 24 + 4096);
    log[header..].chunks_exact(frame).filter(|frame| frame[4..8] != [0; 4]).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_wait_at_the_same_moment_share_one_commit() {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    store.accept(&arrival(1)).await.unwrap();
    let before = commits(folder.path());
    let answers = together(&store, (2..=21).map(arrival).collect()).await;
    assert!(answers.iter().all(|answer| *answer == Ok(Outcome::Accepted)), "{answers:?}");
    let commits = commits(folder.path()) - before;
    assert!(commits <= 2, "{commits} commits for 20 submissions");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_fails_takes_none_of_its_group_with_it() {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    store.accept(&arrival(1)).await.unwrap();
    let taken = NewMessage { id: "message-1".to_owned(), sealed: vec![1] };
    let arrivals = (2..=9)
        .map(|number| {
            let mut arrival = arrival(number);
            if number % 2 == 0 {
                arrival.messages.push(taken.clone());
            }
            arrival
        })
        .collect();
    let answers = together(&store, arrivals).await;
    for (number, answer) in (2..=9).zip(answers) {
        let there = store.read(&arrival(number).reference).await.unwrap().is_some();
        if number % 2 == 0 {
            assert!(matches!(answer, Err(StoreError::Failed(_))), "{number}: {answer:?}");
            assert!(!there, "{number}");
        } else {
            assert_eq!(answer, Ok(Outcome::Accepted), "{number}");
            assert!(there, "{number}");
        }
    }
    assert_eq!(store.count("registracija", "2026-11-23".parse().unwrap()).await.unwrap(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_equal_confirmations_in_one_group_one_is_accepted() {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    let answers = together(&store, vec![arrival(1); 8]).await;
    let accepted = answers.iter().filter(|answer| **answer == Ok(Outcome::Accepted)).count();
    let replayed = Ok(Outcome::Replayed(arrival(1).reference));
    assert_eq!((accepted, answers.iter().filter(|answer| **answer == replayed).count()), (1, 7));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_in_the_middle_of_a_group_leaves_no_half_and_no_false_promise() {
    for room in [3, 9, 20, 31] {
        let folder = folder();
        let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
        {
            let writer = store.writer.connection.try_lock().unwrap();
            let now: i64 = writer.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
            writer.pragma_update(None, "max_page_count", now + room).unwrap();
        }
        let answers = together(&store, (1..=8).map(arrival).collect()).await;
        drop(store);
        let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
        let mut accepted = 0;
        for (number, answer) in (1..=8).zip(&answers) {
            let record = store.read(&arrival(number).reference).await.unwrap();
            match answer {
                Ok(Outcome::Accepted) => {
                    accepted += 1;
                    assert!(record.is_some_and(|record| record.payload == arrival(number).payload));
                }
                Err(StoreError::Full(_)) => assert!(record.is_none(), "{number} with room for {room}"),
                other => panic!("{number}: {other:?}"),
            }
        }
        assert!(accepted < 8, "there was room for {room} pages only");
        assert_eq!(store.count("registracija", "2026-11-23".parse().unwrap()).await.unwrap(), accepted);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_waits_for_any_more_is_not_written() {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    let first_in_line = store.writer.connection.clone().lock_owned().await;
    let gone = spawn(&store, vec![arrival(1)]);
    let stays = spawn(&store, vec![arrival(2)]);
    tokio::time::sleep(Duration::from_millis(100)).await;
    gone.iter().for_each(JoinHandle::abort);
    tokio::time::sleep(Duration::from_millis(50)).await;
    drop(first_in_line);
    for task in stays {
        assert_eq!(task.await.unwrap(), Ok(Outcome::Accepted));
    }
    assert_eq!(store.read(&arrival(1).reference).await.unwrap(), None);
    assert_eq!(store.accept(&arrival(1)).await, Ok(Outcome::Accepted), "it can be sent again");
}

#[tokio::test]
async fn when_no_key_can_be_made_nothing_is_stored_and_nothing_is_lost() {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    let limit = |pages: i64| {
        let keys = store.tools.vault.connection();
        let now: i64 = keys.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
        keys.pragma_update(None, "max_page_count", now + pages).unwrap();
    };
    limit(0);
    let answer = store.accept(&arrival(1)).await;
    assert!(matches!(answer, Err(StoreError::Full(_))), "{answer:?}");
    assert_eq!(store.read(&arrival(1).reference).await.unwrap(), None);
    limit(100);
    assert_eq!(store.accept(&arrival(1)).await, Ok(Outcome::Accepted));
}

#[tokio::test]
async fn a_lost_file_of_keys_is_told_at_the_start_and_no_new_one_is_passed_off_for_it() {
    let folder = folder();
    let store = SqliteStore::open(folder.path(), audit_keys()).unwrap();
    store.accept(&arrival(1)).await.unwrap();
    drop(store);
    fs::remove_file(folder.path().join(crate::KEYS_FILE_NAME)).unwrap();
    for _ in 0..2 {
        let error = SqliteStore::open(folder.path(), audit_keys()).map(|_| ()).unwrap_err();
        assert!(matches!(error, crate::OpenError::RecordKeysMissing { .. }), "{error:?}");
        assert!(error.to_string().contains("restore the newest copy"), "{error}");
    }
}
