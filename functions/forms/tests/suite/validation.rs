use forms::Rule;

use crate::support::{REQUEST, TODAY, answers, form, raw, said, shipped, violations};

#[test]
fn a_complete_request_is_accepted_and_normalised() {
    let form = shipped("zahtjev-za-ispravu");
    let accepted = answers(&form, REQUEST);
    insta::assert_snapshot!(String::from_utf8(accepted.canonical_bytes()).unwrap());
    assert_eq!(accepted.to_json()["phone"], "+491711234567");
    assert!(accepted.warnings().is_empty());
}

#[test]
fn everything_that_is_missing_is_said_at_once_in_every_language() {
    let form = shipped("zahtjev-za-ispravu");
    let found = violations(&form, &[]);
    insta::assert_snapshot!("nothing_answered_hr", said(&form, &found, "hr").join("\n"));
    insta::assert_snapshot!("nothing_answered_de", said(&form, &found, "de").join("\n"));
    let form = shipped("registracija");
    let found = violations(&form, &[("record_kind", "business")]);
    insta::assert_snapshot!("registration_business_en", said(&form, &found, "en").join("\n"));
}

#[test]
fn wrong_answers_are_explained_by_kind() {
    let form = form(
        "- {id: text, kind: text, max_characters: 5, label: {hr: Tekst}}
- {id: name, kind: name, label: {hr: Ime}}
- {id: email, kind: email, label: {hr: E-pošta}}
- {id: phone, kind: phone, label: {hr: Telefon}}
- {id: jmb, kind: jmb, label: {hr: JMB}}
- {id: date, kind: date, label: {hr: Dan}}
- {id: year, kind: year, label: {hr: Godina}}
- {id: country, kind: country, label: {hr: Država}}
- {id: address, kind: address, label: {hr: Adresa}}
- {id: choice, kind: choice, label: {hr: Izbor}, options: [{value: a, label: {hr: A}}]}
- {id: choices, kind: choices, label: {hr: Izbori}, options: [{value: a, label: {hr: A}}]}
- {id: place, kind: select_or_text, label: {hr: Mjesto}, suggestions: [Vitina]}
- {id: number, kind: number, min: 1, max: 3, label: {hr: Broj}}
- {id: long, kind: long_text, max_characters: 3, label: {hr: Dugo}}
- {id: consent, kind: consent, version: '1', label: {hr: Privola}, text: {hr: Pristajem.}}",
    );
    let typed = [
        ("text", "predugo"),
        ("name", "a@b"),
        ("email", "ana"),
        ("phone", "039 123 456"),
        ("jmb", "0101001890123"),
        ("date.day", "31"),
        ("date.month", "2"),
        ("date.year", "1990"),
        ("year", "90"),
        ("country", "XX"),
        ("address", &"x".repeat(501)),
        ("choice", "b"),
        ("choices", "b"),
        ("place", &"x".repeat(101)),
        ("number", "7"),
        ("long", "č\nč\nč"),
    ];
    insta::assert_snapshot!(said(&form, &violations(&form, &typed), "hr").join("\n"));
}

#[test]
fn an_answer_whose_condition_does_not_apply_is_dropped() {
    let form = shipped("registracija");
    let base = [
        ("organisation_name", "Zaboravljena tvrtka"),
        ("given_name", "Ivo"),
        ("family_name", "Ivić"),
        ("email", "ivo@example.org"),
        ("country", "AT"),
        ("city", "Graz"),
        ("settlement", "Zaseok Tamo"),
        ("interests", "events"),
        ("interests", "culture"),
        ("consent_register", "1"),
    ];
    let with = |kind| [&[("record_kind", kind)], &base[..]].concat();
    let person = answers(&form, &with("person")).to_json();
    assert!(person.get("organisation_name").is_none());
    assert_eq!(person["interests"], serde_json::json!(["culture", "events"]), "in the order of the form");
    let business = answers(&form, &with("business")).to_json();
    assert_eq!(business["organisation_name"], "Zaboravljena tvrtka");
}

