//! The suite that every store passes, on SQLite files.

use std::sync::Arc;

use store::Store;
use store_sqlite::SqliteStore;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sqlite_keeps_every_rule_of_a_store() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::cell::Cell::new(0);
    store::conformance::run(|| {
        number.set(number.get() + 1);
        let folder = folder.path().join(number.get().to_string());
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(&folder, store::conformance::audit_keys()).unwrap());
        std::future::ready(store)
    })
    .await;
    assert!(number.get() > 30, "only {} cases ran", number.get());
}
