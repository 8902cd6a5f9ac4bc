//! What an editor reads when something is wrong: every message with its file, line, column, the line itself and
//! a way out, in both languages; and it ends with the right exit code.

use tests::Site;
use tests::program::{NOW, Run, command, run};

/// A `site.yaml` whose lines do not move when the shipped one changes.
const SITE_YAML: &str = "\
title: { hr: Grad, en: Town, de: Stadt }
description: { hr: Vijesti, en: News, de: Aktuelles }
public_url: https://grad.example
theme: ljubuski
time_zone: Europe/Sarajevo
default_language: hr
languages:
  - { code: hr, name: Hrvatski }
  - { code: en, name: English }
  - { code: de, name: Deutsch }
menus:
  main:
    - label: { hr: Vijesti, en: News, de: Aktuelles }
      link: vijesti/_index.md
  footer:
    - label: { hr: Kontakt, en: Contact, de: Kontakt }
      link: kontakt.md
contact:
  name: { hr: Grad, en: Town, de: Stadt }
mail:
  from_name: { hr: Grad, en: Town, de: Stadt }
  from_address: no-reply@grad.example
";

/// A small form in order.
const FORM: &str = "\
title: { hr: Pitanje, en: Question, de: Frage }
description: { hr: Pitajte, en: Ask, de: Fragen }
retention: zahtjevi-za-isprave
sections:
  - id: you
    title: { hr: Vi, en: You, de: Sie }
    fields:
      - id: name
        kind: name
        label: { hr: Ime, en: Name, de: Name }
        missing: { hr: Upišite ime., en: Enter your name., de: Bitte geben Sie Ihren Namen an. }
";

const PAGE: &str = "---\ntitle: Proba\n---\n\n";

fn check(site: &Site, language: &str) -> Run {
    let root = site.root();
    run(&mut command(["check", "--root", root.to_str().unwrap(), "--now", NOW, "--lang", language]))
}

/// Spoils a site, looks at it in both languages, and compares with what was agreed.
fn says(code: &str, place: &str, spoil: impl Fn(&Site)) {
    says_as(code, code, place, spoil);
}

fn says_as(name: &str, code: &str, place: &str, spoil: impl Fn(&Site)) {
    let site = Site::shipped();
    site.write("site.yaml", SITE_YAML);
    spoil(&site);
    let [hr, en] = ["hr", "en"].map(|language| check(&site, language));
    for (run, word) in [(&hr, "greška"), (&en, "error")] {
        assert_eq!(run.code, Some(1), "{name}: {}{}", run.out, run.err);
        assert!(run.err.contains(&format!("{word}[{code}]: ")), "{name}: {}", run.err);
        assert!(run.err.contains(&format!("--> {place}")), "{name}: {}", run.err);
        assert!(!run.err.contains('\u{1b}'), "no colours outside a terminal");
        assert!(!run.err.contains(" at line "), "{name}: a second, other place: {}", run.err);
    }
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("error_{name}"), format!("{}\n{}", hr.err, en.err));
    });
}

/// A page with a text.
fn page(text: &str) -> impl Fn(&Site) {
    let content = format!("{PAGE}{text}\n");
    move |site| {
        site.write("content/proba.md", &content);
    }
}

/// A page with lines more in its front matter.
fn front(lines: &str) -> impl Fn(&Site) {
    let content = format!("---\ntitle: Proba\n{lines}\n---\n\nTekst.\n");
    move |site| {
        site.write("content/proba.md", &content);
    }
}

/// The small form with one text replaced.
fn form(from: &'static str, to: &'static str) -> impl Fn(&Site) {
    assert!(FORM.contains(from));
    move |site| {
        site.write("content/obrasci/proba.yaml", FORM.replacen(from, to, 1));
    }
}

/// The settings with one text replaced.
fn settings(from: &'static str, to: &'static str) -> impl Fn(&Site) {
    assert!(SITE_YAML.contains(from));
    move |site| {
        site.replace("site.yaml", from, to);
    }
}

#[test]
fn the_site_of_these_tests_is_in_order() {
    let site = Site::shipped();
    site.write("site.yaml", SITE_YAML);
    site.write("content/proba.md", PAGE).write("content/obrasci/proba.yaml", FORM);
    let run = check(&site, "en");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{}", run.out);
}