#[test]
fn a_condition_on_certificates_looks_at_all_of_them() {
    let form = shipped("zahtjev-za-ispravu");
    let mut typed = raw(REQUEST);
    typed.remove("marriage_date.unknown");
    let found = forms::validate(&form, &typed, TODAY).unwrap_err();
    assert_eq!(found.iter().map(|v| v.field.as_str()).collect::<Vec<_>>(), ["marriage_date"]);
    typed.set("certificates.1.kind", "citizenship");
    assert!(forms::validate(&form, &typed, TODAY).is_ok());
}

#[test]
fn unknown_and_control_names_are_ignored() {
    let form = form("- {id: a, kind: name, label: {hr: A}}");
    let plain = answers(&form, &[("a", "Ana")]);
    let odd = answers(
        &form,
        &[("_lang", "hr"), ("a", "Ana"), ("b", "x"), ("a.0.c", "y"), ("website_url", "z"), ("", "")],
    );
    assert_eq!(plain.canonical_bytes(), odd.canonical_bytes());
}

#[test]
fn equal_answers_have_equal_bytes_however_they_were_typed() {
    let form = shipped("zahtjev-za-ispravu");
    let mut other: Vec<(&str, &str)> = REQUEST.iter().rev().copied().collect();
    for (name, value) in &mut other {
        match *name {
            "phone" => *value = "+49 (0)171 / 1234567 ",
            "family_name" => *value = " Z\u{30c}deric\u{301}",
            "email" => *value = "ana@EXAMPLE.org",
            _ => {}
        }
    }
    assert_eq!(answers(&form, REQUEST).canonical_bytes(), answers(&form, &other).canonical_bytes());
}

#[test]
fn stored_answers_can_be_read_back() {
    let form = shipped("zahtjev-za-ispravu");
    let accepted = answers(&form, REQUEST);
    let stored: serde_json::Value = serde_json::from_slice(&accepted.canonical_bytes()).unwrap();
    assert!(forms::Answers::from_json(&form, &stored).unwrap() == accepted);
    assert!(forms::Answers::from_json(&shipped("registracija"), &stored).is_err());
}

#[test]
fn facets_and_contact_are_what_the_form_marks() {
    let form = shipped("zahtjev-za-ispravu");
    let accepted = answers(&form, REQUEST);
    let facets = accepted.facets(&form);
    assert_eq!(facets.len(), 2);
    assert_eq!(facets["country"], "DE");
    assert_eq!(facets["certificates.kind"], "birth,marriage_intl");
    let contact = accepted.contact(&form).unwrap();
    assert_eq!((contact.email.as_str(), contact.name.as_str()), ("ana@example.org", "Ana Žderić"));
}

#[test]
fn a_facet_of_several_entries_names_each_value_once_in_a_fixed_order() {
    let form = shipped("zahtjev-za-ispravu");
    let kinds = |first: &str, second: &str| {
        let mut typed = raw(REQUEST);
        typed.set("certificates.0.kind", first);
        typed.set("certificates.1.kind", second);
        let accepted = forms::validate(&form, &typed, TODAY).unwrap();
        accepted.facets(&form)["certificates.kind"].clone()
    };
    assert_eq!(kinds("single_status", "citizenship"), "citizenship,single_status");
    assert_eq!(kinds("birth", "birth"), "birth");
}

#[test]
fn an_incomplete_date_leads_to_the_part_that_is_missing() {
    let form = form("- {id: d, kind: date, label: {hr: Dan}}");
    let anchor = |parts: &[(&str, &str)]| violations(&form, parts)[0].anchor.clone();
    assert_eq!(anchor(&[("d.month", "2"), ("d.year", "1990")]), "f-d-day");
    assert_eq!(anchor(&[("d.day", "1"), ("d.year", "1990")]), "f-d-month");
    assert_eq!(anchor(&[("d.day", "1"), ("d.month", "2")]), "f-d-year");
    assert_eq!(anchor(&[("d.day", "30"), ("d.month", "2"), ("d.year", "1990")]), "f-d-day");
}

