//! Forms, procedure cards and messages as parts of one site.

use crate::support::form::{CARD, FORM, site};

#[test]
fn a_form_has_a_page_in_every_language_and_a_place_in_the_bundle() {
    let (outputs, built) = site().outputs();
    for (path, words) in
        [("obrasci/upit/index.html", "<h1>Upit</h1>"), ("en/obrasci/upit/index.html", "<h1>Question</h1>")]
    {
        let page = String::from_utf8(outputs[path].clone()).unwrap();
        assert!(page.contains(words) && page.contains(r#"action="/usluge/upit/provjera""#), "{page}");
        assert!(!page.contains("zavicaj-slot"), "{page}");
    }
    let schema: serde_json::Value = serde_json::from_slice(&outputs["en/obrasci/upit/schema.json"]).unwrap();
    assert_eq!(schema["title"], "Question", "{schema:#}");
    assert!(outputs.contains_key("postupci/izvadak/index.html"));
    assert!(built.bundle.gaps().is_empty(), "{:?}", built.bundle.gaps());
}

#[test]
fn no_definition_is_published_as_it_is() {
    let (outputs, _) = site().outputs();
    assert!(outputs.keys().all(|path| !path.ends_with(".yaml")), "{:?}", outputs.keys());
}

#[test]
fn a_missing_translation_of_a_form_is_shown_with_its_place() {
    let site = site();
    site.write("content/obrasci/upit.yaml", &FORM.replace(", en: E-mail", ""));
    let found = site.errors();
    assert_eq!(found.len(), 1, "{found:#?}");
    let place = found[0].place.as_ref().unwrap();
    assert_eq!((found[0].code, place.line), ("missing-translation", 11));
    assert_eq!(place.path, "content/obrasci/upit.yaml");
}

#[test]
fn a_mistake_has_its_place_whatever_ends_the_lines() {
    let wrong = FORM.replace("kind: email", "kind: emial");
    let line = wrong.lines().position(|line| line.contains("emial")).unwrap() + 1;
    for end in ["\n", "\r\n", "\r"] {
        let site = site();
        site.write("content/obrasci/upit.yaml", &wrong.replace('\n', end));
        let found = site.errors();
        let place = found[0].place.as_ref().unwrap();
        assert_eq!((found[0].code, place.line), ("unknown-kind", line), "{end:?}");
        assert!(
            place.text.contains("kind: emial") && !place.text.contains('\r'),
            "{end:?}: {:?}",
            place.text
        );
    }
}

#[test]
fn what_one_file_expects_of_another_is_checked() {
    let site = site();
    let with_fee = format!("{FORM}fees:\n  - {{ card: izvadak, fee: express }}\n");
    site.write("content/obrasci/upit.yaml", &with_fee)
        .write("content/obrasci/status.yaml", FORM)
        .write("content/postupci/izvadak.yaml", &CARD.replace("form: upit", "form: upitnik"));
    std::fs::remove_file(site.root().join("content/poruke/primljeno.yaml")).unwrap();
    let mut codes = site.codes();
    codes.sort_unstable();
    // One for each letter; the first is an error, the others can wait until somebody takes the step.
    codes.dedup();
    assert_eq!(codes, ["card-without-form", "fee-without-card", "message-missing", "reserved-form-id"]);
}

#[test]
fn the_calendar_goes_into_the_bundle_and_its_mistakes_have_a_place() {
    let site = site();
    let calendar = "days_off: [sunday]\nholidays:\n  - id: a\n    name: {hr: A, en: A}\n    day: \"01-01\"\n    valid_from: \"2026-01-01\"\n";
    site.write("content/praznici.yaml", calendar);
    let (outputs, built) = site.outputs();
    assert!(!outputs.contains_key("praznici.yaml"), "it is not published");
    assert_eq!(built.bundle.calendar.holidays[0].id, "a");
    site.write("content/praznici.yaml", &calendar.replace("sunday", "nedjelja"));
    let found = site.errors();
    let unknown = found.iter().find(|diagnostic| diagnostic.code == "unknown-value").unwrap();
    assert_eq!(unknown.place.as_ref().unwrap().path, "content/praznici.yaml");
}

#[test]
fn the_notice_says_how_long_and_a_form_without_a_row_is_refused() {
    let site = site();
    site.write("content/rok.md", "---\ntitle: Rok\n---\n\n::: cuvanje\n\nKraj.\n")
        .write("content/rok.en.md", "---\ntitle: Period\n---\n\nText\n\n::: cuvanje\n");
    let (outputs, built) = site.outputs();
    assert!(!outputs.contains_key("cuvanje.yaml"), "it is not published");
    assert!(built.bundle.retention.has_class("upiti"));
    for (path, words) in [
        ("rok/index.html", ["<th scope=\"row\">Upiti</th>", "retention.years hr retention.from_closed hr."]),
        (
            "en/rok/index.html",
            ["<th scope=\"row\">Questions</th>", "retention.years en retention.from_closed en."],
        ),
    ] {
        let page = String::from_utf8(outputs[path].clone()).unwrap();
        for word in words {
            assert!(page.contains(word), "{word} in {page}");
        }
        assert!(!page.contains(":::"), "{page}");
    }
    site.write("content/obrasci/upit.yaml", &FORM.replace("retention: upiti", "retention: pitanja"));
    // Letters are missing as well, which is a warning.
    let found: Vec<_> = site.errors().into_iter().filter(|found| found.code != "message-missing").collect();
    assert_eq!(found.len(), 1, "{found:#?}");
    let place = found[0].place.as_ref().unwrap();
    assert_eq!((found[0].code, place.line), ("retention-class-unknown", 3));
}
