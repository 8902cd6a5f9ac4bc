//! Mistakes that hardly anybody makes, and that are told like all others.

use super::{FORM, form, front, says, says_as};

const PLACE: &str = "content/obrasci/proba.yaml:";
const LAST: &str = "geben Sie Ihren Namen an. }\n";

/// The small form with questions more.
fn more(questions: &str) -> impl Fn(&tests::Site) {
    assert!(FORM.ends_with(LAST));
    let text = format!("{FORM}{questions}\n");
    move |site| {
        site.write("content/obrasci/proba.yaml", &text);
    }
}

/// The small form with a question path.
fn need(next: &str, outcomes: &str) -> impl Fn(&tests::Site) {
    let text = format!(
        "need_check:\n  title: {{ hr: Treba li, en: Needed, de: Nötig }}\n  questions:\n    - id: first\n      \
         question: {{ hr: Prvo?, en: First?, de: Erstens? }}\n      answers:\n        \
         - {{ label: {{ hr: Da, en: \"Yes\", de: Ja }}, next: second }}\n    - id: second\n      \
         question: {{ hr: Drugo?, en: Second?, de: Zweitens? }}\n      answers:\n        \
         - {{ label: {{ hr: Da, en: \"Yes\", de: Ja }}, next: {next} }}\n        \
         - {{ label: {{ hr: Ne, en: \"No\", de: Nein }}, next: good }}\n  outcomes:\n    \
         - {{ id: good, title: {{ hr: Treba, en: Needed, de: Nötig }}, text: {{ hr: T, en: T, de: T }} }}\n{outcomes}"
    );
    let text = FORM.replacen("sections:\n", &format!("{text}sections:\n"), 1);
    move |site| {
        site.write("content/obrasci/proba.yaml", &text);
    }
}

#[test]
fn questions_of_a_form() {
    let group = "      - id: group\n        kind: group\n        min_entries: 1\n        max_entries: 2\n        \
                 label: { hr: Skupina, en: Group, de: Gruppe }\n        entry: { hr: Stavka, en: Entry, de: Eintrag }\n        \
                 add: { hr: Dodaj, en: Add, de: Mehr }\n";
    let inside = "        fields: [{ id: inner, kind: text, label: { hr: A, en: A, de: A } }]";
    says("page-with-group", PLACE, more(&format!("{group}        with_previous: true\n{inside}")));
    says(
        "page-in-group",
        PLACE,
        more(&format!(
            "{group}{}",
            inside.replace("kind: text", "kind: text, page_title: { hr: A, en: A, de: A }")
        )),
    );
    says(
        "attachment-in-group",
        PLACE,
        more(&format!("{group}{}", inside.replace("kind: text", "kind: attachment, max_files: 1"))),
    );
    let two = "      - id: two\n        kind: text\n        label: { hr: Dva, en: Two, de: Zwei }\n";
    says(
        "page-title-inside",
        PLACE,
        more(&format!("{two}        with_previous: true\n        page_title: {{ hr: A, en: A, de: A }}")),
    );
    let choice = "      - id: way\n        kind: choice\n        label: { hr: Put, en: Way, de: Weg }\n        options: ";
    says("empty-choice", PLACE, more(&format!("{choice}[]")));
    says("option-without-value", PLACE, more(&format!("{choice}[{{ label: {{ hr: A, en: A, de: A }} }}]")));
    let good = "[{ value: a, label: { hr: A, en: A, de: A } }, { value: b, label: { hr: B, en: B, de: B } }]";
    says(
        "condition-unknown-value",
        PLACE,
        more(&format!("{choice}{good}\n{two}        shown_when: {{ field: way, is: [c] }}")),
    );
    says("register-without-address", PLACE, form("retention:", "register: true\nretention:"));
    let file = |id: &str| {
        format!(
            "      - id: {id}\n        kind: attachment\n        max_files: 1\n        label: {{ hr: D, en: F, de: D }}\n"
        )
    };
    let files = format!("{}{}", file("one"), file("other"));
    says("too-few-files", PLACE, |site| {
        let text =
            format!("{FORM}{files}").replacen("sections:", "attachments: { max_files: 1 }\nsections:", 1);
        site.write("content/obrasci/proba.yaml", text);
    });
    says(
        "duplicate-id",
        PLACE,
        more("      - id: name\n        kind: text\n        label: { hr: A, en: A, de: A }"),
    );
}

#[test]
fn the_path_of_questions_before_a_form() {
    says("need-looks-back", PLACE, need("first", ""));
    says("need-unknown-next", PLACE, need("nema", ""));
    let other =
        "    - { id: other, title: { hr: Ne, en: \"No\", de: Nein }, text: { hr: T, en: T, de: T } }\n";
    says("need-unreached", PLACE, need("good", other));
}

#[test]
fn days_accounts_sizes_and_ids() {
    let calendar = "content/praznici.yaml";
    says("no-working-day", calendar, |site| {
        let all = "days_off: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]";
        site.replace(calendar, "days_off: [saturday, sunday]", all);
    });
    says("holiday-day", calendar, |site| {
        site.replace(calendar, "day: \"01-01\"", "day: \"01-01\"\n    easter: 1");
    });
    for (name, account) in [
        ("account", "payee: Grad, account: BA391290079401028495"),
        ("payee", "payee: \"\", account: BA391290079401028494"),
        ("swift", "payee: Grad, account: BA391290079401028494, swift: ABC"),
    ] {
        says_as(&format!("bad-payment-{name}"), "bad-payment", "site.yaml:", move |site| {
            let text = format!("payment: {{ {account} }}\ncontact:");
            site.replace("site.yaml", "contact:", &text);
        });
    }
    let many = "*a, ".repeat(1_100);
    says("too-large", "content/proba.md:", front(&format!("tags: [&a škola, {many}]")));
    says_as("too-large-form", "too-large", "content/obrasci/proba.yaml:1:1", |site| {
        site.write("content/obrasci/proba.yaml", format!("{FORM}{}", "# riječ\n".repeat(80_000)));
    });
    let event = "themes/ljubuski/templates/event.html";
    says_as("duplicate-id-of-a-page", "duplicate-id", "content/dogadanja/", |site| {
        let page = site.read(event);
        let twice = page.replacen(
            "{% block main %}",
            "{% block main %}<i id=\"dvaput\"></i><i id=\"dvaput\"></i>",
            1,
        );
        assert_ne!(page, twice);
        site.write(event, twice);
    });
}
