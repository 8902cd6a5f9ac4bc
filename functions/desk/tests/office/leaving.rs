//! What leaves the office: exports, and what is erased.

use desk::unlock::{ExposeSecret as _, SecretString};
use desk::{DeskError, Move, export, list, moves};
use store::{QueueFilter, Stage};

use crate::town::{JMB, Town};

#[tokio::test]
async fn an_export_holds_everything_and_a_passphrase_opens_it_with_any_age_tool() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    moves::apply(&town.desk(), &reference, &Move::Refuse { decision: "UP-1/26".to_owned() }).await.unwrap();
    let document = export::document(&town.store, &reference, Some(&town.identity)).await.unwrap();
    assert_eq!(document["content"]["answers"]["jmb"], JMB);
    assert_eq!(document["additions"][0]["text"], "UP-1/26");
    assert_eq!(document["history"][1]["event"], "refused by office");
    let passphrase = SecretString::from("dvanaest znakova".to_owned());
    let sealed = export::protected(b"sadr\xc5\xbeaj", &passphrase).unwrap();
    assert!(sealed.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"));
    assert!(desk::unlock::is_protected(&sealed));
    assert_eq!(passphrase.expose_secret(), "dvanaest znakova");
}

#[tokio::test]
async fn what_is_erased_is_gone_for_the_office_too() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    town.desk().erase(&reference).await.unwrap();
    assert!(matches!(town.desk().erase(&reference).await, Err(DeskError::Missing(_))));
    let error = moves::apply(&town.desk(), &reference, &Move::EntryFound).await.unwrap_err();
    assert!(matches!(error, DeskError::Missing(_)), "{error}");
    let rows =
        list::list(&town.store, &QueueFilter::default(), 10, "2026-11-25".parse().unwrap()).await.unwrap();
    assert!(rows.is_empty());
}
