//! The years of an entry in the register, from the form to the erasure, by the rules of `content/cuvanje.yaml`: each
//! step through the pages and letters that people see, only the clock is moved.

use std::sync::Arc;

use axum::http::StatusCode;
use forms::retention::Retention;
use functions::Random;
use functions::upkeep::{Asked, Renewals, ask_still_correct, purge};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use serde_json::json;
use store::{Changes as _, Queue as _, Reference};

use crate::applicant::{EMAIL, done, submitted};
use crate::browser::{get, pairs, post};
use crate::town::{LANGUAGES, Town, register};

/// What the shipped table says of the register.
const MONTHS: i64 = 13;
/// Letters in a row without an answer.
const MOST_LETTERS: usize = 2;

/// A register with the shipped table of periods.
fn town() -> Town {
    let mut form = register();
    form["retention"] = json!("registar-dijaspore");
    let town = Town::of(form);
    town.change_bundle(|bundle| {
        let source = include_str!("../../../content/cuvanje.yaml");
        bundle.retention = Retention::from_yaml(source, &LANGUAGES).unwrap();
    });
    town
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Sarajevo").unwrap()
}

/// The same time of the day on the town's calendar.
fn later(moment: Timestamp, span: jiff::Span) -> Timestamp {
    (&moment.to_zoned_datetime(zone()) + span).timestamp()
}

fn day(moment: Timestamp) -> Date {
    moment.to_zoned_datetime(zone()).date()
}

fn wait_until(town: &Town, moment: Timestamp) {
    town.wait(moment.duration_since(town.now()));
}

/// What the server does every five minutes.
async fn upkeep(town: &Town) -> (u64, Asked) {
    let bundle = town.service.bundle.borrow().clone();
    let erased = purge(&town.store, &bundle, town.now()).await.unwrap();
    let random: Random = Arc::new(|buffer: &mut [u8]| {
        buffer.fill(7);
        true
    });
    let needs = Renewals {
        store: &town.store,
        bundle: &bundle,
        sealer: &town.service.sealer,
        hashing: &town.service.hashing,
        identity: &town.service_identity,
        random: &random,
    };
    (erased, ask_still_correct(&needs, town.now()).await.unwrap())
}

const NOTHING: (u64, Asked) = (0, Asked { letters: 0, left_alone: 0, failed: Vec::new() });
const A_LETTER: (u64, Asked) = (0, Asked { letters: 1, left_alone: 0, failed: Vec::new() });

async fn is_there(town: &Town, reference: &Reference) -> bool {
    town.store.head(reference).await.unwrap().is_some()
}

/// Somebody enters the register, and presses the button behind the mailed link two hours later.
async fn member(town: &Town) -> Reference {
    let reference = submitted(town, "hr").await;
    let link = town.new_link(&[]).await;
    town.wait(SignedDuration::from_hours(2));
    assert!(done(town, &link, None, &[]).await.says("Adresa je potvrđena"));
    reference
}

/// The yearly letter comes at this moment and not before; answers with its text, its button and its way out.
async fn asked_at(town: &Town, moment: Timestamp) -> (String, String, String) {
    let before = (town.letters().await, town.links().await);
    wait_until(town, moment - SignedDuration::from_secs(1));
    assert_eq!(upkeep(town).await, NOTHING, "not before {moment}");
    wait_until(town, moment);
    assert_eq!(upkeep(town).await, A_LETTER, "at {moment}");
    assert_eq!(upkeep(town).await, NOTHING, "once");
    let letters = town.letters().await;
    let new: Vec<_> = letters.iter().filter(|letter| !before.0.contains(letter)).collect();
    let [letter] = new[..] else { panic!("{} letters", new.len()) };
    assert!(letter.contains(&format!("To: {EMAIL}\r\n")), "{letter}");
    let (mut keep, mut end) = (None, None);
    for link in town.links().await.into_iter().filter(|link| !before.1.contains(link)) {
        let page = get(town, &link).await;
        if page.says("Je li Vaš upis još točan?") {
            keep = Some(link);
        } else if page.says("Odjavi me") {
            end = Some(link);
        }
    }
    (letter.replace("=\r\n", ""), keep.expect("a button to keep it"), end.expect("a way to end the letters"))
}

/// The day on which the letter says that the entry is erased.
fn says_day(letter: &str, moment: Timestamp) -> bool {
    let day = day(moment);
    let months = [
        "sije=C4=8Dnja",
        "velja=C4=8De",
        "o=C5=BEujka",
        "travnja",
        "svibnja",
        "lipnja",
        "srpnja",
        "kolovoza",
        "rujna",
        "listopada",
        "studenoga",
        "prosinca",
    ];
    let month = months[usize::try_from(day.month()).unwrap() - 1];
    letter.contains(&format!("{}. {month} {}.", day.day(), day.year()))
}

