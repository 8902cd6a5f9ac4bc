use forms::html::{FormView, form_page};
use forms::{Form, RawAnswers, Violation};

use crate::support::{LANGUAGES, TODAY, cards, form, raw, shipped, strings, violations};

fn page(form: &Form, lang: &str, raw: &RawAnswers, violations: &[Violation]) -> String {
    let (strings, cards) = (strings(lang), cards());
    let view = FormView {
        form,
        lang,
        strings: &strings,
        cards: &cards,
        action: "/usluge/proba/provjera",
        form_url: Some("/obrasci/proba/"),
        raw,
        violations,
        notice: None,
        today: TODAY,
    };
    form_page(&view).into_string()
}

/// The questions of a page, one element per line.
fn questions(fields: &str, typed: &[(&str, &str)], checked: bool) -> String {
    let form = form(fields);
    let found = if checked { violations(&form, typed) } else { Vec::new() };
    let html = page(&form, "hr", &raw(typed), &found);
    let from = html.find("<section").unwrap();
    let to = html.find("</section>").unwrap();
    html[from..to].replace("><", ">\n<")
}

pub const KINDS: [(&str, &str); 17] = [
    (
        "text",
        "- {id: q, kind: text, max_characters: 30, label: {hr: Pitanje}, hint: {hr: Savjet}, help: {hr: Pomoć}}",
    ),
    ("name", "- {id: q, kind: name, autocomplete: given-name, label: {hr: Pitanje}}"),
    ("email", "- {id: q, kind: email, autocomplete: email, label: {hr: Pitanje}}"),
    ("phone", "- {id: q, kind: phone, optional: true, label: {hr: Pitanje}}"),
    ("jmb", "- {id: q, kind: jmb, label: {hr: Pitanje}}"),
    ("date", "- {id: q, kind: date, unknown_allowed: true, label: {hr: Pitanje}, hint: {hr: Savjet}}"),
    ("year", "- {id: q, kind: year, label: {hr: Pitanje}}"),
    ("country", "- {id: q, kind: country, label: {hr: Pitanje}}"),
    ("address", "- {id: q, kind: address, label: {hr: Pitanje}}"),
    (
        "choice",
        "- {id: q, kind: choice, label: {hr: Pitanje}, options: [{value: a, label: {hr: A}}, {value: b, label: {hr: B}, hint: {hr: Savjet}}]}",
    ),
    (
        "choices",
        "- {id: q, kind: choices, label: {hr: Pitanje}, options: [{value: a, label: {hr: A}}, {value: b, label: {hr: B}}]}",
    ),
    ("select_or_text", "- {id: q, kind: select_or_text, label: {hr: Pitanje}, suggestions: [Humac, Vitina]}"),
    (
        "group",
        "- {id: q, kind: group, label: {hr: Pitanje}, entry: {hr: Unos}, add: {hr: Dodaj}, fields: [{id: x, kind: name, label: {hr: Ime}}]}",
    ),
    ("number", "- {id: q, kind: number, min: 1, max: 3, default: 1, label: {hr: Pitanje}}"),
    ("long_text", "- {id: q, kind: long_text, label: {hr: Pitanje}}"),
    ("consent", "- {id: q, kind: consent, version: '1', label: {hr: Pitanje}, text: {hr: Pristajem.}}"),
    ("attachment", "- {id: q, kind: attachment, max_files: 2, label: {hr: Pitanje}, hint: {hr: Savjet}}"),
];

#[test]
fn every_kind_has_an_accessible_input() {
    for (kind, fields) in KINDS {
        let mut html = questions(fields, &[], false);
        if kind == "country" {
            let from = html.find("<option value=\"AX\"").unwrap();
            let to = html.find("</select>").unwrap();
            html.replace_range(from..to, "…");
        }
        insta::assert_snapshot!(format!("input_{kind}"), html);
    }
}

#[test]
fn every_kind_says_beside_the_input_what_is_missing() {
    for (kind, fields) in KINDS {
        let typed: &[(&str, &str)] = if kind == "number" { &[("q", "x")] } else { &[] };
        let html = questions(fields, typed, true);
        // An optional question, and one that is asked on the next page.
        if matches!(kind, "phone" | "attachment") {
            assert!(!html.contains("field-error"));
            continue;
        }
        assert!(html.contains("field-error"), "{kind}: {html}");
        assert!(html.contains("-error\""), "{kind}");
    }
}

