//! Every letter of the site as its reader sees it, in three languages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::path::{Path, PathBuf};

use mail::{Letter, LetterKind, Message, Messages, Values};

const LANGUAGES: [&str; 3] = ["hr", "en", "de"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/poruke")
}

fn messages() -> Messages {
    let mut messages = Messages::default();
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let source = std::fs::read_to_string(&path).unwrap();
        let message = Message::from_yaml(name, &source, &LANGUAGES);
        messages.insert(name, message.unwrap_or_else(|problems| panic!("{name}: {problems:#?}")));
    }
    messages
}

/// Everything that a letter may say.
fn full() -> Values<'static> {
    Values {
        reference: "7Q2M-4XKD",
        form_title: "Upis u registar dijaspore",
        town: "Grad Ljubuški",
        contact: "Grad Ljubuški, 88320 Ljubuški, Bosna i Hercegovina",
        received: Some("23. 11. 2026. u 19:05"),
        receipt_url: Some("https://grad.example/usluge/potvrda/7Q2M4XKD.a1.b2"),
        status_url: Some("https://grad.example/usluge/status"),
        own_url: Some("https://grad.example/usluge/moj-upis"),
        link: Some("https://grad.example/usluge/veza/own_record.a1.b2"),
        expires: Some("30. 11. 2026. u 19:05"),
        promised: Some("1. 12. 2026."),
        amount_km: Some("13,00 KM"),
        amount_eur: Some("6,65 EUR"),
        payee: Some("Grad Ljubuški"),
        account: Some("BA39 1290 0794 0102 8494"),
        swift: Some("AAAABA22"),
        tracking: Some("RR123456785BA"),
        place: Some("matični ured, radnim danom od 8 do 15 sati"),
        erased_on: Some("23. 12. 2027."),
        unsubscribe: Some("https://grad.example/usluge/veza/unsubscribe.a1.b2"),
    }
}

fn letter(kind: LetterKind, form: &str, language: &str, values: &Values<'_>) -> Letter {
    let to = "ana@example.org".parse().unwrap();
    let now = "2026-11-23T18:05:09Z".parse().unwrap();
    messages().letter(kind, form, to, language, values, now).unwrap()
}

fn snapshot(kind: LetterKind, form: &str, values: &Values<'_>, name: &str) {
    let shown = LANGUAGES.map(|language| {
        let letter = letter(kind, form, language, values);
        let html = letter.html.replace("><", ">\n<");
        format!("=== {language}: {}\n\n{}\n--- html\n{html}\n", letter.subject, letter.text)
    });
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(name.to_owned(), shown.join("\n"));
    });
}

#[test]
fn every_letter_reads_well_in_three_languages_as_text_and_as_html() {
    for kind in LetterKind::ALL {
        snapshot(kind, "registracija", &full(), kind.file_name());
    }
    snapshot(LetterKind::Received, "zahtjev-za-ispravu", &full(), "primljeno-zahtjev-za-ispravu");
}

#[test]
fn the_site_has_every_letter_and_no_other() {
    assert_eq!(messages().missing(), []);
    for file in std::fs::read_dir(folder()).unwrap() {
        let path = file.unwrap().path();
        assert!(LetterKind::of_file(path.file_stem().unwrap().to_str().unwrap()).is_some(), "{path:?}");
    }
}

#[test]
fn what_is_not_known_leaves_no_empty_line_or_label() {
    let least = Values {
        received: None,
        receipt_url: None,
        status_url: None,
        own_url: None,
        promised: None,
        swift: None,
        tracking: None,
        place: None,
        erased_on: None,
        ..full()
    };
    for kind in LetterKind::ALL {
        for language in LANGUAGES {
            let letter = letter(kind, "registracija", language, &least);
            assert!(!letter.text.contains("\n\n\n") && !letter.text.contains('{'), "{}", letter.text);
            let dangling = |line: &str| line.ends_with(':') && !line.starts_with("http");
            let lines: Vec<_> = letter.text.lines().collect();
            for pair in lines.windows(2).filter(|pair| dangling(pair[0])) {
                // The receipt's address stands below its words; here only the reference and links may follow.
                let gives_receipt = matches!(kind, LetterKind::Received | LetterKind::ConfirmAddress);
                let receipt = gives_receipt && pair[1].is_empty();
                assert!(receipt || !pair[1].is_empty(), "{pair:?} in {kind:?} {language}");
            }
        }
    }
}

#[test]
fn the_html_loads_nothing_runs_nothing_and_says_every_word_of_the_text() {
    for kind in LetterKind::ALL {
        for language in LANGUAGES {
            let letter = letter(kind, "registracija", language, &full());
            for foreign in
                ["<img", "<script", "<link", "<style", "url(", "@import", "src=", "<form", "http-equiv"]
            {
                assert!(!letter.html.contains(foreign), "{foreign} in {kind:?}");
            }
            assert!(letter.html.starts_with(&format!("<!DOCTYPE html><html lang=\"{language}\">")));
            let flat = letter.html.replace("<br>", " ");
            for line in letter.text.lines().filter(|line| !line.is_empty()) {
                let line = line.trim_end_matches(':').trim_start_matches(|c: char| c.is_ascii_digit());
                let line = line.trim_start_matches(". ").replace('&', "&amp;");
                let found =
                    line.split("https://").all(|part| flat.contains(part.trim_end_matches(": ").trim()));
                assert!(found, "{line:?} in {kind:?} {language}");
            }
            assert_eq!(letter.unsubscribe.is_some(), kind == LetterKind::StillCorrect, "{kind:?}");
        }
    }
}
