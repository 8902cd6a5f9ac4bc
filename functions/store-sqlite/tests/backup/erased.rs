//! What was erased stays erased, and no copy of the database gives it back.

use std::fs;

use store::conformance::audit_keys;
use store::{Changed, Changes, Files, Intake, Queue, QueueFilter, Records, StoreError, Upkeep, verify_audit};
use store_sqlite::{FILE_NAME, KEYS_FILE_NAME, RestoreError, restore};

use crate::town::{Town, arrival, assert_whole, at, erasure, full_record, hash, leaks, reference, staged};

/// A town with two records and a backup of Monday, whose first record was erased after that.
async fn erased_since_monday() -> Town {
    let town = Town::new();
    let store = town.open();
    full_record(&store, 1).await;
    full_record(&store, 2).await;
    town.backup("monday");
    store.erase(&erasure(1)).await.unwrap();
    drop(store);
    town
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
    let town = erased_since_monday().await;
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
    let town = erased_since_monday().await;
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
