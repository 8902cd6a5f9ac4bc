//! A clock that jumps forward and back by minutes, days and months while two hundred people send.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use jiff::SignedDuration;
use store::{Queue as _, QueueFilter, Records as _};

use crate::browser::{CONFIRM, checked, filled, post, with};
use crate::town::Town;

const PEOPLE: usize = 200;

/// Together they lead back to the beginning, so that no jump is out of reach of the others.
const JUMPS_S: [i64; 10] =
    [7_300, -86_400 * 2, 3, 86_400 * 40, -1, -86_400 * 41, 86_400 * 3, -7_200, 7_199, -7_302];

/// How often somebody presses "send" on the page that came instead of a receipt.
const PATIENCE: usize = 500;

/// Presses "send" on every page that asks for it, until there is a receipt: its reference.
async fn until_told(town: &Town, number: usize) -> String {
    let email = format!("osoba-{number}@example.org");
    let mut page = checked(town, &with(filled(town), "email", &email)).await;
    for _ in 0..PATIENCE {
        let answer = post(town, CONFIRM, &page).await;
        if answer.status == StatusCode::SEE_OTHER {
            let location = answer.location().to_owned();
            // Once more: the same receipt, or the page again where the key is too old or too young by now.
            let again = post(town, CONFIRM, &page).await;
            if again.status == StatusCode::SEE_OTHER {
                assert_eq!(again.location(), location);
            }
            let token = location.strip_prefix("/usluge/potvrda/").unwrap();
            return token.split('.').next().unwrap().to_owned();
        }
        // A crowd on a slow machine: "nothing is lost, try again", with the same page.
        if answer.status == StatusCode::SERVICE_UNAVAILABLE {
            continue;
        }
        // The page to check once more: the key is too old, or from a time that has not come.
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        page = answer.inputs_of(CONFIRM);
    }
    panic!("no receipt after {PATIENCE} presses");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn while_the_clock_jumps_nobody_who_was_told_is_lost_or_stored_twice() {
    let town = Arc::new(Town::new());
    let ended = Arc::new(AtomicBool::new(false));
    let clock = tokio::spawn({
        let (town, ended) = (Arc::clone(&town), Arc::clone(&ended));
        async move {
            let mut jumps: u64 = 0;
            for jump in JUMPS_S.into_iter().cycle() {
                if ended.load(Ordering::Relaxed) && jumps.is_multiple_of(JUMPS_S.len() as u64) {
                    return jumps;
                }
                town.wait(SignedDuration::from_secs(jump));
                jumps += 1;
                tokio::time::sleep(Duration::from_millis(7)).await;
            }
            jumps
        }
    });
    let people: Vec<_> = (0..PEOPLE)
        .map(|number| {
            let town = Arc::clone(&town);
            tokio::spawn(async move { until_told(&town, number).await })
        })
        .collect();
    let mut told = BTreeSet::new();
    for person in people {
        assert!(told.insert(person.await.unwrap()), "two people have one receipt");
    }
    ended.store(true, Ordering::Relaxed);
    let jumps = clock.await.unwrap();

    let listed = town.store.list(&QueueFilter::default(), None, 10 * PEOPLE).await.unwrap();
    let stored: BTreeSet<_> = listed.heads.iter().map(|head| head.reference.compact().to_owned()).collect();
    assert_eq!(stored, told, "what is stored is what people were told");
    let keys = sealing::Keys::open_or_create(&town.folder.path().join("keys")).unwrap();
    let audit = keys.hashing.derive("audit");
    let mut addresses = BTreeSet::new();
    for head in &listed.heads {
        town.store.read(&head.reference).await.unwrap().unwrap().verify_audit(&audit).unwrap();
        addresses.insert(town.opened(&head.reference).await["answers"]["email"].to_string());
    }
    assert_eq!(addresses.len(), PEOPLE, "somebody is stored twice, and somebody not at all");

    // Nothing failed but for the crowd.
    let failed = town.log().into_iter().map(|event| event.to_string()).filter(|line| line.contains("failed"));
    let other: Vec<_> = failed.filter(|line| !line.contains("store-busy")).collect();
    assert_eq!(other, [""; 0]);

    // Some letters are due in what was the future for a moment.
    town.wait(SignedDuration::from_hours(24 * 60));
    let mut letters = 0;
    for _ in 0..20 {
        letters = town.letters().await.len();
        if letters >= PEOPLE {
            break;
        }
    }
    assert_eq!(letters, PEOPLE, "a letter for each, and none twice");
    let line = format!(
        "{jumps} jumps of the clock under {PEOPLE} people: {} receipts, {} records, {letters} letters\n",
        told.len(),
        stored.len()
    );
    let _ = std::io::Write::write_all(&mut std::io::stderr().lock(), line.as_bytes());
}
