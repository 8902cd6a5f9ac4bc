//! Forms, cards, letters, settings, theme: what is wrong with what is no page.

use tests::Site;

use super::{FORM, check, form, says, says_as, settings};

#[test]
fn cards_and_fees() {
    says("card-without-form", "content/postupci/izvadak.yaml:", |site| {
        site.replace("content/postupci/izvadak.yaml", "form: zahtjev-za-ispravu", "form: zahtjev");
    });
    says("fee-without-card", "content/obrasci/proba.yaml:", |site| {
        site.write(
            "content/obrasci/proba.yaml",
            format!("{FORM}fees:\n  - {{ card: izvadak, fee: brzo }}\n"),
        );
    });
}

#[test]
fn settings_of_the_site() {
    says("unknown-time-zone", "site.yaml:5:", settings("Europe/Sarajevo", "Europe/Ljubuski"));
    says("bad-public-url", "site.yaml:3:", settings("https://grad.example", "grad.example"));
    says("bad-theme", "site.yaml:4:", settings("theme: ljubuski", "theme: ../ljubuski"));
    says(
        "unknown-default-language",
        "site.yaml:6:",
        settings("default_language: hr", "default_language: sl"),
    );
    says("bad-language", "site.yaml:10:", settings("code: de", "code: hr"));
    says("bad-path-word", "site.yaml", settings("contact:", "paths: { page: Str 2 }\ncontact:"));
    for (name, length) in [
        ("nine", "reference_length: 9\ncontact:"),
        ("text", "reference_length: osam\ncontact:"),
        ("negative", "reference_length: -8\ncontact:"),
    ] {
        says_as(
            &format!("reference-length-{name}"),
            "bad-reference-length",
            "site.yaml:",
            settings("contact:", length),
        );
    }
    says("bad-sender", "site.yaml", settings("no-reply@grad.example", "nije adresa"));
    for (name, server) in [
        ("host", "host: \"https://mail.grad.example\""),
        ("password", "host: mail.grad.example, user: ured"),
        ("loopback", "host: mail.grad.example, security: loopback"),
    ] {
        says_as(&format!("bad-mail-server-{name}"), "bad-mail-server", "site.yaml", move |site| {
            let smtp = format!("from_address: no-reply@grad.example\n  smtp: {{ {server} }}");
            site.replace("site.yaml", "from_address: no-reply@grad.example", &smtp);
        });
    }
    says_as("unknown-key-in-settings", "unknown-key", "site.yaml:", settings("time_zone:", "timezone:"));
    says_as(
        "menu-to-nowhere",
        "unknown-target",
        "site.yaml:14:",
        settings("vijesti/_index.md", "vijesti/nema.md"),
    );
    says("missing-translation", "site.yaml:1:", settings(", de: Stadt }\ndescription", " }\ndescription"));
}

