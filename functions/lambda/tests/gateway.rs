//! Events as API Gateway (HTTP API, payload 2.0) sends them, through the same conversion as in Lambda.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::path::Path;
use std::sync::Arc;

use data_encoding::BASE64;
use forms::strings::{Strings, Text};
use functions::{Bundle, Service};
use lambda_http::lambda_runtime::{Context, LambdaEvent};
use lambda_http::request::LambdaRequest;
use lambda_http::tower::Service as _;
use sealing::Keys;
use serde_json::{Value, json};
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::sync::watch;

/// A complete bundle of one language with two small forms.
fn bundle() -> Value {
    let keys = forms::strings_needed::KEYS.iter().chain(functions::strings_needed::KEYS);
    let texts = keys.map(|key| ((*key).to_owned(), Text::Plain((*key).to_owned()))).collect();
    let form = |id: &str| {
        json!({
            "form": {
                "id": id, "languages": ["hr"], "title": { "hr": id }, "description": { "hr": "Opis" },
                "retention": "register",
                "sections": [{ "id": "vi", "title": { "hr": "Vi" }, "fields": [
                    { "id": "name", "label": { "hr": "Ime" }, "kind": "name" },
                    { "id": "note", "label": { "hr": "Napomena" }, "kind": "long_text", "max_characters": 99 },
                ] }],
            },
            "shells": { "hr": "<title>zavicaj-slot-title</title>zavicaj-slot-main" },
        })
    };
    json!({
        "public_url": "https://www.grad.example",
        "town": { "hr": "Grad" },
        "contact": { "hr": "ured@grad.example" },
        "sender": { "name": { "hr": "Grad" }, "address": "no-reply@grad.example" },
        "default_language": "hr",
        "languages": ["hr"],
        "time_zone": "Europe/Sarajevo",
        "shells": { "hr": "<title>zavicaj-slot-title</title>zavicaj-slot-main" },
        "forms": {
            "registracija": form("registracija"),
            "zahtjev-za-ispravu": form("zahtjev-za-ispravu"),
        },
        "cards": {},
        "calendar": { "days_off": ["saturday", "sunday"], "holidays": [] },
        "retention": [{
            "id": "register", "class": "register", "data": { "hr": "Upis" }, "basis": { "hr": "Privola" },
            "kept": { "for": [{ "count": 13, "unit": "months" }, "last_change"] },
        }],
        "strings": { "hr": Strings::new("hr", texts) },
        "messages": { "primljeno": { "subject": { "hr": "{reference}" }, "body": { "hr": "{reference}" } } },
    })
}

struct Function {
    router: axum::Router,
    bundle: Arc<Bundle>,
    _folder: TempDir,
}

fn registration() -> Function {
    function_of(bundle())
}

fn function_of(bundle: Value) -> Function {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::open_or_create(&folder.path().join("keys")).unwrap();
    let audit = keys.hashing.derive("audit");
    let store = SqliteStore::open(&folder.path().join("data"), audit).unwrap();
    let bundle = Arc::new(Bundle::from_json(bundle.to_string().as_bytes()).unwrap());
    let (_, receiver) = watch::channel(Arc::clone(&bundle));
    let service = Service::with_keys(receiver, Arc::new(store), keys, Arc::new(|_| {}));
    Function { router: functions::router_of(service, "registracija"), bundle, _folder: folder }
}