/// The tags of the page headings and the steps, in order.
fn outline(html: &str) -> Vec<&str> {
    html.split('<')
        .filter_map(|tag| tag.split_once('>'))
        .filter(|(tag, _)| {
            ["h2 ", "h3 ", "div class=\"form-step\""].iter().any(|start| tag.starts_with(start))
        })
        .map(|(tag, text)| if text.trim().is_empty() { tag } else { text })
        .collect()
}

#[test]
fn a_page_has_one_heading_its_own_the_question_or_that_of_the_section() {
    let alone =
        questions("- {id: a, kind: name, label: {hr: A}}\n- {id: b, kind: name, label: {hr: B}}", &[], false);
    assert_eq!(
        outline(&alone),
        [
            "Odjeljak",
            "div class=\"form-step\" id=\"q-a\"",
            "h3 class=\"question\" data-page-heading",
            "div class=\"form-step\" id=\"q-b\"",
            "h3 class=\"question\" data-page-heading"
        ]
    );
    let titled = questions(
        "- {id: a, kind: name, page_title: {hr: Naslov}, label: {hr: A}}\n- {id: b, kind: name, with_previous: true, label: {hr: B}}\n- {id: c, kind: name, page_title: {hr: Drugi}, label: {hr: C}}",
        &[],
        false,
    );
    assert_eq!(
        outline(&titled),
        [
            "Odjeljak",
            "div class=\"form-step\" id=\"q-a\"",
            "Naslov",
            "div class=\"form-step\" id=\"q-c\"",
            "Drugi"
        ]
    );
    let section = questions(
        "- {id: a, kind: name, label: {hr: A}}\n- {id: b, kind: name, with_previous: true, label: {hr: B}}",
        &[],
        false,
    );
    assert_eq!(outline(&section), ["Odjeljak", "div class=\"form-step\" id=\"q-a\" data-section-heading"]);
}

#[test]
fn a_form_that_was_sent_says_that_all_questions_were_seen_and_remembers_it() {
    let form = form("- {id: a, kind: name, label: {hr: A}}");
    let is_seen = |raw: &RawAnswers, found: &[Violation]| page(&form, "hr", raw, found).contains("data-seen");
    assert!(!is_seen(&raw(&[]), &[]));
    assert!(is_seen(&raw(&[]), &violations(&form, &[])));
    assert!(is_seen(&raw(&[("a", "Ana"), ("_seen", "1")]), &[]));
    assert!(
        !is_seen(&raw(&[("a", "Ana"), ("_edit", "f-a")]), &[]),
        "an entry was added in the middle of the form"
    );
}

#[test]
fn values_are_kept_as_they_were_typed() {
    let fields: String = KINDS
        .iter()
        .filter(|(kind, _)| *kind != "group")
        .enumerate()
        .map(|(index, (_, field))| field.replace("id: q,", &format!("id: q{index},")) + "\n")
        .collect();
    let form = form(fields.trim_end());
    let typed = [
        ("q0", " dvostruki  razmak \u{202e}"),
        ("q4", "123"),
        ("q5.day", "31"),
        ("q5.unknown", "1"),
        ("q7", "DE"),
        ("q8", "\nprva\ndruga"),
        ("q9", "b"),
        ("q10", "a"),
        ("q10", "b"),
        ("q14", "1"),
    ];
    let html = page(&form, "hr", &raw(&typed), &violations(&form, &typed));
    for kept in [
        "value=\" dvostruki  razmak \u{202e}\"",
        r#"name="q4" value="123""#,
        r#"name="q5.day" value="31""#,
        r#"name="q5.unknown" value="1" checked"#,
        r#"<option value="DE" selected>"#,
        ">\n\nprva\ndruga</textarea>",
        r#"name="q9" value="b" checked"#,
        r#"name="q10" value="a" checked"#,
        r#"name="q10" value="b" checked"#,
        r#"name="q14" value="1" checked"#,
    ] {
        assert!(html.contains(kept), "{kept}\n{html}");
    }
}

