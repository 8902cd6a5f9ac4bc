use std::collections::BTreeSet;

use forms::Form;
use forms::html::{PaperView, paper_page};

use crate::pages::KINDS;
use crate::support::{LANGUAGES, TODAY, cards, form, shipped, strings};

fn paper(form: &Form, lang: &str) -> String {
    let (strings, cards) = (strings(lang), cards());
    let view = PaperView {
        form,
        lang,
        strings: &strings,
        cards: &cards,
        address: "Grad, 88320 Mjesto",
        today: TODAY,
    };
    paper_page(&view).into_string()
}

#[test]
fn every_kind_can_be_filled_in_with_a_pen() {
    for (kind, fields) in KINDS {
        let html = paper(&form(fields), "hr");
        let from = html.find("<div class=\"paper-field\">").unwrap();
        let to = html.find("</section>").unwrap();
        insta::assert_snapshot!(format!("paper_{kind}"), html[from..to].replace("><", ">\n<"));
    }
}

#[test]
fn paper_asks_the_same_questions_under_the_same_names_as_the_page() {
    for id in ["registracija", "zahtjev-za-ispravu"] {
        let form = shipped(id);
        for lang in LANGUAGES {
            let html = paper(&form, lang);
            let names: BTreeSet<&str> = html
                .split("<span class=\"paper-id\">")
                .skip(1)
                .filter_map(|rest| Some(rest.split_once('<')?.0))
                .collect();
            for (field, _) in form.fields() {
                assert!(names.contains(field.id.as_str()), "{id}: {}", field.id);
                assert!(html.contains(field.label.get(lang)), "{id}: {}", field.id);
            }
            assert!(!html.contains('«') && !html.contains("<input"), "{id} {lang}");
            assert!(html.contains(&form.fingerprint()) && html.contains("Grad, 88320 Mjesto"));
        }
    }
    assert!(paper(&shipped("zahtjev-za-ispravu"), "hr").contains("certificates.2.country_of_use"));
}