fn event(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// What API Gateway would get back.
async fn invoke(function: &Function, event: Value) -> Value {
    let payload: LambdaRequest = serde_json::from_value(event).unwrap();
    let mut adapter = lambda_http::Adapter::from(function.router.clone());
    let answer = adapter.call(LambdaEvent::new(payload, Context::default())).await.unwrap();
    serde_json::to_value(answer).unwrap()
}

fn with_body(mut event: Value, pairs: &[(&str, &str)]) -> Value {
    let encode = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let body: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let body = body.join("&");
    event["headers"]["content-length"] = body.len().to_string().into();
    event["body"] = BASE64.encode(body.as_bytes()).into();
    event
}

fn body(answer: &Value) -> &str {
    assert_eq!(answer["isBase64Encoded"], false);
    answer["body"].as_str().unwrap()
}

#[tokio::test]
async fn a_base64_body_is_read_with_all_its_letters() {
    for name in ["check.json", "check_text_body.json"] {
        let answer = invoke(&registration(), event(name)).await;
        assert_eq!(answer["statusCode"], 422, "{answer}");
        assert_eq!(answer["headers"]["content-type"], "text/html; charset=utf-8");
        assert_eq!(answer["headers"]["cache-control"], "no-store");
        let page = body(&answer);
        assert!(page.contains("service.notice.form_changed"), "{page}");
        assert!(page.contains("value=\"Ana Čičak\"") && page.contains("Red 2 &amp; &lt;kraj&gt;"), "{page}");
    }
}

#[tokio::test]
async fn a_submission_goes_from_check_to_receipt() {
    let path = sent_to(&registration()).await;
    // A bundle from before there was a setting.
    assert_eq!(path.split(['/', '.']).nth(3).unwrap().len(), 8, "{path}");
}

#[tokio::test]
async fn the_bundle_says_how_long_references_are() {
    let mut bundle = bundle();
    bundle["reference_length"] = 12.into();
    let path = sent_to(&function_of(bundle)).await;
    assert_eq!(path.split(['/', '.']).nth(3).unwrap().len(), 12, "{path}");
}

#[test]
fn a_bundle_with_references_of_no_known_length_is_refused() {
    let mut bundle = bundle();
    bundle["reference_length"] = 9.into();
    let said = Bundle::from_json(bundle.to_string().as_bytes()).err().unwrap().to_string();
    assert!(said.contains("8, 12 or 16 characters, not 9"), "{said}");
}

/// The address of the receipt, which opens.
async fn sent_to(function: &Function) -> String {
    let fingerprint = function.bundle.forms["registracija"].form.fingerprint();
    let mut pairs =
        vec![("_lang", "hr"), ("_fingerprint", fingerprint.as_str()), ("name", "Ana Čičak"), ("note", "a")];
    let checked = invoke(function, with_body(event("check.json"), &pairs)).await;
    assert_eq!(checked["statusCode"], 200, "{checked}");
    let key = body(&checked).split("name=\"_key\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    pairs.push(("_key", key));
    let confirmed = invoke(function, with_body(event("confirm.json"), &pairs)).await;
    assert_eq!(confirmed["statusCode"], 303, "{confirmed}");
    let path = confirmed["headers"]["location"].as_str().unwrap();

    let mut read = event("receipt.json");
    read["rawPath"] = path.into();
    read["requestContext"]["http"]["path"] = path.into();
    let receipt = invoke(function, read).await;
    assert_eq!(receipt["statusCode"], 200, "{receipt}");
    assert!(body(&receipt).contains("service.receipt.title"));
    path.to_owned()
}

#[tokio::test]
async fn files_are_refused_clearly() {
    let answer = invoke(&registration(), event("multipart.json")).await;
    assert_eq!(answer["statusCode"], 415);
    assert!(body(&answer).contains("service.content_type.title"));
}

#[tokio::test]
async fn a_function_serves_its_own_form_only() {
    let answer = invoke(&registration(), event("other_form.json")).await;
    assert_eq!(answer["statusCode"], 404);
}

#[test]
fn a_function_that_lacks_a_setting_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let start = |variables: &[(&str, &str)]| {
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        lambda::service(folder.path(), move |name| {
            variables.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
        })
        .err()
        .map(|error| error.to_string())
    };
    assert!(start(&[]).unwrap().contains("forms.json"));
    std::fs::write(folder.path().join("forms.json"), bundle().to_string()).unwrap();
    assert!(start(&[]).unwrap().contains("desk-recipients.txt"));

    let recipient = sealing::Identity::generate().recipient().to_string();
    let mut variables = vec![("ZAVICAJ_DESK_RECIPIENTS", recipient.as_str())];
    assert!(start(&variables).unwrap().contains("ZAVICAJ_SERVICE_RECIPIENT"));
    variables.push(("ZAVICAJ_SERVICE_RECIPIENT", &recipient));
    assert!(start(&variables).unwrap().contains("hashing.key"));
    let short = "ab".repeat(31);
    variables.push(("ZAVICAJ_HASHING_KEY", &short));
    let said = start(&variables).unwrap();
    assert!(said.contains("ZAVICAJ_HASHING_KEY") && !said.contains("abab"), "{said}");
    variables.pop();
    let whole = "ab".repeat(32);
    variables.push(("ZAVICAJ_HASHING_KEY", &whole));
    assert!(start(&variables).unwrap().contains("ZAVICAJ_DYNAMODB_TABLE"));
    variables.extend([
        ("ZAVICAJ_DYNAMODB_TABLE", "submissions"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "key"),
    ]);
    assert_eq!(start(&variables), None);
}
