use forms::attachments::{self, FileKind, Listed};
use forms::{Form, Problem, json_schema, summary};

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

fn limited(limits: &str, fields: &str) -> Result<Form, Vec<Problem>> {
    Form::from_yaml("proba", &format!("attachments: {limits}\n{}", definition(fields)), &["hr"])
}

#[test]
fn a_form_may_set_limits_of_its_own() {
    let fields = FIELDS.replace("max_files: 2", "max_files: 8");
    let own = limited("{max_bytes: 1500000, max_files: 8}", &fields).unwrap();
    assert_eq!(own.attachment_limits(), attachments::FormLimits { max_bytes: 1_500_000, max_files: 8 });
    let said = attachments::accepted(&own, &strings("hr"));
    assert_eq!(said, "JPEG, PNG, HEIC ili PDF, svaka datoteka najviše 1,5\u{a0}MB.");
    let document = json_schema(&own, "hr")["$defs"]["attachments"]["properties"]["document"].clone();
    assert_eq!(document["maxItems"], 8);
    assert_eq!(document["items"]["properties"]["size_bytes"]["maximum"], 1_500_000);

    let half = limited("{max_bytes: 1500000}", FIELDS).unwrap();
    assert_eq!(half.attachment_limits(), attachments::FormLimits { max_bytes: 1_500_000, max_files: 5 });
    assert_eq!(form(FIELDS).attachment_limits(), attachments::FormLimits::default());
}

#[test]
fn limits_go_into_the_bundle_and_usual_ones_leave_it_and_the_fingerprint_as_they_were() {
    let own = limited("{max_files: 8}", FIELDS).unwrap();
    let bundle = serde_json::to_string(&own).unwrap();
    assert_eq!(serde_json::from_str::<Form>(&bundle).unwrap(), own);
    assert_ne!(
        own.fingerprint(),
        form(FIELDS).fingerprint(),
        "another rule, as with a question's own number"
    );

    let usual = limited("{max_bytes: 4000000, max_files: 5}", FIELDS).unwrap();
    assert_eq!(usual.fingerprint(), form(FIELDS).fingerprint());
    let bundle = serde_json::to_string(&usual).unwrap();
    assert!(!bundle.contains("max_bytes"), "{bundle}");
    assert_eq!(serde_json::from_str::<Form>(&bundle).unwrap(), form(FIELDS), "also from an older bundle");
}

#[test]
fn limits_that_cannot_be_kept_are_refused_with_place_and_way_out() {
    let found = |limits: &str, fields: &str| -> Vec<String> {
        let found = limited(limits, fields).err().unwrap_or_default();
        let shown = |problem: &Problem| {
            let help = problem.help.as_ref().map_or("", |help| &help.en);
            format!("{}:{} {} {} {help}", problem.line, problem.column, problem.code, problem.message.en)
        };
        found.iter().map(shown).collect()
    };
    let large = "1:15 bad-bounds The number must be from 100000 to 4000000. It is counted in bytes: 4 MB is 4000000, \
                 and no more reaches a serverless function.";
    for limits in ["{max_bytes: 4000001}", "{max_bytes: 4}", "{max_bytes: 0}"] {
        assert_eq!(found(limits, FIELDS), [large], "{limits}");
    }
    assert_eq!(
        found("{max_files: 21}", FIELDS),
        [
            "1:15 bad-bounds The number must be from 1 to 20. It is the number of files of one submission, all questions together."
        ]
    );
    assert_eq!(
        found("{max_file: 2}", FIELDS),
        ["1:15 unknown-key Unknown key `max_file`. Do you mean `max_files`?"]
    );
    assert_eq!(
        found("{max_files: 2}", "- {id: a, kind: attachment, max_files: 3, label: {hr: A}}"),
        [
            "9:35 bad-bounds The number must be from 1 to 2. More files are allowed by `attachments: { max_files: … }` of the form, at most 20."
        ]
    );
    let needs_two =
        "- {id: a, kind: attachment, label: {hr: A}}\n- {id: b, kind: attachment, label: {hr: B}}";
    assert_eq!(
        found("{max_files: 1}", needs_two),
        [
            "1:15 too-few-files Everybody would have to add 2 files or more, but 1 can be added. Raise `attachments: { max_files: … }`, or mark a question with `optional: true`."
        ]
    );
    assert_eq!(
        found("{max_files: 20}", "- {id: a, kind: attachment, max_files: 20, label: {hr: A}}"),
        [""; 0]
    );
}
