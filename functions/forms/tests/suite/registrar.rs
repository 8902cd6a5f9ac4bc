use forms::attachments::{FileKind, Listed};
use forms::registrar::{self, Secrets};

use crate::support::{REQUEST, TODAY, answers, raw, shipped, strings};

#[test]
fn the_registrar_reads_every_question_with_its_field_and_a_masked_jmb() {
    let form = shipped("zahtjev-za-ispravu");
    let accepted = answers(&form, REQUEST);
    let files = [Listed { field: "document_copy", kind: FileKind::Jpeg, size_bytes: 812_345 }];
    let sheets = registrar::sheets(&form, "hr", &strings("hr"), &accepted, &files, Secrets::Masked);
    insta::assert_snapshot!(registrar::plain_text(&sheets, &strings("hr")));
    let fields: Vec<&str> =
        sheets.iter().flat_map(|sheet| &sheet.lines).map(|line| line.field.as_str()).collect();
    assert!(fields.contains(&"certificates.1.country_of_use") && fields.contains(&"document_copy"));
}

#[test]
fn the_jmb_is_written_out_only_when_it_is_asked_for_and_doubts_stand_beside_it() {
    let form = shipped("zahtjev-za-ispravu");
    let mut typed = raw(REQUEST);
    typed.set("birth_date.year", "1991");
    let accepted = forms::validate(&form, &typed, TODAY).unwrap();
    let text = |secrets| {
        let sheets = registrar::sheets(&form, "en", &strings("en"), &accepted, &[], secrets);
        let json = serde_json::to_string(&sheets).unwrap();
        format!("{}{json}", registrar::plain_text(&sheets, &strings("en")))
    };
    let (masked, shown) = (text(Secrets::Masked), text(Secrets::Shown));
    assert!(!masked.contains("0101990360007") && masked.contains("•••"));
    assert!(shown.contains("0101990360007") && !shown.contains("•••"));
    assert!(masked.contains("    ! JMB:"), "{masked}");
}