#[test]
fn form_definitions() {
    let place = "content/obrasci/proba.yaml:";
    says_as("form-without-translation", "missing-translation", place, form(", de: Name }", " }"));
    says_as("form-unknown-key", "unknown-key", place, form("kind: name", "kind: name\n        colour: red"));
    says_as("form-unknown-kind", "unknown-kind", place, form("kind: name", "kind: imme"));
    says_as("form-broken-yaml", "yaml", place, form("title: { hr: Pitanje", "title: { hr: [Pitanje"));
    let second = "\n      - id: more\n        label: { hr: Još, en: More, de: Mehr }\n        ";
    let last = "geben Sie Ihren Namen an. }\n";
    for (code, more) in [
        (
            "contact-twice",
            "kind: email\n        mark: contact_email\n      - id: other\n        label: { hr: Druga, en: Other, de: Andere }\n        kind: email\n        mark: contact_email",
        ),
        ("condition-kind", "kind: text\n        shown_when: { field: name, is: [a] }"),
        (
            "condition-looks-ahead",
            "kind: text\n        shown_when: { field: later, is: [a] }\n      - id: later\n        label: { hr: Da, en: Yes, de: Ja }\n        kind: choice\n        options: [{ value: a, label: { hr: A, en: A, de: A } }, { value: b, label: { hr: B, en: B, de: B } }]",
        ),
        (
            "condition-chained",
            "kind: choice\n        options: [{ value: a, label: { hr: A, en: A, de: A } }, { value: b, label: { hr: B, en: B, de: B } }]\n      - id: two\n        shown_when: { field: more, is: [a] }\n        label: { hr: Da, en: Yes, de: Ja }\n        kind: choice\n        options: [{ value: a, label: { hr: A, en: A, de: A } }, { value: b, label: { hr: B, en: B, de: B } }]\n      - id: three\n        kind: text\n        label: { hr: T, en: T, de: T }\n        shown_when: { field: two, is: [a] }",
        ),
        ("unknown-value", "kind: text\n        mark: posebno"),
        (
            "page-without-title",
            "kind: text\n        with_previous: true\n      - id: two\n        kind: text\n        label: { hr: Dva, en: Two, de: Zwei }",
        ),
        (
            "group-in-group",
            "kind: group\n        min_entries: 1\n        max_entries: 2\n        entry: { hr: Stavka, en: Entry, de: Eintrag }\n        add: { hr: Dodaj, en: Add, de: Mehr }\n        fields: [{ id: inner, kind: group, min_entries: 1, max_entries: 2, label: { hr: U, en: I, de: I }, entry: { hr: S, en: E, de: E }, add: { hr: D, en: A, de: M }, fields: [{ id: a, kind: text, label: { hr: A, en: A, de: A } }] }]",
        ),
        (
            "jmb-in-group",
            "kind: group\n        min_entries: 1\n        max_entries: 2\n        entry: { hr: Stavka, en: Entry, de: Eintrag }\n        add: { hr: Dodaj, en: Add, de: Mehr }\n        fields: [{ id: jmb, kind: jmb, label: { hr: JMB, en: JMB, de: JMB } }]",
        ),
    ] {
        says(code, place, |site| {
            site.write(
                "content/obrasci/proba.yaml",
                FORM.replacen(last, &format!("{}{second}{more}\n", last.trim_end()), 1),
            );
        });
    }
    for (code, from, to) in [
        ("bad-id", "id: name\n", "id: Moje ime\n"),
        ("empty-text", "{ hr: Ime,", "{ hr: \"\","),
        ("wrong-type", "retention: zahtjevi-za-isprave", "retention: [a, b]"),
        ("mark-kind", "kind: name\n", "kind: name\n        mark: contact_email\n"),
        ("with-previous-first", "kind: name\n", "kind: name\n        with_previous: true\n"),
        (
            "condition-unknown-field",
            "kind: name\n",
            "kind: name\n        shown_when: { field: nema, is: [a] }\n",
        ),
        ("unknown-field", "kind: name\n", "kind: jmb\n        birth_date: nema\n"),
    ] {
        says(code, place, form(from, to));
    }
    says("empty-form", "content/obrasci/proba.yaml", |site| {
        let head = FORM.split("sections:").next().unwrap_or_default();
        site.write("content/obrasci/proba.yaml", format!("{head}sections: []\n"));
    });
    let card = "content/postupci/izvadak.yaml";
    says("bad-amount", card, |site| {
        site.replace(card, "amount: \"3,00\"", "amount: \"tri\"");
    });
    says("duplicate-day", card, |site| {
        let amount = "- {valid_from: \"2026-01-01\", amount: \"3,00\"}";
        site.replace(card, amount, &format!("{amount}\n      {amount}"));
    });
    says("reserved-form-id", "content/obrasci/status.yaml", |site| {
        site.write("content/obrasci/status.yaml", FORM);
    });
}