#[test]
fn the_registrar_is_warned_of_a_jmb_that_says_another_day() {
    let form = shipped("zahtjev-za-ispravu");
    let doubts = |jmb: &str, year: &str| -> Vec<String> {
        let mut typed = raw(REQUEST);
        typed.set("jmb", jmb);
        typed.set("birth_date.year", year);
        let accepted = forms::validate(&form, &typed, TODAY).unwrap();
        accepted.warnings().iter().map(|warning| format!("{:?}", warning.doubt)).collect()
    };
    assert!(doubts("0101990360007", "1990").is_empty());
    assert_eq!(doubts("0101990360007", "1991"), ["JmbOtherBirthDate"]);
    assert_eq!(doubts("0101100710006", "1990"), ["JmbNoBirthDate"]);
}

#[test]
fn a_consent_that_was_not_given_is_not_an_answer() {
    let form =
        form("- {id: c, kind: consent, optional: true, version: '3', label: {hr: C}, text: {hr: Da.}}");
    assert_eq!(answers(&form, &[]).to_json(), serde_json::json!({}));
    assert_eq!(answers(&form, &[("c", "1")]).to_json(), serde_json::json!({"c": {"agreed_to_version": "3"}}));
    // Only the box of the page gives it: a consent is never read out of something else.
    for other in ["0", "false", "ne", "no", "off", "x", "2"] {
        assert_eq!(answers(&form, &[("c", other)]).to_json(), serde_json::json!({}), "{other}");
    }
}

#[test]
fn input_far_beyond_any_limit_is_refused_unread() {
    let form = form("- {id: a, kind: long_text, max_characters: 10, label: {hr: A}}");
    let found = violations(&form, &[("a", &"\u{301}".repeat(100_000))]);
    assert!(matches!(found[0].rule, Rule::TooLong(_)));
}

#[test]
fn an_endless_answer_is_told_the_limit_of_its_own_question() {
    let form = form(
        "- {id: note, kind: long_text, max_characters: 2000, label: {hr: Napomena}}
- {id: name, kind: name, label: {hr: Ime}}
- {id: email, kind: email, label: {hr: E-pošta}}
- {id: phone, kind: phone, label: {hr: Telefon}}
- {id: jmb, kind: jmb, label: {hr: JMB}}
- {id: choices, kind: choices, label: {hr: Izbori}, options: [{value: a, label: {hr: A}}]}
- {id: number, kind: number, min: 1, max: 3, label: {hr: Broj}}",
    );
    let endless = "9".repeat(70_000);
    let typed = ["note", "name", "email", "phone", "jmb", "choices", "number"];
    let typed: Vec<(&str, &str)> = typed.iter().map(|name| (*name, endless.as_str())).collect();
    let found: Vec<Rule> = violations(&form, &typed).into_iter().map(|violation| violation.rule).collect();
    assert_eq!(
        found,
        [
            Rule::TooLong(2000),
            Rule::TooLong(100),
            Rule::NotAnEmail,
            Rule::NotAPhone,
            Rule::JmbNotDigits,
            Rule::UnknownOption,
            Rule::NotANumber,
        ]
    );
}

#[test]
fn an_address_that_no_letter_can_be_written_to_is_explained() {
    let form = form("- {id: email, kind: email, label: {hr: E-pošta}}");
    for typed in ["čedo@primjer.hr", "müller@example.de", "“a”@example.org", "😀@example.org"] {
        let found = violations(&form, &[("email", typed)]);
        assert_eq!(found.iter().map(|v| v.rule).collect::<Vec<_>>(), [Rule::EmailLetters], "{typed}");
        for lang in ["hr", "en", "de"] {
            assert!(said(&form, &found, lang)[0].contains('@'), "{typed}");
        }
    }
    for typed in ["ana@ex\u{2011}ample.org", "ana@exam\u{200d}ple.org", "ana@😀.org"] {
        let found = violations(&form, &[("email", typed)]);
        assert_eq!(found.iter().map(|v| v.rule).collect::<Vec<_>>(), [Rule::NotAnEmail], "{typed}");
    }
    assert_eq!(
        answers(&form, &[("email", "ured@Ljubuški.example")]).to_json()["email"],
        "ured@ljubuški.example"
    );
}
