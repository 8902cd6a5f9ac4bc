//! Periods stand in one table: what the program does and what people read follow it.

use std::fs;
use std::path::Path;

use forms::retention::Retention;
use functions::{Bundle, LinkAction};
use jiff::SignedDuration;
use serde_json::json;
use store::Upkeep as _;

use crate::attachments::with_files;
use crate::browser::{CHECK, CONFIRM, checked, filled, get, post};
use crate::town::{Town, bundle, strings, upis};

const LANGUAGES: [&str; 3] = ["hr", "en", "de"];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn shipped() -> Retention {
    let table = fs::read_to_string(repository().join("content/cuvanje.yaml")).unwrap();
    Retention::from_yaml(&table, &LANGUAGES).unwrap()
}

/// The shipped table with other periods in some rows.
fn table(periods: &[(&str, u32, &str)]) -> Retention {
    let mut rows = serde_json::to_value(shipped()).unwrap();
    for (id, count, unit) in periods {
        let row = rows.as_array_mut().unwrap().iter_mut().find(|row| row["id"] == **id).unwrap();
        row["kept"]["for"][0] = json!({ "count": count, "unit": unit });
    }
    let mut all = rows.as_array().unwrap().clone();
    all.extend(serde_json::to_value(bundle(upis()).retention).unwrap().as_array().unwrap().clone());
    serde_json::from_value(all.into()).unwrap()
}

fn town(form: serde_json::Value, periods: &[(&str, u32, &str)]) -> Town {
    let town = Town::new();
    town.change_form(form);
    town.change_bundle(|bundle| bundle.retention = table(periods));
    town
}

#[tokio::test]
async fn the_copy_of_the_answers_goes_when_the_table_says() {
    let town = town(upis(), &[("preslika-odgovora", 10, "minutes")]);
    let receipt = post(&town, CONFIRM, &checked(&town, &filled(&town)).await).await.location().to_owned();
    let page = get(&town, &receipt).await;
    assert!(page.says("Vaši odgovori") && page.says("u 19:15 (CET)"), "{}", page.body);
    town.wait(SignedDuration::from_mins(10));
    assert!(!get(&town, &receipt).await.says("Vaši odgovori"));
    let swept = town.store.sweep(town.now(), jiff::Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(swept.parcels, 1, "it is gone from the store as well");
}

#[tokio::test]
async fn the_page_for_files_says_the_period_of_the_table() {
    for (count, unit, words) in [(24, "hours", "čuvamo 24 sata"), (3, "days", "čuvamo 3 dana")] {
        let town = town(with_files(), &[("prilozi-bez-potvrde", count, unit)]);
        let page = post(&town, CHECK, &filled(&town)).await;
        assert!(page.says(words), "{words}: {}", page.body);
    }
}

#[test]
fn what_lies_behind_a_link_lies_there_as_long_as_the_table_says() {
    let now = "2026-11-23T18:05:09Z".parse().unwrap();
    let until = |retention: Retention, action: LinkAction| {
        action.expires_at(now, &Bundle { retention, ..bundle(upis()) }).to_string()
    };
    let short = || table(&[("tekst-na-provjeru", 7, "days"), ("izvoz-podataka", 2, "days")]);
    assert_eq!(until(short(), LinkAction::Proof), "2026-11-30T18:05:09Z");
    assert_eq!(until(short(), LinkAction::Export), "2026-11-25T18:05:09Z");
    // The table as it is shipped, and without one, is what the program does by itself.
    for retention in [shipped(), Retention::default()] {
        for action in LinkAction::ALL {
            assert_eq!(
                until(retention.clone(), action),
                now.checked_add(action.life()).unwrap().to_string(),
                "{action:?}"
            );
        }
    }
}

#[test]
fn a_text_that_names_a_time_names_the_one_that_the_program_keeps() {
    let day = LinkAction::OwnRecord.life().as_hours();
    for (lang, attempts) in [("hr", "za sat vremena"), ("en", "in an hour"), ("de", "in einer Stunde")] {
        let strings = strings(lang);
        let text = |key: &str| strings.text(key, &[]);
        assert!(text("service.own.sent.text").contains(&format!(" {day} ")), "{lang}");
        // See the windows of `applicant::attempts` and the double of `confirm`.
        assert!(text("service.too_often.text").contains(attempts), "{lang}");
        assert!(text("service.double.text").contains(" 24 "), "{lang}");
    }
}

/// How far back a table in the cloud can be restored: no period of the register, and compared with the deployment by
/// tests/template.
const MOST_RECOVERY_DAYS: &str = "35";

#[test]
fn the_privacy_notice_states_no_period_but_those_of_the_table_and_how_long_a_cloud_remembers() {
    let units = [
        "sat", "minut", "dan", "mjesec", "godin", "hour", "day", "month", "year", "stund", "tag", "monat",
        "jahr",
    ];
    for file in ["privatnost.md", "privatnost.en.md", "privatnost.de.md"] {
        let text = fs::read_to_string(repository().join("content").join(file)).unwrap().to_lowercase();
        assert!(text.contains("::: cuvanje"), "{file}");
        let words: Vec<&str> = text.split_whitespace().collect();
        let periods = words.windows(2).filter(|pair| {
            pair[0].parse::<u32>().is_ok() && units.iter().any(|unit| pair[1].starts_with(unit))
        });
        let periods: Vec<&str> = periods.map(|pair| pair[0]).collect();
        assert_eq!(periods, [MOST_RECOVERY_DAYS], "{file}");
    }
}
