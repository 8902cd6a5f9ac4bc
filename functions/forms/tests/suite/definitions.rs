use forms::{Form, Problem};

use crate::support::{LANGUAGES, definition, form, read, shipped};

fn problems(source: &str, languages: &[&str]) -> Vec<Problem> {
    Form::from_yaml("proba", source, languages).err().unwrap_or_default()
}

fn listed(problems: &[Problem]) -> String {
    let mut out = String::new();
    for problem in problems {
        out.push_str(&format!("{}:{} {}\n", problem.line, problem.column, problem.code));
        out.push_str(&format!("  {}\n  {}\n", problem.message.hr, problem.message.en));
        if let Some(help) = &problem.help {
            out.push_str(&format!("  > {}\n  > {}\n", help.hr, help.en));
        }
    }
    out
}

#[test]
fn all_mistakes_are_said_at_once_with_their_places() {
    let source = r#"title: {hr: Prijava}
description: {hr: Opis, en: Description, fr: Description}
retention: Rok
sections:
  - id: one
    title: {hr: Jedan, en: One}
    fields:
      - id: kind
        kind: choice
        label: {hr: Vrsta, en: Kind}
        options:
          - {value: a, label: {hr: A, en: A}}
          - {label: {hr: B, en: B}}
          - {value: a, label: {hr: C, en: C}}
      - id: kind
        kind: text
        lable: {hr: Ime, en: Name}
      - id: Čudno
        kind: telephone
        label: {hr: Telefon, en: Phone}
      - id: many
        kind: choices
        label: {hr: Više, en: Many}
        options: []
        optional: yes
      - id: later
        kind: name
        mark: facet
        label: {hr: Kasnije, en: Later}
        shown_when: {field: kind, is: [b]}
      - id: lost
        kind: email
        label: {hr: Izgubljeno, en: Lost}
        shown_when: {field: nothing, is: [x]}
      - id: number
        kind: number
        min: 5
        max: 1
        label: {hr: Broj, en: " "}
fees:
  - {card: izvadak, fee: extract, group: certificates}
"#;
    insta::assert_snapshot!(listed(&problems(source, &["hr", "en"])));
}

#[test]
fn pages_that_cannot_be_made_are_said_with_their_places() {
    let source = r#"title: {hr: Prijava}
description: {hr: Opis}
retention: rok
sections:
  - id: one
    title: {hr: Jedan}
    fields:
      - {id: a, kind: name, with_previous: true, label: {hr: A}}
      - {id: b, kind: name, label: {hr: B}}
      - {id: c, kind: name, with_previous: true, page_title: {hr: C}, label: {hr: C}}
      - id: d
        kind: group
        with_previous: true
        label: {hr: D}
        entry: {hr: Unos}
        add: {hr: Dodaj}
        fields:
          - {id: e, kind: name, label: {hr: E}}
          - {id: f, kind: name, with_previous: true, label: {hr: F}}
          - {id: g, kind: name, page_title: {hr: G}, label: {hr: G}}
      - {id: h, kind: name, page_title: {en: H}, label: {hr: H}}
  - id: two
    title: {hr: Dva}
    fields:
      - {id: i, kind: name, label: {hr: I}}
      - {id: j, kind: name, with_previous: true, label: {hr: J}}
"#;
    insta::assert_snapshot!(listed(&problems(source, &["hr"])));
}

