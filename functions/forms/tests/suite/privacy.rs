use forms::{Personal, summary};

use crate::support::{REQUEST, answers, raw, shipped, strings, violations};

const SECRETS: [&str; 6] = ["Ana", "Žderić", "A1234567", "ana@example.org", "Musterweg", "0101990360007"];

#[test]
fn debug_output_holds_no_value() {
    let form = shipped("zahtjev-za-ispravu");
    let accepted = answers(&form, REQUEST);
    let mut wrong = REQUEST.to_vec();
    wrong.extend([("country", "Musterweg"), ("jmb", "0101990360007")]);
    let printed = format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {:?}",
        raw(REQUEST),
        accepted,
        accepted.contact(&form),
        accepted.warnings(),
        violations(&form, &wrong),
        forms::jmb::Jmb::parse("0101990360007"),
        Personal::new("Ana Žderić"),
    );
    for secret in SECRETS {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

#[test]
fn violations_repeat_no_value() {
    let form = shipped("zahtjev-za-ispravu");
    let typed: Vec<(&str, &str)> = REQUEST.iter().map(|(name, _)| (*name, "tajna-vrijednost@")).collect();
    for violation in violations(&form, &typed) {
        assert!(!violation.summary(&form, "hr", &strings("hr")).contains("tajna"), "{violation:?}");
    }
}

#[test]
fn the_text_for_letters_leaves_the_jmb_out() {
    let form = shipped("zahtjev-za-ispravu");
    let text = summary::plain_text(&form, "hr", &strings("hr"), &answers(&form, REQUEST));
    assert!(!text.contains("0101990360007"));
    insta::assert_snapshot!(text);
}
