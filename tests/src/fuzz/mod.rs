//! What must hold for whatever bytes arrive. Each target takes bytes, reads them as the product does, and panics
//! when a promise is broken. `tests/fuzzed` runs them over the committed corpus and what comes of it by changes that
//! are always the same; `tests/fuzz` gives them to libFuzzer.

pub mod editors;

use std::fs;
use std::sync::LazyLock;

use forms::html::{FormView, form_page};
use forms::jmb::Jmb;
use forms::procedure::Cards;
use forms::strings::Strings;
use forms::{Answers, Form, RawAnswers, validate};
use functions::{SignedReceipt, fuzzing, link};
use jiff::Timestamp;
use jiff::civil::Date;
use sealing::{HashKey, HashKeys, ReceiptKey};

use crate::site::repository;

/// Reads bytes as the product does, and panics when a promise is broken.
pub type Target = fn(&[u8]);

/// A target by its name, which is also the name of its folder in `tests/fuzz/corpus`.
pub const TARGETS: &[(&str, Target)] = &[
    ("attachment", attachment),
    ("date", date),
    ("definition", definition),
    ("directive", editors::directive),
    ("flat", editors::flat),
    ("form", form),
    ("front-matter", editors::front_matter),
    ("jmb", jmb),
    ("markdown", editors::markdown),
    ("multipart", multipart),
    ("path", editors::path),
    ("receipt", receipt),
    ("tags", editors::tags),
    ("token", token),
];

const LANGUAGES: [&str; 3] = ["hr", "en", "de"];
/// No value may come out of a page as a tag of this name.
const TAG: &str = "canary";

static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    ["registracija", "zahtjev-za-ispravu"]
        .map(|id| {
            let source = fs::read_to_string(repository().join(format!("content/obrasci/{id}.yaml"))).unwrap();
            Form::from_yaml(id, &source, &LANGUAGES).unwrap()
        })
        .into()
});

/// A form of one date, one group and a consent: what a few bytes can fill in completely.
static SMALL: LazyLock<Form> = LazyLock::new(|| {
    let source = "title: {hr: Proba}\ndescription: {hr: Opis}\nretention: register\nsections:\n\
                  - id: a\n  title: {hr: A}\n  fields:\n  - {id: d, label: {hr: D}, kind: date}\n";
    Form::from_yaml("proba", source, &["hr"]).unwrap()
});

fn today() -> Date {
    Date::constant(2026, 11, 26)
}

fn now() -> Timestamp {
    Timestamp::constant(1_795_700_000, 0)
}

/// The key that signed the tokens of the corpus, and an older one.
pub fn keys() -> HashKeys {
    HashKeys::new(HashKey::new([7; 32]), vec![HashKey::new([6; 32])])
}

/// A posted body, validated by every shipped form; what is shown again is escaped.
pub fn form(bytes: &[u8]) {
    let Some(raw) = fuzzing::form_body(bytes) else { return };
    for form in FORMS.iter() {
        answered(form, &raw);
    }
}

/// Three inputs of a date.
pub fn date(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut parts = text.splitn(3, '|');
    let pairs = ["d.day", "d.month", "d.year"]
        .map(|name| (name.to_owned(), parts.next().unwrap_or_default().to_owned()));
    answered(&SMALL, &RawAnswers::from_pairs(pairs));
}

fn answered(form: &Form, raw: &RawAnswers) {
    match validate(form, raw, today()) {
        Ok(answers) => {
            let json = answers.to_json();
            let again = Answers::from_json(form, &json).expect("accepted answers are read back");
            assert_eq!(again.canonical_bytes(), answers.canonical_bytes(), "one reading only");
        }
        Err(violations) => {
            assert!(!violations.is_empty(), "a refusal has a reason");
            let strings = Strings::new("hr", Default::default());
            let view = FormView {
                form,
                lang: "hr",
                strings: &strings,
                cards: &Cards::default(),
                action: "/usluge/proba/provjera",
                form_url: None,
                raw,
                violations: &violations,
                notice: None,
                today: today(),
            };
            let page = form_page(&view).into_string();
            assert!(!page.to_lowercase().contains(&format!("<{TAG}")), "a value became a tag");
        }
    }
}

