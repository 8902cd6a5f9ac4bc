//! Small themes and what is told of them.

use super::*;

fn told(css: &str) -> Vec<(String, usize, String)> {
    let file = SourceFile::new("a.css".to_owned(), css.into());
    let found = check("static/", &[file]);
    found
        .into_iter()
        .map(|found| (found.message.en, found.place.unwrap().line, found.help.unwrap().en))
        .collect()
}

const DARK: &str = "@media (prefers-color-scheme: dark) { :root { --text: #777; --ground: #111 } }";

#[test]
fn a_rule_that_sets_both_is_checked_in_both_schemes() {
    let css = format!(
        ":root {{\n--text: #999;\n--ground: white }}\n{DARK}\na {{ color: var(--text); background: var(--ground) }}"
    );
    let found = told(&css);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert_eq!(
        found[0],
        (
            "the colour --text (#999) on --ground (white) has a contrast of 2.84 in the light scheme, and text needs at least 4.5 (rule “a”)"
                .to_owned(),
            2,
            "the nearest colour that passes is #767676 (WCAG 2.2, 1.4.3)".to_owned()
        )
    );
    assert!(found[1].0.contains("dark scheme") && found[1].1 == 4, "{:?}", found[1]);
}

#[test]
fn what_the_theme_says_of_its_colours_is_checked() {
    let root = ":root { --text: #767676; --line: #999; --ground: #fff; --half: rgb(0 0 0 / 50%) }\n";
    let found =
        told(&format!("{root}/* contrast text: --text on --ground\n contrast shapes: --line on --ground */"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].0.contains("--line (#999)") && found[0].2.contains("1.4.11"), "{found:?}");
    let codes = |note: &str| -> Vec<&str> {
        let file = SourceFile::new("a.css".to_owned(), format!("{root}/* {note} */").into());
        check("static/", &[file]).into_iter().map(|found| found.code).collect()
    };
    assert_eq!(codes("contrast text: --none on --ground"), ["contrast-colour-unknown"]);
    assert_eq!(codes("contrast text: --text on --half"), ["contrast-colour-unknown"]);
    assert_eq!(codes("contrast big: --text on --ground"), ["contrast-note-unreadable"]);
    assert_eq!(codes("contrast large-text: --text on #bbb"), ["contrast-low"]);
    assert_eq!(codes("colours have contrast with each other"), [""; 0]);
}

#[test]
fn what_cannot_be_calculated_or_does_not_matter_is_left_out() {
    for css in [
        "a { color: #999 } b { background: #fff }",
        "a { color: #999; background: linear-gradient(#fff, #000) }",
        "a { color: currentColor; background: #fff }",
        "a { color: #999; background: transparent }",
        "a:disabled { color: #999; background: #fff }",
        "@media print { a { color: #999; background: #fff } }",
        "@media (forced-colors: active) { a { color: Highlight; background: Canvas } }",
        "a { color: #8a8a8a; background: #fff; font-size: 1.5rem }",
        "a { color: var(--a); background: #fff } :root { --a: var(--b); --b: var(--a) }",
        "a { color: rgb(0 0 0 / 80%); background-color: #fff }",
        ":root { --a: light-dark(#000, #fff); --b: light-dark(#fff, #000) } a { color: var(--a); background: var(--b) }",
    ] {
        assert_eq!(told(css), [], "{css}");
    }
}

#[test]
fn a_colour_is_found_however_it_is_written() {
    for css in [
        "a { color: rgb(150 150 150); background: #fff }",
        "a { color: hsl(0 0% 60%); background-color: white !important }",
        "a { --x: #999; color: var(--x); background: #fff }",
        "a { color: var(--none, #999); background: #fff }",
        "@layer x { a { & b { color: #999; background: #fff } } }",
        "a { color: rgb(0 0 0 / 40%); background: #fff }",
        "html { --a: light-dark(#999, #fff); color: var(--a); background: light-dark(#fff, #000) }",
    ] {
        assert_eq!(told(css).len(), 1, "{css}");
    }
}
