//! YAML that is meant to cost much, or to say two things at once.

use std::time::{Duration, Instant};

use zavicaj::diagnostic::Diagnostic;

use crate::support::TinySite;
use crate::support::form::{FORM, site};

const SOON: Duration = Duration::from_secs(10);

/// Every file of a site that is YAML or begins with it, with these lines in it.
fn places(lines: &str) -> Vec<(&'static str, String)> {
    vec![
        ("content/tekst.md", format!("---\ntitle: T\n{lines}---\n")),
        ("content/vijesti/a.md", format!("---\ntitle: T\ndate: 2020-01-01\n{lines}---\n")),
        ("content/obrasci/drugi.yaml", format!("{FORM}{lines}")),
        ("content/postupci/drugi.yaml", format!("title: {{ hr: T, en: T }}\n{lines}")),
        ("content/poruke/primljeno.yaml", format!("subject: {{ hr: T, en: T }}\n{lines}")),
        ("content/cuvanje.yaml", format!("rows: []\n{lines}")),
        ("themes/tiny/strings/hr.yaml", format!("nav.home: P\n{lines}")),
    ]
}

/// CVE-2003-1564 and its YAML kin (libyaml and go-yaml: CVE-2019-11253): a few lines of anchors that stand for each
/// other ten times over, nine deep, are a thousand million words.
#[test]
fn anchors_that_multiply_are_refused_at_once_wherever_there_is_yaml() {
    // One that any reader survives, of the right type and with few repetitions of each: only the limit of all refuses it.
    let anchors: String = (0..150).map(|number| format!("&a{number} x{number}, ")).collect();
    let repeated: String = (0..150).map(|number| format!("*a{number}, ").repeat(8)).collect();
    let small = TinySite::new();
    small.write("content/tekst.md", &format!("---\ntitle: T\ntags: [{anchors}{repeated}]\n---\n"));
    assert_eq!(small.codes(), ["too-large"]);
    let mut bomb = String::from("a0: &a0 [\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\"]\n");
    for level in 1..=9 {
        let one = format!("*a{}", level - 1);
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![one; 10].join(",")));
    }
    bomb.push_str("tags: *a9\n");
    // As the value of a key that is read, so that an unknown key is not what refuses it.
    let inline = (1..=9).fold("&a0 [x, x, x, x, x, x, x, x, x, x]".to_owned(), |inside, level| {
        format!("&a{level} [{inside}{}]", format!(", *a{}", level - 1).repeat(9))
    });
    for lines in [bomb, format!("tags: {inline}\n"), "tags: &a [*a]\n".to_owned()] {
        for (path, text) in places(&lines).into_iter().chain([("site.yaml", lines.clone())]) {
            let (site, start) = (site(), Instant::now());
            site.write(path, &text);
            let found: Vec<_> = site.errors().into_iter().filter(Diagnostic::is_error).collect();
            assert!(start.elapsed() < SOON, "{path}: {:?}", start.elapsed());
            assert!(
                found.iter().all(|found| found.place.as_ref().is_some_and(|place| place.path == path)),
                "{found:#?}"
            );
        }
    }
}

/// serde-yaml before 0.8, many others still: of two equal keys the last one wins and nobody hears of it.
#[test]
fn a_key_that_stands_twice_is_refused_with_its_place_wherever_there_is_yaml() {
    let twice = [
        ("content/tekst.md", "---\ntitle: T\ntitle: U\n---\n".to_owned(), 3),
        ("content/tekst.md", "---\ntitle: T\n\"title\": U\n---\n".to_owned(), 3),
        ("content/tekst.md", "---\ntitle: T\npicture: { src: a.png, alt: A, alt: B }\n---\n".to_owned(), 3),
        (
            "content/vijesti/a.md",
            "---\ntitle: T\ndate: 2020-01-01\ndraft: true\ndraft: false\n---\n".to_owned(),
            5,
        ),
        (
            "content/vijesti/a.md",
            "---\ntitle: T\ndate: 2020-01-01\ntags: [a]\ntags: [b]\n---\n".to_owned(),
            5,
        ),
        ("content/obrasci/drugi.yaml", format!("title: {{ hr: A, en: B }}\n{FORM}"), 2),
        ("content/cuvanje.yaml", "rows: []\nrows: []\n".to_owned(), 2),
        ("content/poruke/primljeno.yaml", "subject: { hr: A, en: A, hr: B }\n".to_owned(), 1),
        ("themes/tiny/strings/hr.yaml", "nav.home: A\nnav.home: B\n".to_owned(), 2),
        ("site.yaml", "title: { hr: A, en: A }\ntheme: tiny\ntheme: other\n".to_owned(), 3),
    ];
    for (path, text, line) in twice {
        let site = site();
        site.write(path, &text);
        let found: Vec<_> = site.errors().into_iter().filter(Diagnostic::is_error).collect();
        let said = found.iter().find(|found| {
            found.place.as_ref().is_some_and(|place| (place.path.as_str(), place.line) == (path, line))
        });
        assert!(
            said.is_some_and(|said| said.message.en.contains("twice") || said.code.contains("duplicate")),
            "{path}: {found:#?}"
        );
    }
}

/// What YAML 1.1 reads as something else (`no`, `1_000`, `012`, `2020-01-01`) is the word that the editor wrote.
#[test]
fn a_title_of_yes_or_no_stays_a_word_or_is_refused() {
    for title in
        ["no", "yes", "on", "1_000", "012", "0x1F", "1e3", "~", "null", "2020-01-01", "12:30:00", "*a"]
    {
        let site = TinySite::new();
        site.write("content/tekst.md", &format!("---\ntitle: {title}\n---\n"));
        match zavicaj::build::check(&site.options()) {
            Ok(_) => assert!(site.page("tekst/index.html").contains(&format!("<h1>{title}</h1>")), "{title}"),
            Err(zavicaj::build::Failure::Content(found)) => {
                assert!(found[0].place.as_ref().unwrap().line >= 1, "{title}: {found:#?}");
            }
            Err(other) => panic!("{title}: {other:?}"),
        }
    }
}
