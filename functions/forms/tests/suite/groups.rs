use forms::groups::edited;
use forms::html::{FormView, form_page};
use forms::{Form, RawAnswers, Rule};

use crate::support::{TODAY, answers, form, raw, strings, violations};

fn order() -> Form {
    form(
        "- id: items
  kind: group
  min_entries: 1
  max_entries: 3
  label: {hr: Stavke}
  entry: {hr: Stavka}
  add: {hr: Dodaj stavku}
  fields:
    - {id: kind, kind: choice, label: {hr: Vrsta}, options: [{value: a, label: {hr: A}}, {value: b, label: {hr: B}}]}
    - {id: copies, kind: number, min: 1, max: 9, default: 1, label: {hr: Komada}}
    - {id: note, kind: text, label: {hr: Opis}, shown_when: {field: kind, is: [b]}}",
    )
}

fn page(form: &Form, raw: &RawAnswers) -> String {
    let (strings, cards) = (strings("hr"), Default::default());
    let view = FormView {
        form,
        lang: "hr",
        strings: &strings,
        cards: &cards,
        action: "/usluge/proba/provjera",
        form_url: None,
        raw,
        violations: &[],
        notice: None,
        today: TODAY,
    };
    form_page(&view).into_string()
}

#[test]
fn without_script_a_button_adds_an_entry_and_keeps_the_answers() {
    let form = order();
    let typed =
        raw(&[("_entries.items", "1"), ("items.0.kind", "a"), ("items.0.copies", "4"), ("_add", "items")]);
    let html = page(&form, &edited(&form, &typed).unwrap());
    assert!(html.contains("Stavka 2") && !html.contains("Stavka 3"));
    assert!(html.contains(r#"name="items.0.copies" value="4""#));
    assert!(html.contains(r#"id="f-items-1-kind" name="items.1.kind" value="a" autofocus"#), "{html}");
    assert!(
        html.contains(r#"name="items.1.copies" value="1""#),
        "the new entry says what the empty form says"
    );
}

#[test]
fn without_script_a_button_removes_an_entry_and_the_later_ones_move_up() {
    let form = order();
    let typed = raw(&[
        ("_entries.items", "3"),
        ("items.0.kind", "a"),
        ("items.1.kind", "b"),
        ("items.2.copies", "7"),
        ("_remove", "items.1"),
    ]);
    let now = edited(&form, &typed).unwrap();
    assert_eq!(now.get("items.1.copies"), Some("7"));
    assert_eq!(now.get("items.1.kind"), None);
    let html = page(&form, &now);
    assert!(html.contains("Stavka 2") && !html.contains("Stavka 3"));
}

#[test]
fn the_last_entry_cannot_be_removed_and_no_more_than_allowed_added() {
    let form = order();
    assert!(!page(&form, &RawAnswers::default()).contains(r#"name="_remove""#));
    let full = raw(&[("_entries.items", "3"), ("_add", "items")]);
    let html = page(&form, &edited(&form, &full).unwrap());
    assert!(!html.contains(r#"name="_add""#) && !html.contains("Stavka 4"));
}

#[test]
fn presses_that_make_no_sense_are_ignored() {
    let form = order();
    for (button, value) in
        [("_add", "nothing"), ("_remove", "items"), ("_remove", "items.x"), ("_remove", "nothing.0")]
    {
        assert!(edited(&form, &raw(&[(button, value)])).is_none(), "{button} {value}");
    }
    assert!(edited(&form, &raw(&[("_remove", "items.18446744073709551615")])).is_some());
}

#[test]
fn an_entry_left_blank_is_left_out() {
    let form = order();
    let accepted = answers(
        &form,
        &[
            ("_entries.items", "3"),
            ("items.0.copies", "1"),
            ("items.1.kind", "a"),
            ("items.1.copies", "1"),
            ("items.2.copies", "1"),
        ],
    );
    assert_eq!(accepted.to_json(), serde_json::json!({"items": [{"kind": "a", "copies": 1}]}));
}

#[test]
fn a_group_without_any_answer_asks_for_its_first_entry() {
    let found = violations(&order(), &[("items.0.copies", "1")]);
    assert_eq!(found.iter().map(|v| v.anchor.as_str()).collect::<Vec<_>>(), ["f-items-0-kind"]);
}

#[test]
fn violations_of_an_entry_name_its_place() {
    let form = order();
    let found = violations(
        &form,
        &[("items.0.kind", "a"), ("items.0.copies", "1"), ("items.1.kind", "b"), ("items.1.copies", "99")],
    );
    let said: Vec<String> = found.iter().map(|v| v.summary(&form, "hr", &strings("hr"))).collect();
    assert_eq!(said, ["Stavka 2: „Komada”: upišite broj od 1 do 9.", "Stavka 2: Upišite podatak „Opis”."]);
}

#[test]
fn more_entries_than_allowed_are_refused_not_dropped() {
    let form = order();
    let mut pairs = Vec::new();
    for index in 0..5 {
        pairs.push((format!("items.{index}.kind"), "a".to_owned()));
        pairs.push((format!("items.{index}.copies"), "1".to_owned()));
    }
    let found = forms::validate(&form, &RawAnswers::from_pairs(pairs), TODAY).unwrap_err();
    assert_eq!(found[0].rule, Rule::TooManyEntries(3));
    let huge = raw(&[("items.0.kind", "a"), ("items.0.copies", "1"), ("items.4000000000.kind", "a")]);
    assert_eq!(forms::validate(&form, &huge, TODAY).unwrap_err()[0].rule, Rule::TooManyEntries(3));
}

#[test]
fn only_the_names_that_a_page_has_are_entries() {
    let form = order();
    let typed =
        [("items.0.kind", "a"), ("items.0.copies", "1"), ("items.01.kind", "b"), ("items.+1.kind", "b")];
    let raw = raw(&typed);
    let html = page(&form, &raw);
    assert!(html.contains("Stavka 1") && !html.contains("Stavka 2"), "{html}");
    assert_eq!(answers(&form, &typed).to_json()["items"].as_array().unwrap().len(), 1);
}

#[test]
fn an_optional_group_that_was_left_alone_is_no_mistake() {
    let form = form(
        "- id: children
  kind: group
  optional: true
  min_entries: 1
  max_entries: 3
  label: {hr: Djeca}
  entry: {hr: Dijete}
  add: {hr: Dodaj dijete}
  fields:
    - {id: name, kind: text, label: {hr: Ime}}",
    );
    assert_eq!(
        answers(&form, &[("_entries.children", "1"), ("children.0.name", "")]).to_json().get("children"),
        None
    );
}
