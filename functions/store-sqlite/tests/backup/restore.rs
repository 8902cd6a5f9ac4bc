//! Whole copies, and what a restore refuses or notices.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use store::conformance::audit_keys;
use store::{Changes, Intake, Outcome, Queue, QueueFilter, Records};
use store_sqlite::{
    BackupError, FILE_NAME, KEYS_FILE_NAME, OpenError, RestoreError, SqliteStore, backup, last_backup,
    restore,
};

use crate::town::{CANARY, Town, arrival, assert_whole, at, erasure, full_record, reference};

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
