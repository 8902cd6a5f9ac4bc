//! A small bundle, a function over it, and events to it through the same conversion as in Lambda.

use std::path::Path;
use std::sync::Arc;

use data_encoding::BASE64;
use forms::strings::{Strings, Text};
use functions::{Bundle, Service};
use lambda_http::lambda_runtime::{Context, LambdaEvent};
use lambda_http::request::LambdaRequest;
use lambda_http::service_fn;
use lambda_http::tower::{Service as _, ServiceExt as _};
use sealing::Keys;
use serde_json::{Value, json};
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::sync::watch;

/// What one function serves, as src/bin has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Form(&'static str),
    Afterwards,
}

impl Part {
    pub const ALL: [Self; 3] =
        [Self::Form("registracija"), Self::Form("zahtjev-za-ispravu"), Self::Afterwards];

    pub fn router(self, service: Service) -> axum::Router {
        match self {
            Self::Form(form) => functions::form_router(service, form),
            Self::Afterwards => functions::afterwards_router(service),
        }
    }

    pub fn addresses(self) -> Vec<String> {
        match self {
            Self::Form(form) => functions::addresses::of_form(form),
            Self::Afterwards => functions::addresses::afterwards(),
        }
    }
}

/// A complete bundle of one language with two small forms.
pub fn bundle() -> Value {
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

/// One function over a store of its own.
pub struct Function {
    pub router: axum::Router,
    pub bundle: Arc<Bundle>,
    service: Service,
    folder: Arc<TempDir>,
}

impl Function {
    /// Another function over the same store and keys.
    pub fn beside(&self, part: Part) -> Self {
        let (service, bundle, folder) =
            (self.service.clone(), Arc::clone(&self.bundle), Arc::clone(&self.folder));
        Self { router: part.router(service.clone()), bundle, service, folder }
    }
}

pub fn registration() -> Function {
    function_of(bundle(), Part::Form("registracija"))
}

pub fn function_of(bundle: Value, part: Part) -> Function {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::open_or_create(&folder.path().join("keys")).unwrap();
    let audit = keys.hashing.derive("audit");
    let store = SqliteStore::open(&folder.path().join("data"), audit).unwrap();
    let bundle = Arc::new(Bundle::from_json(bundle.to_string().as_bytes()).unwrap());
    let (_, receiver) = watch::channel(Arc::clone(&bundle));
    let service = Service::with_keys(receiver, Arc::new(store), keys, Arc::new(|_| {}));
    Function { router: part.router(service.clone()), bundle, service, folder: Arc::new(folder) }
}

pub fn event(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events").join(name);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// What API Gateway would get back.
pub async fn invoke(function: &Function, event: Value) -> Value {
    let payload: LambdaRequest = serde_json::from_value(event).unwrap();
    let router = function.router.clone();
    let mut adapter = lambda_http::Adapter::from(service_fn(move |event: lambda_http::Request| {
        let router = router.clone();
        async move {
            let answer = router.oneshot(lambda::request(event, 0)).await.unwrap();
            Ok::<_, std::convert::Infallible>(lambda::Reply(answer))
        }
    }));
    let answer = adapter.call(LambdaEvent::new(payload, Context::default())).await.unwrap();
    serde_json::to_value(answer).unwrap()
}

pub fn with_body(mut event: Value, pairs: &[(&str, &str)]) -> Value {
    let encode = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let body: Vec<_> =
        pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let body = body.join("&");
    event["headers"]["content-length"] = body.len().to_string().into();
    event["body"] = BASE64.encode(body.as_bytes()).into();
    event
}

pub fn body(answer: &Value) -> &str {
    assert_eq!(answer["isBase64Encoded"], false);
    answer["body"].as_str().unwrap()
}
