//! Names, bytes and references of a small theme.

use super::*;
use crate::config::Assets;

/// A setting of `assets`, in an else empty `site.yaml`.
fn config(assets: Assets) -> Config {
    let text = "title: { hr: A }\ndescription: { hr: A }\npublic_url: https://a.example\ntheme: tiny\n\
        time_zone: Europe/Sarajevo\ndefault_language: hr\nlanguages: [{ code: hr, name: Hrvatski }]\nmenus: {}\n\
        mail: { from_name: { hr: A }, from_address: a@a.example }\n";
    let file = SourceFile::new("site.yaml".to_owned(), text.into());
    Config { assets, ..Config::parse(&file).unwrap() }
}

fn of(sources: &Sources, assets: Assets) -> Statics {
    let (statics, found) = Statics::new(sources, &config(assets), &[]);
    assert_eq!(found, []);
    statics
}

fn theme(template: &str, statics: &[(&str, &str)]) -> Sources {
    let file = |path: &str, text: &str| SourceFile::new(path.to_owned(), text.into());
    Sources {
        templates: vec![file("base.html", template)],
        statics: statics.iter().map(|(path, text)| file(path, text)).collect(),
        ..Sources::default()
    }
}

fn published(sources: &Sources) -> Vec<String> {
    let statics = of(sources, Assets::default());
    statics.files().iter().map(|file| file.published.clone()).collect()
}

fn bytes(sources: &Sources, path: &str) -> String {
    let statics = of(sources, Assets::default());
    let index = statics.by_path[path];
    String::from_utf8(statics.bytes(index, sources).to_vec()).unwrap()
}

const ASKS: &str = "{{ asset(path=\"css/style.css\") }}";

#[test]
fn what_is_asked_for_and_what_that_needs_is_renamed_and_references_follow() {
    let sources = theme(
        ASKS,
        &[
            ("css/style.css", "@import \"more.css\"; a { mask: url(../img/wall.svg#x) }"),
            ("css/more.css", "b { background: url(/img/čaj.png?1) }"),
            ("img/wall.svg", "<svg/>"),
            ("img/čaj.png", "png"),
            ("favicon.svg", "<svg/>"),
            ("other.css", "c { mask: url(img/wall.svg) }"),
        ],
    );
    let names = published(&sources);
    let is_renamed: Vec<bool> =
        names.iter().zip(&sources.statics).map(|(name, file)| *name != file.path).collect();
    assert_eq!(is_renamed, [true, true, true, true, false, false], "{names:?}");
    let name = |index: usize| names[index].rsplit('/').next().unwrap().to_owned();
    assert_eq!(
        bytes(&sources, "css/style.css"),
        format!("@import \"{}\"; a {{ mask: url(\"../img/{}#x\") }}", name(1), name(2))
    );
    let encoded = name(3).replace('č', "%C4%8D");
    assert_eq!(bytes(&sources, "css/more.css"), format!("b {{ background: url(\"/img/{encoded}?1\") }}"));
    assert_eq!(bytes(&sources, "other.css"), format!("c {{ mask: url(\"img/{}\") }}", name(2)));
}

#[test]
fn a_name_changes_with_the_content_and_with_what_it_refers_to_and_with_nothing_else() {
    let style = ("css/style.css", "a { mask: url(wall.svg) }");
    let of = |wall: &str, other: &str| {
        let files = [style, ("css/wall.svg", wall), ("css/other.css", other)];
        published(&theme(ASKS, &files))[..2].to_vec()
    };
    let before = of("a", "x");
    assert_eq!(of("a", "y"), before);
    let after = of("b", "x");
    assert!(after[0] != before[0] && after[1] != before[1], "{before:?} {after:?}");
}

#[test]
fn style_sheets_that_import_each_other_have_names() {
    let of = |more: &str| {
        let sources = theme(
            ASKS,
            &[
                ("css/style.css", "@import 'more.css';"),
                ("css/more.css", &format!("@import 'style.css';{more}")),
            ],
        );
        (published(&sources), bytes(&sources, "css/more.css"))
    };
    let (names, more) = of("");
    assert!(more.contains(names[0].rsplit('/').next().unwrap()), "{more} {names:?}");
    assert_ne!(of("a{}").0[0], names[0], "what an imported sheet says is part of the name");
}

#[test]
fn what_a_script_names_and_what_others_look_for_keeps_its_name() {
    let asks = "{{ asset(path=\"a.js\") }}{{ asset(path=\"b.js\") }}{{ asset(path=\"favicon.ico\") }}";
    let files =
        [("a.js", "import './b.js'; // see c.js"), ("b.js", "1"), ("c.js", "2"), ("favicon.ico", "x")];
    let names = published(&theme(asks, &files));
    assert_eq!(names[1..], ["b.js", "c.js", "favicon.ico"]);
    assert_ne!(names[0], "a.js");
}

#[test]
fn without_fingerprints_everything_is_as_it_is_written() {
    let sources = theme(ASKS, &[("css/style.css", "a { mask: url(wall.svg) }"), ("css/wall.svg", "<svg/>")]);
    let statics = of(&sources, Assets { fingerprint: false, ..Assets::default() });
    assert!(statics.files().iter().all(|file| file.published == file.path && file.other.is_none()));
}

#[test]
fn the_integrity_is_that_of_the_published_bytes() {
    // printf 'a{}' | openssl dgst -sha384 -binary | base64
    let sources = theme(ASKS, &[("css/style.css", "a{}")]);
    let statics = of(&sources, Assets::default());
    assert_eq!(
        statics.integrity("css/style.css", &sources),
        Some("sha384-m4Zcd9m9Kerya2aMKZ9CuL1yv7QLjdpmEo79GaQCk1uO2U4trsxWuyqSJsOzpOru")
    );
}

#[test]
fn a_minified_sheet_has_another_name_and_its_references_follow_as_well() {
    let sources = theme(
        ASKS,
        &[("css/style.css", "/* a */ a { mask: url( 'wall.svg' ) }"), ("css/wall.svg", "<svg/>")],
    );
    let statics = of(&sources, Assets { minify: true, ..Assets::default() });
    let wall = statics.files()[1].published.rsplit('/').next().unwrap();
    assert_eq!(statics.bytes(0, &sources), format!("a{{mask:url(\"{wall}\")}}").as_bytes());
    assert_ne!(statics.files()[0].published, published(&sources)[0]);
}