#[test]
fn violations_are_listed_first_and_lead_to_their_inputs() {
    let form = shipped("registracija");
    let typed = [("record_kind", "person"), ("email", "ana")];
    let found = violations(&form, &typed);
    let html = page(&form, "hr", &raw(&typed), &found);
    let summary = &html[html.find("error-summary").unwrap()..html.find("</ul>").unwrap()];
    insta::assert_snapshot!(summary.replace("<li>", "\n<li>"));
    for violation in &found {
        assert!(html.contains(&format!("id=\"{}\"", violation.anchor)), "{violation:?}");
    }
}

#[test]
fn no_browser_refuses_what_validation_accepts() {
    for id in ["registracija", "zahtjev-za-ispravu"] {
        let html = page(&shipped(id), "hr", &RawAnswers::default(), &[]);
        assert!(html.contains(" novalidate"));
        for attribute in [
            " required",
            " maxlength",
            " minlength",
            " pattern=",
            " min=",
            " max=",
            " step=",
            r#"type="number""#,
            r#"type="date""#,
        ] {
            assert!(!html.contains(attribute), "{id}: {attribute}");
        }
    }
}

#[test]
fn identifiers_are_unique_and_everything_pointed_to_exists() {
    for id in ["registracija", "zahtjev-za-ispravu"] {
        let form = shipped(id);
        let mut typed = raw(&[("_entries.certificates", "3")]);
        typed.set("certificates.0.copies", "x");
        let found = forms::validate(&form, &typed, TODAY).unwrap_err();
        let html = page(&form, "hr", &typed, &found);
        let ids: Vec<&str> = attribute(&html, " id=\"").collect();
        let unique: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), unique.len(), "{id}");
        for list in [" for=\"", " aria-describedby=\"", " aria-labelledby=\"", " list=\"", "href=\"#"] {
            for pointed in attribute(&html, list).flat_map(str::split_whitespace) {
                assert!(unique.contains(pointed), "{id}: {list}{pointed}");
            }
        }
    }
}

fn attribute<'a>(html: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(start).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0))
}

#[test]
fn every_input_has_a_label() {
    for lang in LANGUAGES {
        let html = page(&shipped("zahtjev-za-ispravu"), lang, &RawAnswers::default(), &[]);
        let labels: Vec<&str> = attribute(&html, " for=\"").collect();
        for tag in html
            .split('<')
            .filter(|tag| ["input ", "select ", "textarea "].iter().any(|name| tag.starts_with(name)))
        {
            if tag.contains("type=\"hidden\"") {
                continue;
            }
            let id = attribute(tag, " id=\"").next().unwrap_or_default();
            assert!(labels.contains(&id), "{tag}");
        }
        assert!(!html.contains('«'), "a text is missing in {lang}");
    }
}

#[test]
fn without_script_a_conditional_question_says_when_it_applies() {
    let html = page(&shipped("zahtjev-za-ispravu"), "hr", &RawAnswers::default(), &[]);
    assert!(
        html.contains(
            "Odgovorite samo ako je odgovor na pitanje „Za koga tražite ispravu?”: „Za drugu osobu”."
        )
    );
    assert!(html.contains(
        r#"data-shown-when-field="certificates.*.kind" data-shown-when-values="marriage marriage_intl""#
    ));
}

#[test]
fn who_comes_back_to_change_an_answer_stands_at_it() {
    let html = page(&shipped("registracija"), "hr", &raw(&[("_edit", "f-city")]), &[]);
    assert_eq!(html.matches("autofocus").count(), 1);
    assert!(
        html.contains(r#"id="f-city" name="city" value="" autocomplete="address-level2" autofocus"#),
        "{html}"
    );
}

#[test]
fn the_enter_key_does_not_remove_or_add_anything() {
    let html = page(&shipped("zahtjev-za-ispravu"), "hr", &raw(&[("_entries.certificates", "2")]), &[]);
    let first = html.split("<button").nth(1).unwrap().split_once('>').unwrap().0;
    assert!(!first.contains("name="), "{first}");
}

#[test]
fn the_registration_form_reads_like_this() {
    let html = page(&shipped("registracija"), "hr", &RawAnswers::default(), &[]);
    let mut text = String::new();
    for part in html.split('<').skip(1).filter_map(|part| Some(part.split_once('>')?.1.trim())) {
        if !part.is_empty() {
            text.push_str(part);
            text.push('\n');
        }
    }
    let from = text.find("Afganistan").unwrap();
    let to = text.find("Mjesto\n").unwrap();
    text.replace_range(from..to, "…\n");
    insta::assert_snapshot!(text);
}