#[test]
fn a_source_that_is_no_yaml_is_one_problem() {
    insta::assert_snapshot!(listed(&problems("title: {hr: Prijava\nsections:\n  - a", &["hr"])), @"
    2:9 yaml
      YAML se ne može pročitati: while parsing a flow mapping, did not find expected ',' or '}'
      The YAML cannot be read: while parsing a flow mapping, did not find expected ',' or '}'
      > Provjerite uvlake, navodnike i dvotočke u tom retku i u retku iznad njega.
      > Check indentation, quotes and colons in this line and in the one above it.
    ");
}

#[test]
fn a_key_written_twice_is_refused() {
    let found = problems(&definition("- id: a\n  id: b\n  kind: name\n  label: {hr: A}"), &["hr"]);
    insta::assert_snapshot!(listed(&found), @"
    9:9 duplicate-key
      Ključ `id` naveden je dvaput.
      The key `id` is given twice.
      > Ostavite jedan od njih.
      > Keep one of them.
    ");
}

#[test]
fn sources_without_measure_are_refused_and_never_panic() {
    let long = format!("title: {}", "a".repeat(300_000));
    assert_eq!(problems(&long, &["hr"])[0].code, "too-large");
    for source in [
        "[".repeat(10_000),
        "{a: ".repeat(5_000),
        "- ".repeat(20_000),
        "a: &a [x]\nb: *a".to_owned(),
        "\u{0}".to_owned(),
        String::new(),
        "- 1\n- 2".to_owned(),
        "title: 1e999".to_owned(),
        "? [a, b]\n: c".to_owned(),
        "a: 1\n---\nb: 2".to_owned(),
    ] {
        assert!(!problems(&source, &["hr"]).is_empty(), "{}", &source.chars().take(20).collect::<String>());
    }
}

#[test]
fn any_part_of_a_definition_can_be_missing_without_panic() {
    let source = read("content/obrasci/zahtjev-za-ispravu.yaml");
    let lines: Vec<&str> = source.lines().collect();
    for cut in (0..lines.len()).step_by(7) {
        let mut without = lines.clone();
        without.remove(cut);
        let _ = Form::from_yaml("x", &without.join("\n"), &LANGUAGES);
        let _ = Form::from_yaml("x", &lines[..cut].join("\n"), &LANGUAGES);
    }
}

#[test]
fn conditions_look_back_one_level_only() {
    let chained = "- id: a\n  kind: choice\n  label: {hr: A}\n  options: [{value: x, label: {hr: X}}]\n\
         - id: b\n  kind: choice\n  label: {hr: B}\n  shown_when: {field: a, is: [x]}\n  options: [{value: y, label: {hr: Y}}]\n\
         - id: c\n  kind: name\n  label: {hr: C}\n  shown_when: {field: b, is: [y]}";
    assert_eq!(problems(&definition(chained), &["hr"])[0].code, "condition-chained");
    let ahead = "- id: c\n  kind: name\n  label: {hr: C}\n  shown_when: {field: a, is: [x]}\n\
         - id: a\n  kind: choice\n  label: {hr: A}\n  options: [{value: x, label: {hr: X}}]";
    assert_eq!(problems(&definition(ahead), &["hr"])[0].code, "condition-looks-ahead");
}

#[test]
fn a_register_asks_everybody_for_an_address() {
    let address = "- id: email\n  kind: email\n  mark: contact_email\n  label: {hr: Adresa}";
    let problems_of = |fields: &str| {
        let source = definition(fields).replace("retention: proba", "retention: proba\nregister: true");
        problems(&source, &["hr"]).iter().map(|problem| problem.code).collect::<Vec<_>>()
    };
    assert_eq!(problems_of(address), Vec::<&str>::new());
    assert_eq!(problems_of(&format!("{address}\n  optional: true")), ["register-without-address"]);
    assert_eq!(problems_of("- id: a\n  kind: name\n  label: {hr: A}"), ["register-without-address"]);
    assert!(shipped("registracija").is_register() && !shipped("zahtjev-za-ispravu").is_register());
}

#[test]
fn a_form_comes_back_from_the_bundle_as_it_went_in() {
    for id in ["registracija", "zahtjev-za-ispravu"] {
        let form = shipped(id);
        let bundle = serde_json::to_string(&form).unwrap();
        assert_eq!(serde_json::from_str::<Form>(&bundle).unwrap(), form);
        assert_eq!(serde_json::from_str::<Form>(&bundle).unwrap().fingerprint(), form.fingerprint());
    }
}

#[test]
fn a_damaged_bundle_is_refused() {
    let bundle = serde_json::to_string(&form("- id: a\n  kind: name\n  label: {hr: A}")).unwrap();
    let error = serde_json::from_str::<Form>(&bundle.replace("\"hr\":\"A\"", "\"en\":\"A\"")).unwrap_err();
    insta::assert_snapshot!(error, @"form proba: The text in `hr` is missing. (missing-translation)");
}

#[test]
fn the_fingerprint_follows_the_meaning_and_not_the_words() {
    let base = "- id: a\n  kind: text\n  max_characters: 20\n  label: {hr: A}";
    let print = |source: &str| form(source).fingerprint();
    assert_eq!(print(base).len(), 16);
    assert_eq!(print(base), print(&base.replace("hr: A", "hr: Drugo pitanje")));
    assert_ne!(print(base), print(&base.replace("20", "21")));
    assert_ne!(print(base), print(&base.replace("id: a", "id: b")));
    assert_ne!(print(base), print(&format!("{base}\n  optional: true")));
}