#[test]
fn front_matter() {
    says("bad-web-address", "content/projekti/proba.md:3:", |site| {
        site.write("content/projekti/proba.md", "---\ntitle: Proba\nurl: grad.example\n---\n\nTekst.\n");
    });
    says("bad-page-length", "content/proba/_index.md:3:", |site| {
        site.write("content/proba/_index.md", "---\ntitle: Proba\npaginate: 0\n---\n");
    });
    says("yaml-unreadable", "content/proba.md:3:", front("description: [ovo nije: zatvoreno"));
    says("unknown-key", "content/proba.md:3:1", front("opis: Nešto"));
    says_as("unknown-key-near", "unknown-key", "content/proba.md:3:1", front("descripton: Nešto"));
    says("key-of-other-kind", "content/proba.md:3:", front("city: Zagreb"));
    says("bad-date", "content/proba.md:3:", front("date: 31. 2. 2026."));
    says("bad-slug", "content/proba.md:3:", front("slug: Dva Dijela/x"));
    says("bad-alias", "content/proba.md:3:", front("aliases: [\"https://drugdje.example/\"]"));
    says("expires-before-publish", "content/proba.md:", front("publish: 2026-12-01\nexpires: 2026-11-01"));
    says_as("picture-missing-alt", "missing-key", "content/proba.md:3:", front("picture: { src: wall.svg }"));
    says("picture-without-alt", "content/proba.md:3:", front("picture: { src: wall.svg, alt: \"\" }"));
    says("duplicate-key", "content/proba.md:3:1", front("title: Još jednom"));
    says("front-matter-missing", "content/proba.md:1:1", |site| {
        site.write("content/proba.md", "# Proba\n\nTekst.\n");
    });
    says("missing-key", "content/proba.md:", |site| {
        site.write("content/proba.md", "---\ndescription: Bez naslova\n---\n\nTekst.\n");
    });
    says("empty-title", "content/proba.md:2:", |site| {
        site.write("content/proba.md", "---\ntitle: \"\"\n---\n\nTekst.\n");
    });
    says("ends-before-start", "content/dogadanja/proba.md:", |site| {
        site.write(
            "content/dogadanja/proba.md",
            "---\ntitle: Proba\nstart: 2026-12-02\nend: 2026-12-01\nplace: Dom\n---\n",
        );
    });
}

#[test]
fn text() {
    says("unknown-target", "content/proba.md:5:", page("Vidi [ovo](dijaspora/nema.md)."));
    says_as(
        "picture-in-text-without-alt",
        "picture-without-alt",
        "content/proba.md:5:",
        page("![](wall.svg)"),
    );
    says("raw-html", "content/proba.md:5:", page("Ovo je <b onclick=x>debelo</b>."));
    says("dangerous-link", "content/proba.md:5:", page("[Pritisni](java&#115;cript:alert)."));
    says("first-level-heading", "content/proba.md:5:", page("# Još jedan naslov"));
    says("empty-link", "content/proba.md:5:", page("Vidi [](kontakt.md)."));
    says("dead-link", "content/proba.md", page("Vidi [ovo](/nema/te/stranice/)."));
    says("dead-anchor", "content/proba.md", page("Vidi [ovo](kontakt.md#nema)."));
    says("target-unpublished", "content/proba.md:5:", |site| {
        page("Vidi [ovo](nacrt.md).")(site);
        site.write("content/nacrt.md", "---\ntitle: Nacrt\ndraft: true\n---\n\nTekst.\n");
    });
}

#[test]
fn files_and_addresses() {
    says("url-taken", "content/", |site| {
        site.write("content/proba.md", PAGE)
            .write("content/druga.md", "---\ntitle: Druga\nslug: proba\n---\n");
    });
    says("not-utf8", "content/proba.md", |site| {
        site.write("content/proba.md", b"---\ntitle: Proba\n---\n\n\xe8\n");
    });
    says("unknown-language", "content/proba.fr.md", |site| {
        site.write("content/proba.fr.md", PAGE);
    });
    says("unusable-file-name", "content/", |site| {
        site.write("content/što je ovo?.md", PAGE);
    });
    says("ambiguous-file-name", "content/", |site| {
        site.write("content/proba.md", PAGE).write("content/Proba.md", PAGE);
    });
    says("symbolic-link", "content/proba.md", |site| {
        std::os::unix::fs::symlink("/etc/hostname", site.root().join("content/proba.md")).unwrap();
    });
}