/// A body with one file: its content type on the first line. Nothing comes out of it that was not in it.
pub fn multipart(bytes: &[u8]) {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return };
    let Ok(content_type) = std::str::from_utf8(&bytes[..end]) else { return };
    let body = &bytes[end + 1..];
    for is_whole in [true, false] {
        if let Some(read) = fuzzing::multipart_bytes(content_type, body, is_whole) {
            assert!(read <= body.len(), "{read} bytes of {}", body.len());
        }
    }
}

/// A personal number: thirteen digits or a refusal, and never printed.
pub fn jmb(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(jmb) = Jmb::parse(&text) else { return };
    let printed = format!("{jmb:?}");
    let typed: String = text.chars().filter(char::is_ascii_digit).collect();
    assert!(!printed.contains(&typed), "{printed}");
    let _ = (jmb.check_is_ten(), jmb.birth_date());
}

/// A form definition: a form, or mistakes with places inside the source.
pub fn definition(bytes: &[u8]) {
    let Ok(source) = std::str::from_utf8(bytes) else { return };
    match Form::from_yaml("proba", source, &["hr"]) {
        Ok(form) => {
            assert_eq!(form.fingerprint(), form.fingerprint());
            let _ = forms::json_schema(&form, "hr");
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            // As YAML counts them: a lone carriage return ends a line, too.
            let lines = source.replace("\r\n", "\n").split(['\r', '\n']).count();
            for problem in problems {
                assert!(problem.line <= lines, "line {} of {lines}", problem.line);
            }
        }
    }
}

/// Check keys, links of letters, addresses of receipts: nothing that was changed is good.
pub fn token(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let keys = keys();
    let is_ours = |token: &str| ours().iter().any(|own| own == token);
    if fuzzing::check_key_confirms(&keys, b"answers", text, now()) {
        assert!(is_ours(text), "a forged check key: {text}");
    }
    if fuzzing::receipt_reference(&keys, text).is_some() {
        // What follows names a copy of the answers: it is a secret, not a signature.
        let signed = text.splitn(4, '.').take(3).collect::<Vec<_>>().join(".");
        assert!(is_ours(&signed), "a forged address of a receipt: {text}");
    }
    if link::read(&keys, text, now()).is_ok() {
        assert!(is_ours(text) || is_ours(&format!("/usluge/veza/{text}")), "a forged link: {text}");
    }
    let _ = link::parcel(text);
}

/// The good tokens of the corpus.
fn ours() -> &'static [String] {
    static OURS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let folder = repository().join("tests/fuzz/corpus/token");
        let read = |entry: std::io::Result<fs::DirEntry>| fs::read_to_string(entry.unwrap().path()).ok();
        fs::read_dir(folder).unwrap().filter_map(read).collect()
    });
    &OURS
}

/// A signed receipt: what verifies was signed by this key, and reads the same when it is written again.
pub fn receipt(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(receipt) = SignedReceipt::parse(text) else { return };
    let again = SignedReceipt::parse(&receipt.to_text()).expect("what is written is read");
    assert_eq!(again, receipt);
    assert_eq!(SignedReceipt::parse(&receipt.to_compact()).expect("the short one too"), receipt);
    let key = ReceiptKey::new([7; 32]);
    if receipt.verify(&[key.public()]).is_ok() {
        assert_eq!(receipt.clone().receipt.sign(&key), receipt, "Ed25519 has one signature for a message");
    }
}

/// An attached file: cleaned or refused; what is clean is of the same kind and clean again.
pub fn attachment(bytes: &[u8]) {
    let limits = attachments::Limits::default();
    let Ok(cleaned) = attachments::clean(bytes, &limits) else { return };
    let again = attachments::clean(&cleaned.bytes, &limits).expect("what is clean is accepted");
    assert_eq!(again.kind, cleaned.kind);
}
