//! What a build tells about finished pages: what shuts people out, and numbers of persons.

use tests::Site;
use tests::program::{NOW, Run, build, command, run};

fn check(site: &Site, language: &str) -> Run {
    let root = site.root();
    run(&mut command(["check", "--root", root.to_str().unwrap(), "--now", NOW, "--lang", language]))
}

/// Spoils a site, looks at it in both languages, and compares with what was agreed.
pub(crate) fn tells(code: &str, severity: [&str; 2], place: &str, spoil: impl Fn(&Site)) -> String {
    let site = Site::shipped();
    spoil(&site);
    let told = ["hr", "en"].map(|language| check(&site, language));
    let is_error = severity[1] == "error";
    for (run, word) in told.iter().zip(severity) {
        assert_eq!(run.code, Some(i32::from(is_error)), "{code}: {}{}", run.out, run.err);
        assert!(run.err.contains(&format!("{word}[{code}]: ")), "{code}: {}", run.err);
        assert!(run.err.contains(&format!("--> {place}")), "{code}: {}", run.err);
    }
    let told = told.map(|run| run.err).join("\n");
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(format!("error_{code}"), told);
    });
    told
}

const ERROR: [&str; 2] = ["greška", "error"];
pub(crate) const WARNING: [&str; 2] = ["upozorenje", "warning"];

fn page(text: &str) -> impl Fn(&Site) {
    let content = format!("---\ntitle: Proba\n---\n\n{text}\n");
    move |site| {
        site.write("content/proba.md", &content);
    }
}

/// One of the theme's templates with another text in place of one.
fn template(name: &str, from: &'static str, to: &'static str) -> impl Fn(&Site) {
    let path = format!("themes/ljubuski/templates/{name}");
    move |site| {
        let text = site.read(&path);
        assert!(text.contains(from), "{path} has no {from}");
        site.write(&path, text.replacen(from, to, 1));
    }
}

#[test]
fn a_level_of_headings_that_is_left_out() {
    tells("heading-skipped", WARNING, "content/proba.md", page("## Prvi\n\n#### Četvrti"));
}

#[test]
fn a_page_that_loads_more_than_a_slow_line_brings() {
    tells("page-too-heavy", WARNING, "content/udruge/proba.md", |site| {
        site.write("content/udruge/proba.md", "---\ntitle: Proba\n---\n\nTekst.\n");
        // Without the shipped theme's files: what they weigh is no matter of this test.
        site.write(
            "themes/ljubuski/templates/association.html",
            "<!doctype html><html lang=\"{{ lang }}\"><head><title>{{ page.title }}</title></head><body>\
             <h1>{{ page.title }}</h1>{% if page.title == \"Proba\" %}\
             <img src=\"/velika.jpg\" alt=\"\"><img src=\"/mala.jpg\" alt=\"\">{% endif %}",
        );
        for (name, size) in [("velika", 2_400_000), ("mala", 80_000)] {
            site.write(&format!("themes/ljubuski/static/{name}.jpg"), vec![0; size]);
        }
    });
}

#[test]
fn a_link_whose_words_say_nothing() {
    tells("link-text-vague", WARNING, "content/proba.md", page("Prijavite se [ovdje](kontakt.md)."));
}

#[test]
fn the_main_heading_of_every_page() {
    tells("heading-missing", WARNING, "content/proba.md", |site| {
        page("Tekst.")(site);
        template("page.html", "<h1>{{ page.title }}</h1>", "")(site);
    });
    tells("heading-twice", WARNING, "content/proba.md", |site| {
        page("Tekst.")(site);
        template("page.html", "<h1>{{ page.title }}</h1>", "<h1>{{ page.title }}</h1><h1>Opet</h1>")(site);
    });
}

#[test]
fn what_a_template_owes_to_those_who_do_not_see() {
    tells(
        "language-missing",
        ERROR,
        "site.yaml",
        template("base.html", "<html lang=\"{{ lang }}\">", "<html>"),
    );
    tells(
        "title-missing",
        ERROR,
        "site.yaml",
        template("base.html", "<title>{% block title %}", "<title></title><i>{% block title %}"),
    );
    tells(
        "image-without-alt",
        ERROR,
        "site.yaml",
        template("base.html", "<main", "<img src=\"/robots.txt\"><main"),
    );
    tells(
        "link-without-text",
        ERROR,
        "site.yaml",
        template("base.html", "<main", "<a href=\"/\"><span></span></a><main"),
    );
    tells(
        "language-malformed",
        ERROR,
        "site.yaml",
        template("base.html", "<main", "<i lang=\"hrvatski\">a</i><main"),
    );
}

#[test]
fn a_number_of_a_citizen_is_found_by_its_line_and_repeated_nowhere() {
    // Of nobody: the region 03 is not given to anyone.
    let number = (0..10)
        .map(|digit| format!("010190003000{digit}"))
        .find(|number| forms::jmb::Jmb::parse(number).is_ok())
        .unwrap();
    let told =
        tells("personal-number", ERROR, "content/proba.md:7", page(&format!("Popis:\n\nAna Anić, {number}")));
    assert!(!told.contains(&number) && !told.contains("Anić"), "{told}");
}

#[test]
fn accounts_and_mobile_phones_are_told_unless_the_site_says_whose_they_are() {
    let text = "Uplate na BA39 1290 0794 0102 8494, pitanja na 063/123-456.";
    tells("account-number", WARNING, "content/proba.md:5", page(text));
    tells("mobile-phone", WARNING, "content/proba.md:5", page(text));
    let site = Site::shipped();
    page(text)(&site);
    let allowed = "\nchecks:\n  numbers: [\"BA391290079401028494\", \"063 123 456\"]\n";
    site.write("site.yaml", site.read("site.yaml") + allowed);
    let run = check(&site, "en");
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(!run.err.contains("account-number") && !run.err.contains("mobile-phone"), "{}", run.err);
}

#[test]
fn an_address_that_visitors_know_and_that_is_gone() {
    let site = Site::shipped();
    site.write(
        "content/vijesti/2020/stara.md",
        "---\ntitle: Stara\ndate: 2020-01-01\ndescription: O tome.\n---\n\nTekst.\n",
    );
    let out = site.beside("public");
    assert_eq!(build(&site.root(), &out).code, Some(0));
    site.remove("content/vijesti/2020/stara.md");
    let [root, out] = [site.root(), out].map(|path| path.to_str().unwrap().to_owned());
    let told = ["hr", "en"].map(|language| {
        let copy = format!("{out}-{language}");
        tests::site::copy(out.as_ref(), copy.as_ref());
        let run =
            run(&mut command(["build", "--root", &root, "--out", &copy, "--now", NOW, "--lang", language]));
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.err
    });
    insta::with_settings!({ snapshot_path => "../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("error_url-lost", told.join("\n"));
    });
}

#[test]
fn of_many_warnings_of_one_kind_the_first_are_told_and_the_rest_counted() {
    let site = Site::shipped();
    for number in 0..25 {
        site.write(
            &format!("content/vijesti/2020/v{number}.md"),
            format!("---\ntitle: V{number}\ndate: 2020-01-01\ndescription: O tome.\n---\n\n#### Naslov\n"),
        );
    }
    let run = check(&site, "hr");
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(run.err.matches("upozorenje[heading-skipped]").count(), 20);
    assert!(run.err.contains("… i još 5 [heading-skipped]"), "{}", run.err);
    assert!(run.err.contains("0 grešaka, 25 upozorenja"), "{}", run.err);
}