#[test]
fn a_link_to_a_page_that_is_over_is_a_warning() {
    let site = Site::shipped();
    site.write("site.yaml", SITE_YAML);
    site.write("content/proba.md", format!("{PAGE}Vidi [akciju](akcija.md).\n"));
    site.write("content/akcija.md", "---\ntitle: Akcija\nexpires: 2020-01-01\n---\n");
    let [hr, en] = ["hr", "en"].map(|language| check(&site, language));
    assert_eq!((hr.code, en.code), (Some(0), Some(0)), "{}", hr.err);
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("warning_target-not-now", format!("{}\n{}", hr.err, en.err));
    });
}

#[test]
fn yaml_that_would_never_end_is_refused() {
    let deep = format!("tags: {}", "[".repeat(300));
    says_as("yaml-too-deep", "yaml-unreadable", "content/proba.md:3:", front(&deep));
}

#[test]
fn a_file_larger_than_any_page_needs_is_refused_before_it_is_read() {
    says("file-too-large", "content/film.mp4", |site| {
        let file = std::fs::File::create(site.root().join("content/film.mp4")).unwrap();
        file.set_len(65 * 1024 * 1024).unwrap();
    });
}

#[test]
fn what_cannot_be_published() {
    says("reserved-path", "content/usluge/otpad.md", |site| {
        site.write("content/usluge/otpad.md", PAGE);
    });
    says("name-without-letters", "content/….md", |site| {
        site.write("content/….md", PAGE);
    });
    says("unpublishable-file", "content/tajna.MD", |site| {
        site.write("content/tajna.MD", PAGE);
    });
    says("text-too-long", "content/proba.md", |site| {
        site.write("content/proba.md", format!("{PAGE}{}", "riječ ".repeat(700_000)));
    });
    says("control-character", "content/proba.md", |site| {
        site.write("content/proba.md", "---\ntitle: \"Proba\\x01\"\n---\n");
    });
    says("terms-on-one-url", "content/vijesti/proba.md", |site| {
        let article = "---\ntitle: Proba\ndate: 2020-01-01\ntags: [Škola, skola]\n---\n\nTekst.\n";
        site.write("content/vijesti/proba.md", article);
    });
}

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

#[test]
fn all_mistakes_of_a_run_are_shown() {
    let site = Site::shipped();
    for name in ["prva", "druga", "treća"] {
        site.write(&format!("content/{name}.md"), format!("{PAGE}Vidi [ovo](nema/{name}.md).\n"));
    }
    site.write("content/cetvrta.md", "---\ntitle: [\n---\n");
    let run = check(&site, "en");
    for name in ["prva", "druga", "treća", "cetvrta"] {
        assert!(run.err.contains(&format!("content/{name}.md:")), "{name}: {}", run.err);
    }
    assert!(run.err.contains("4 errors"), "{}", run.err);
}

#[test]
fn a_folder_without_a_site_is_an_error_of_the_machine() {
    let empty = tempfile::tempdir().unwrap();
    let root = empty.path().to_str().unwrap();
    for (language, text, help) in
        [("hr", "nema datoteke site.yaml", "--root MAPA"), ("en", "there is no site.yaml", "--root DIR")]
    {
        for what in ["build", "check", "serve"] {
            let run = run(command([what, "--root", root, "--lang", language]).current_dir(root));
            assert_eq!(run.code, Some(2), "{what}");
            assert!(run.err.contains(text) && run.err.contains(help), "{what}: {}", run.err);
            let made = std::fs::read_dir(root).unwrap().count();
            assert_eq!(made, 0, "{what} made something in a folder that is no site: {}", run.err);
        }
    }
}

#[test]
fn a_port_in_use_is_an_error_of_the_machine() {
    let site = Site::shipped();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let [root, data, keys] =
        [site.root(), site.beside("data"), site.beside("keys")].map(|path| path.to_str().unwrap().to_owned());
    for (language, text) in
        [("hr", format!("vrata {port} već su zauzeta")), ("en", format!("port {port} is in use"))]
    {
        let arguments =
            ["serve", "--root", &root, "--data", &data, "--keys", &keys, "--port", &port, "--lang", language];
        let run = run(&mut command(arguments));
        assert_eq!(run.code, Some(2));
        assert!(run.err.contains(&text) && run.err.contains("zavicaj serve --port"), "{}", run.err);
    }
    assert!(!site.beside("keys").exists(), "a server that could not start made keys");
}

#[test]
fn an_unknown_argument_is_explained() {
    let run = run(&mut command(["bild"]));
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("bild") && run.err.contains("build"), "{}", run.err);
}