#[tokio::test]
async fn who_answers_each_year_stays_for_ever() {
    let town = town();
    let reference = member(&town).await;
    let mut due = town.head(&reference).await.renewal_due_at.unwrap();
    assert_eq!(due, later(town.now() - SignedDuration::from_hours(2), 1.year()), "a year after it came");
    for year in 1..=5 {
        let (_, keep, _) = asked_at(&town, due).await;
        town.wait(SignedDuration::from_hours(24 * 20));
        let page = done(&town, &keep, None, &[]).await;
        assert!(page.says("Hvala, upis ostaje u registru"), "{year}: {}", page.body);
        let answered = town.now();
        due = town.head(&reference).await.renewal_due_at.unwrap();
        assert_eq!(due, later(answered, 1.year()), "{year}");
        // Thirteen months after the letter, when it would have gone without an answer to two of them.
        assert_eq!(upkeep(&town).await, NOTHING);
    }
    assert!(is_there(&town, &reference).await);
}

#[tokio::test]
async fn who_never_answers_is_asked_twice_and_erased_on_the_day_that_the_last_letter_names() {
    let town = town();
    let reference = member(&town).await;
    let mut letter = String::new();
    for _ in 0..MOST_LETTERS {
        let due = town.head(&reference).await.renewal_due_at.unwrap();
        letter = asked_at(&town, due).await.0;
    }
    assert_eq!(town.head(&reference).await.renewal_due_at, None, "nobody is asked a third time");
    let over = later(town.now(), MONTHS.months());
    assert!(says_day(&letter, over), "{over}: {letter}");
    let letters = town.letters().await.len();
    wait_until(&town, over - SignedDuration::from_secs(1));
    assert_eq!(upkeep(&town).await, NOTHING);
    assert!(is_there(&town, &reference).await);
    wait_until(&town, over);
    assert_eq!(upkeep(&town).await, (1, Asked::default()));
    assert!(!is_there(&town, &reference).await);
    assert_eq!(town.letters().await.len(), letters);
    let [(erased, _)] = &town.store.erasures().await.unwrap()[..] else { panic!("one") };
    assert_eq!(*erased, reference);
    // The address is free of everything: it finds nobody any more.
    post(&town, "/usluge/moj-upis", &pairs(&[("_lang", "hr"), ("email", EMAIL)])).await;
    assert_eq!(town.letters().await.len(), letters);
}

#[tokio::test]
async fn an_answer_to_the_second_letter_begins_the_count_anew() {
    let town = town();
    let reference = member(&town).await;
    asked_at(&town, town.head(&reference).await.renewal_due_at.unwrap()).await;
    let (_, keep, _) = asked_at(&town, town.head(&reference).await.renewal_due_at.unwrap()).await;
    town.wait(SignedDuration::from_hours(24 * 30));
    done(&town, &keep, None, &[]).await;
    for _ in 0..MOST_LETTERS {
        asked_at(&town, town.head(&reference).await.renewal_due_at.unwrap()).await;
    }
    assert_eq!(town.head(&reference).await.renewal_due_at, None);
    wait_until(&town, later(town.now(), MONTHS.months()));
    assert_eq!(upkeep(&town).await.0, 1);
}

#[tokio::test]
async fn that_somebody_asked_for_a_link_is_no_answer_to_the_yearly_letter() {
    let town = town();
    let reference = member(&town).await;
    asked_at(&town, town.head(&reference).await.renewal_due_at.unwrap()).await;
    // Anybody can type an address.
    town.wait(SignedDuration::from_hours(24 * 30));
    post(&town, "/usluge/moj-upis", &pairs(&[("_lang", "hr"), ("email", EMAIL)])).await;
    asked_at(&town, town.head(&reference).await.renewal_due_at.unwrap()).await;
    assert_eq!(town.head(&reference).await.renewal_due_at, None, "it was the second in a row");
}

#[tokio::test]
async fn an_address_that_was_never_confirmed_is_never_asked_and_the_entry_goes_after_its_period() {
    let town = town();
    let reference = submitted(&town, "hr").await;
    let sent = town.now();
    let letters = town.letters().await.len();
    wait_until(&town, later(sent, 1.year()));
    let (erased, asked) = upkeep(&town).await;
    assert_eq!((erased, asked.letters, asked.left_alone), (0, 0, 1));
    assert_eq!(town.letters().await.len(), letters, "nobody knows whose address it is");
    // Leaving it alone is a line of the audit trail, from which the period counts.
    let over = later(town.now(), MONTHS.months());
    wait_until(&town, over - SignedDuration::from_secs(1));
    assert_eq!(upkeep(&town).await, NOTHING);
    wait_until(&town, over);
    assert_eq!(upkeep(&town).await.0, 1);
    assert!(!is_there(&town, &reference).await);
}

#[tokio::test]
async fn who_ends_the_letters_is_asked_no_more_and_goes_after_the_period() {
    let town = town();
    let reference = member(&town).await;
    let (_, _, end) = asked_at(&town, town.head(&reference).await.renewal_due_at.unwrap()).await;
    let page = post(&town, &end, &pairs(&[("_lang", "hr")])).await;
    assert!(matches!(page.status, StatusCode::OK | StatusCode::SEE_OTHER), "{}", page.body);
    let over = later(town.now(), MONTHS.months());
    let letters = town.letters().await.len();
    wait_until(&town, over - SignedDuration::from_secs(1));
    assert_eq!(upkeep(&town).await, NOTHING);
    wait_until(&town, over);
    assert_eq!(upkeep(&town).await.0, 1);
    assert!(!is_there(&town, &reference).await);
    assert_eq!(town.letters().await.len(), letters);
}