/// A letter in order.
const MESSAGE: &str = "\
subject: { hr: \"Broj {reference}\", en: \"Reference {reference}\", de: \"Aktenzeichen {reference}\" }
body: { hr: \"{reference} {next}\", en: \"{reference} {next}\", de: \"{reference} {next}\" }
next: { hr: [Javit ćemo se.], en: [We will write.], de: [Wir schreiben Ihnen.] }
";

#[test]
fn retention() {
    let table = "content/cuvanje.yaml";
    says("retention-class-unknown", "content/obrasci/proba.yaml", form("zahtjevi-za-isprave", "zahtjevi"));
    says("retention-missing", "content/privatnost", |site| {
        site.remove(table);
        for form in ["registracija", "zahtjev-za-ispravu"] {
            site.remove(&format!("content/obrasci/{form}.yaml"));
        }
    });
    for (name, code, from, to) in [
        ("retention-row-missing", "retention-row-missing", "- id: pisma", "- id: pisma-stara"),
        ("retention-period", "retention-period", "    from: staged\n", ""),
        ("retention-unfit", "retention-unfit", "{ minutes: 60 }", "{ minutes: 90 }"),
        ("retention-unfit-link", "retention-unfit", "{ days: 30 }", "{ days: 91 }"),
        ("retention-bad-bounds", "bad-bounds", "{ months: 13 }", "{ months: 13, days: 2 }"),
    ] {
        says_as(name, code, table, move |site| {
            site.replace(table, from, to);
        });
    }
}

#[test]
fn messages() {
    let letter = "content/poruke/primljeno.yaml";
    for (code, from, to) in [
        ("message-unreadable", "subject: {", "subject: [{"),
        ("message-language-missing", ", de: \"Aktenzeichen {reference}\"", ""),
        ("message-language-unknown", "next: {", "next: { fr: [Nous écrirons.],"),
        ("message-placeholder-unknown", "{next}", "{ime} {next}"),
        ("message-without-reference", "hr: \"{reference} {next}\"", "hr: \"{next}\""),
        ("message-without-steps", "next: {", "#"),
        (
            "message-button-malformed",
            "hr: \"{reference} {next}\"",
            "hr: \"{reference} [Ovdje]({link} {next}\"",
        ),
    ] {
        assert!(MESSAGE.contains(from), "{code}");
        says(code, letter, |site| {
            site.write(letter, MESSAGE.replacen(from, to, 1));
        });
    }
    for (code, name, content) in [
        (
            "message-without-value",
            "content/poruke/pitanje.yaml",
            MESSAGE.split("next:").next().unwrap().replace("{next}", ""),
        ),
        ("message-steps-unused", "content/poruke/povuceno.yaml", MESSAGE.replace("{next}", "")),
    ] {
        says(code, name, |site| {
            site.write(name, content.clone());
        });
    }
    says("message-unknown", "content/poruke/pozdrav.yaml", |site| {
        site.write("content/poruke/pozdrav.yaml", MESSAGE);
    });
}

#[test]
fn messages_and_theme() {
    says("message-missing", "content/poruke", |site| {
        site.remove("content/poruke/primljeno.yaml");
    });
    says("string-missing", "themes/ljubuski/strings", |site| {
        site.replace("themes/ljubuski/strings/service/de.yaml", "  to_home:", "  to_house:");
    });
    says("string-twice", "themes/ljubuski/strings/zadnje/hr.yaml", |site| {
        site.write("themes/ljubuski/strings/zadnje/hr.yaml", "content:\n  table: Tablica\n");
    });
    says("string-is-list", "themes/ljubuski/strings/zadnje/hr.yaml", |site| {
        site.write("themes/ljubuski/strings/zadnje/hr.yaml", "novo: [a, b]\n");
    });
    says("plural-form-missing", "themes/ljubuski/strings/zadnje/hr.yaml", |site| {
        for language in ["hr", "en", "de"] {
            let text = "novo: { one: \"{count} put\", other: \"{count} puta\" }\n";
            site.write(&format!("themes/ljubuski/strings/zadnje/{language}.yaml"), text);
        }
    });
    says("bad-shell", "themes/ljubuski/templates/form.html", |site| {
        site.write("themes/ljubuski/templates/form.html", "<!doctype html><title>{{ page.title }}</title>");
    });
    says("template-missing", "themes/ljubuski/templates", |site| {
        site.remove("themes/ljubuski/templates/event.html");
    });
    says("template-error", "themes/ljubuski/templates/event.html:2:", |site| {
        site.write(
            "themes/ljubuski/templates/event.html",
            "{% extends \"base.html\" %}\n{% block main %}{{ page.title \n",
        );
    });
}

#[test]
fn a_template_error_names_template_and_page() {
    let site = Site::shipped();
    site.write(
        "themes/ljubuski/templates/event.html",
        "{% extends \"base.html\" %}\n{% block main %}{{ page.nema }}{% endblock %}\n",
    );
    let run = check(&site, "en");
    assert_eq!(run.code, Some(1));
    for part in ["templates/event.html:2:", "`nema`", "content/dogadanja/dani-dijaspore-2019.md"] {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
    assert!(!run.err.contains("dead-link"), "consequences are no mistakes of their own: {}", run.err);
}
