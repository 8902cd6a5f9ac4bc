use forms::attachments::{self, FileKind, Listed};
use forms::{Form, json_schema, summary};

use crate::support::{answers, definition, form, raw, strings};

const FIELDS: &str = "- {id: who, kind: choice, label: {hr: Za koga?}, options: [{value: self, label: {hr: Za sebe}}, {value: other, label: {hr: Za drugoga}}]}
- {id: as, kind: choice, label: {hr: Kao tko?}, shown_when: {field: who, is: [other]}, options: [{value: child, label: {hr: Dijete}}, {value: attorney, label: {hr: Punomoćnik}}]}
- {id: document, kind: attachment, max_files: 2, label: {hr: Preslika dokumenta}, missing: {hr: Dodajte presliku.}}
- {id: kinship, kind: attachment, optional: true, label: {hr: Dokaz srodstva}, shown_when: {field: who, is: [other]}}
- {id: power, kind: attachment, label: {hr: Punomoć}, shown_when: {field: as, is: [attorney]}}";

#[test]
fn the_files_that_are_asked_for_follow_from_the_answers() {
    let form = form(FIELDS);
    let asked = |typed: &[(&str, &str)]| -> Vec<(String, bool, u32)> {
        let answers = answers(&form, typed);
        let asked = attachments::asked(&form, &answers);
        asked.iter().map(|asked| (asked.field.id.clone(), asked.required, asked.max_files)).collect()
    };
    let one = |id: &str, required, max| (id.to_owned(), required, max);
    // What was left in a question that does not apply asks for nothing.
    assert_eq!(asked(&[("who", "self"), ("as", "attorney")]), [one("document", true, 2)]);
    assert_eq!(
        asked(&[("who", "other"), ("as", "child")]),
        [one("document", true, 2), one("kinship", false, 1)]
    );
    assert_eq!(
        asked(&[("who", "other"), ("as", "attorney")]),
        [one("document", true, 2), one("kinship", false, 1), one("power", true, 1)]
    );
}

#[test]
fn files_are_no_part_of_the_answers_whatever_is_posted() {
    let form = form(FIELDS);
    let plain = answers(&form, &[("who", "self")]);
    let odd = answers(&form, &[("who", "self"), ("document", "x"), ("power.0", "y")]);
    assert_eq!(plain.canonical_bytes(), odd.canonical_bytes());
    let schema = json_schema(&form, "hr");
    assert!(schema["properties"].get("document").is_none());
    assert_eq!(schema["$defs"]["attachments"]["properties"]["document"]["maxItems"], 2);
    assert!(!summary::plain_text(&form, "hr", &strings("hr"), &plain).contains("Preslika"));
}

#[test]
fn a_missing_file_is_named_and_files_are_listed_under_their_question() {
    let form = form(FIELDS);
    let accepted = answers(&form, &[("who", "other"), ("as", "attorney")]);
    let said: Vec<String> = attachments::asked(&form, &accepted)
        .iter()
        .map(|asked| asked.missing("hr", &strings("hr")))
        .collect();
    assert_eq!(
        said,
        ["Dodajte presliku.", "„Dokaz srodstva”: dodajte datoteku.", "„Punomoć”: dodajte datoteku."]
    );
    let files = [
        Listed { field: "document", kind: FileKind::Jpeg, size_bytes: 1_150_001 },
        Listed { field: "document", kind: FileKind::Heic, size_bytes: 4_000_000 },
        Listed { field: "power", kind: FileKind::Pdf, size_bytes: 999 },
    ];
    let part = attachments::part(&form, "hr", &strings("hr"), &accepted, &files).unwrap();
    let rows: Vec<(String, Vec<String>)> =
        part.rows.into_iter().map(|row| (row.question, row.answer)).collect();
    let row = |question: &str, answers: &[&str]| {
        (question.to_owned(), answers.iter().map(|text| (*text).to_owned()).collect())
    };
    assert_eq!(
        rows,
        [
            row("Preslika dokumenta", &["JPEG, 1,2\u{a0}MB", "HEIC, 4\u{a0}MB"]),
            row("Dokaz srodstva", &["Nije dodano"]),
            row("Punomoć", &["PDF, 1\u{a0}kB"]),
        ]
    );
}

#[test]
fn only_files_may_depend_on_a_question_that_is_not_always_asked() {
    let chained = FIELDS.replace("id: power, kind: attachment", "id: power, kind: name");
    let found = Form::from_yaml("proba", &definition(&chained), &["hr"]).unwrap_err();
    assert_eq!(found[0].code, "condition-chained");
}

#[test]
fn files_without_bounds_or_in_a_group_are_refused_in_the_definition() {
    let codes = |fields: &str| -> Vec<&'static str> {
        let found = Form::from_yaml("proba", &definition(fields), &["hr"]).err().unwrap_or_default();
        found.iter().map(|problem| problem.code).collect()
    };
    assert_eq!(codes("- {id: a, kind: attachment, max_files: 6, label: {hr: A}}"), ["bad-bounds"]);
    assert_eq!(codes("- {id: a, kind: attachment, max_files: 0, label: {hr: A}}"), ["bad-bounds"]);
    assert_eq!(
        codes(
            "- {id: g, kind: group, label: {hr: G}, entry: {hr: E}, add: {hr: D}, fields: [{id: a, kind: attachment, label: {hr: A}}]}"
        ),
        ["attachment-in-group"]
    );
    assert_eq!(codes("- {id: a, kind: attachment, mark: facet, label: {hr: A}}"), ["mark-kind"]);
}

#[test]
fn a_form_that_asks_for_files_says_so_whatever_is_answered() {
    assert!(attachments::any(&form(FIELDS)));
    assert!(!attachments::any(&form("- {id: a, kind: name, label: {hr: A}}")));
    assert!(forms::validate(&form(FIELDS), &raw(&[]), crate::support::TODAY).is_err());
}
