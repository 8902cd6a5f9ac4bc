//! The calendar of working days and the promised date.

use forms::calendar::Calendar;
use forms::procedure::{Card, Cards};
use forms::{Form, RawAnswers, is_provisional, promise, validate};
use jiff::civil::{Date, date};

const LANGUAGES: [&str; 3] = ["hr", "en", "de"];

fn content(path: &str) -> String {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../content/");
    std::fs::read_to_string(format!("{root}{path}")).unwrap()
}

fn calendar() -> Calendar {
    Calendar::from_yaml(&content("praznici.yaml"), &LANGUAGES).unwrap()
}

#[test]
fn the_calendar_of_the_site_waits_for_the_towns_confirmation() {
    let calendar = calendar();
    assert!(calendar.to_be_confirmed);
    for closed in
        [date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 11, 25), date(2026, 12, 25)]
    {
        assert!(!calendar.is_working_day(closed), "{closed}");
    }
    for open in [date(2026, 1, 5), date(2026, 4, 7), date(2026, 11, 24), date(2026, 12, 28)] {
        assert!(calendar.is_working_day(open), "{open}");
    }
}

#[test]
fn every_mistake_in_a_calendar_is_named_with_its_place() {
    let source = "\
to_be_confirmed: yes
days_off: [saturday, nedjelja, saturday]
holidays:
  - id: a
    name: {hr: A}
    day: \"13-40\"
    valid_from: \"2026-01-01\"
    valid_until: \"2025-01-01\"
  - id: a
    name: {hr: B, en: B, de: B}
    day: \"05-01\"
    easter: 1
    days: 0
    valid_from: 1996
    moves: true
";
    let problems = Calendar::from_yaml(source, &LANGUAGES).unwrap_err();
    let said: Vec<String> = problems
        .iter()
        .map(|problem| {
            let help = problem.help.as_ref().map(|help| format!(" → {}", help.hr)).unwrap_or_default();
            format!("{}:{} {} {}{help}", problem.line, problem.column, problem.code, problem.message.hr)
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

#[test]
fn a_calendar_without_a_working_day_is_refused() {
    let source = "days_off: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]\nholidays: []\n";
    let problems = Calendar::from_yaml(source, &LANGUAGES).unwrap_err();
    assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["no-working-day"]);
}

fn card(source: &str) -> Card {
    Card::from_yaml("izvadak", source, &["hr"]).unwrap()
}

fn form(fees: &str) -> Form {
    let source = format!(
        "title: {{hr: Upit}}\ndescription: {{hr: Upit.}}\nretention: a\nsections:\n  - id: s\n    title: {{hr: S}}\n    fields:\n      \
         - {{id: kind, kind: choice, label: {{hr: Vrsta}}, missing: {{hr: Odaberite.}}, options: [{{value: a, label: {{hr: A}}}}, \
         {{value: b, label: {{hr: B}}}}]}}\n{fees}"
    );
    Form::from_yaml("upit", &source, &["hr"]).unwrap()
}

const WITH_DEADLINE: &str = "\
title: {hr: Izvadak}
summary: {hr: Izvadak.}
fees: [{id: extract, label: {hr: Izvadak}, per: copy, amounts: [{valid_from: \"2026-01-01\", amount: \"3,00\"}]}]
working_days: {from: 1, to: 5}
form: upit
";

fn promised(form: &Form, cards: &Cards, kind: &str, on: Date) -> Option<forms::Promise> {
    let raw = RawAnswers::from_pairs([("kind".to_owned(), kind.to_owned())]);
    let answers = validate(form, &raw, on).unwrap();
    promise(form, &answers, cards, &calendar(), on)
}

#[test]
fn the_promise_is_the_longest_deadline_of_what_is_asked_for() {
    let fees = "fees:\n  - {card: izvadak, fee: extract, when: {field: kind, is: [a]}}\n";
    let cards = Cards([("izvadak".to_owned(), card(WITH_DEADLINE))].into());
    let monday = date(2026, 11, 23);
    let promise = promised(&form(fees), &cards, "a", monday).unwrap();
    // The Wednesday between is a holiday.
    assert_eq!((promise.by, promise.working_days), (date(2026, 12, 1), 5));
    assert!(is_provisional(&form(fees), &cards, &calendar()), "the calendar has to be confirmed");
    let confirmed = Calendar { to_be_confirmed: false, ..calendar() };
    assert!(!is_provisional(&form(fees), &cards, &confirmed));
    assert_eq!(promised(&form(fees), &cards, "b", monday), None, "nothing with a deadline is asked for");
}

#[test]
fn a_form_without_fees_promises_what_its_card_says() {
    let cards = Cards([("izvadak".to_owned(), card(WITH_DEADLINE))].into());
    let by = promised(&form(""), &cards, "a", date(2026, 11, 27)).map(|promise| promise.by);
    assert_eq!(by, Some(date(2026, 12, 4)));
    assert_eq!(promised(&form(""), &Cards::default(), "a", date(2026, 11, 27)), None);
}
