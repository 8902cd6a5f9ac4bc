//! No answer is anywhere but in the page that its sender gets, and sealed in the database.

use std::path::Path;

use crate::browser::{CHECK, CONFIRM, Pairs, checked, filled, get, post, with};
use crate::town::{Town, bundle, upis};

/// Answers that occur nowhere by accident.
const NAME: &str = "Kanarinka Zlatnokrila";
const EMAIL: &str = "kanarinka-73519@ptica.example";
const NOTE: &str = "pjeva u zoru 86420";

fn canary(town: &Town) -> Pairs {
    with(with(with(filled(town), "name", NAME), "email", EMAIL), "note", NOTE)
}

fn assert_silent(place: &str, bytes: &[u8]) {
    for secret in [NAME, "Zlatnokrila", EMAIL, "kanarinka-73519", NOTE, "86420"] {
        let found = bytes.windows(secret.len()).any(|window| window.eq_ignore_ascii_case(secret.as_bytes()));
        assert!(!found, "{secret} in {place}");
    }
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[tokio::test]
async fn no_answer_is_readable_in_the_database_a_header_an_address_or_the_log() {
    let town = Town::new();
    let checked_page = post(&town, CHECK, &canary(&town)).await;
    let confirmed = post(&town, CONFIRM, &checked(&town, &canary(&town)).await).await;
    let doubled = post(&town, CONFIRM, &checked(&town, &canary(&town)).await).await;
    let refused = post(&town, CHECK, &with(canary(&town), "country", "")).await;
    let receipt = get(&town, confirmed.location()).await;
    for (name, page) in [
        ("check", &checked_page),
        ("confirm", &confirmed),
        ("double", &doubled),
        ("refused", &refused),
        ("receipt", &receipt),
    ] {
        assert_silent(&format!("headers of {name}"), format!("{:?}", page.headers).as_bytes());
    }
    assert!(receipt.says(NAME), "for an hour its sender sees the copy of the answers");
    let (mailed, _) = confirmed.location().rsplit_once('.').unwrap();
    assert_silent("the receipt of the letter", get(&town, mailed).await.body.as_bytes());
    assert_silent("the log", format!("{:?}", town.log()).as_bytes());
    let stored = files(&town.folder.path().join("data"));
    assert!(!stored.is_empty());
    for path in stored {
        assert_silent(&path.display().to_string(), &std::fs::read(&path).unwrap());
    }
    assert!(checked_page.says(NAME), "the canary did sing");
}

#[test]
fn the_bundle_is_complete_and_survives_being_written() {
    let written = bundle(upis()).to_json().unwrap();
    let read = functions::Bundle::from_json(&written).unwrap();
    assert_eq!(read.to_json().unwrap(), written);
}

#[test]
fn a_bundle_with_a_gap_is_refused_by_name() {
    let mut holed = bundle(upis());
    holed.strings.remove("de");
    holed.messages = Default::default();
    let said = functions::Bundle::from_json(&holed.to_json().unwrap()).unwrap_err().to_string();
    assert!(said.contains("service.receipt.title in de") && said.contains("the message primljeno"), "{said}");
}
