//! Parts of a text in another language than their page.

use tests::Site;

use super::{PAGE, SITE_YAML, check, page, says};

#[test]
fn marks_of_another_language() {
    says("language-tag-unknown", "content/proba.md:5:", page("Piše [Grüß Gott](lang:ge)."));
    says("language-block-open", "content/proba.md:5:1", page("::: lang de\n\nGuten Tag."));
    says("directive-unknown", "content/proba.md:5:1", page("::: čuvanje"));
}

#[test]
fn a_paragraph_in_another_language_of_the_site_is_told_and_a_marked_one_is_not() {
    let german = "Die Stadt hat mit den Vereinen der Auswanderer eine neue Seite gemacht, und sie ist für alle da, die \
                  sich über die Heimat informieren oder etwas bei uns bestellen möchten.";
    let site = Site::shipped();
    site.write("site.yaml", SITE_YAML);
    site.write("content/proba.md", format!("{PAGE}Kratko na hrvatskom.\n\n{german}\n"));
    let [hr, en] = ["hr", "en"].map(|language| check(&site, language));
    assert_eq!((hr.code, en.code), (Some(0), Some(0)), "{}", hr.err);
    insta::with_settings!({ snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("warning_paragraph-in-other-language", format!("{}\n{}", hr.err, en.err));
    });
    site.write("content/proba.md", format!("{PAGE}Kratko na hrvatskom.\n\n::: lang de\n\n{german}\n\n:::\n"));
    assert_eq!(check(&site, "hr").err, "");
}

#[test]
fn no_text_of_the_shipped_site_is_taken_for_another_language() {
    let run = check(&Site::shipped(), "en");
    assert!(!run.err.contains("paragraph-in-other-language"), "{}", run.err);
}
