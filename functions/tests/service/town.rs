//! A town for one test: a form, the real texts, keys, a database in a folder of its own, a clock that stands.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use forms::strings::{Strings, Text};
use forms::{Form, Words};
use functions::{Bundle, BundleForm, Event, Service, Shell};
use jiff::{SignedDuration, Timestamp};
use mail::{EmlDirectory, Message, Messages, Sender};
use sealing::{Identity, Keys};
use serde_json::{Value, json};
use store::{Change, Changed, Changes as _, Head, Queue as _, Records as _, Reference, Store};
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use tokio::sync::watch;

pub const PUBLIC_URL: &str = "https://www.grad.example";
pub const LANGUAGES: [&str; 3] = ["hr", "en", "de"];

pub struct Town {
    pub folder: TempDir,
    pub store: SqliteStore,
    pub desk: Identity,
    pub service_identity: Identity,
    pub service: Service,
    pub router: Router,
    bundle: watch::Sender<Arc<Bundle>>,
    now: Arc<Mutex<Timestamp>>,
    log: Arc<Mutex<Vec<Event>>>,
}

impl Town {
    pub fn new() -> Self {
        Self::with(|store| Arc::new(store))
    }

    /// A town with another form.
    pub fn of(form: Value) -> Self {
        let town = Self::new();
        town.change_form(form);
        town
    }

    /// A town whose service sees the database through another store.
    pub fn with(wrap: impl FnOnce(SqliteStore) -> Arc<dyn Store>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open_or_create(&folder.path().join("keys")).unwrap();
        let desk = std::fs::read_to_string(folder.path().join("keys/desk/identity.age")).unwrap();
        let service_identity = keys.service_identity.clone();
        let audit = keys.hashing.derive("audit");
        let store = SqliteStore::open(&folder.path().join("data"), audit).unwrap();
        let (bundle, receiver) = watch::channel(Arc::new(bundle(upis())));
        let now = Arc::new(Mutex::new("2026-11-23T18:05:09Z".parse().unwrap()));
        let log = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&log);
        let log_line = Arc::new(move |event: &Event| heard.lock().unwrap().push(event.clone()));
        let mut service = Service::with_keys(receiver, wrap(store.clone()), keys, log_line);
        let clock = Arc::clone(&now);
        service.clock = Arc::new(move || *clock.lock().unwrap());
        Self {
            folder,
            store,
            desk: desk.parse().unwrap(),
            service_identity,
            router: functions::router(service.clone()),
            service,
            bundle,
            now,
            log,
        }
    }

    pub fn wait(&self, time: SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(time).unwrap();
    }

    /// The editor changes the form while people have its page open.
    pub fn change_form(&self, form: Value) {
        self.bundle.send_replace(Arc::new(bundle(form)));
    }

    /// The operator changes something else of the site.
    pub fn change_bundle(&self, change: impl FnOnce(&mut Bundle)) {
        let mut bundle = Bundle::clone(&self.bundle.borrow());
        change(&mut bundle);
        self.bundle.send_replace(Arc::new(bundle));
    }

    pub fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// A procedure card gives the form a deadline.
    pub fn promise_five_working_days(&self) {
        let mut bundle = bundle(upis());
        let card = json!({
            "id": "upis", "title": words("Upis"), "summary": words("Upis"), "form": "upis",
            "deadline": { "from": 1, "to": 5 }, "to_be_confirmed": true,
        });
        bundle.cards.0.insert("upis".to_owned(), serde_json::from_value(card).unwrap());
        self.bundle.send_replace(Arc::new(bundle));
    }

    /// The site asks for references of so many characters from now on.
    pub fn reference_length(&self, characters: u64) {
        self.change_bundle(|bundle| bundle.reference_length = characters.try_into().unwrap());
    }

    pub fn log(&self) -> Vec<Event> {
        self.log.lock().unwrap().clone()
    }

    /// How many submissions the town has.
    pub async fn stored(&self) -> u64 {
        self.store.count("upis", "2026-11-23".parse().unwrap()).await.unwrap()
            + self.store.count("upis", "2026-11-24".parse().unwrap()).await.unwrap()
    }

    /// What the registrar reads.
    pub async fn opened(&self, reference: &Reference) -> Value {
        let record = self.store.read(reference).await.unwrap().unwrap();
        serde_json::from_slice(&self.desk.unseal(&record.payload).unwrap()).unwrap()
    }

    /// What came to the record later, as the registrar reads it.
    pub async fn additions(&self, reference: &Reference) -> Vec<Value> {
        let record = self.store.read(reference).await.unwrap().unwrap();
        let open = |sealed: &[u8]| serde_json::from_slice(&self.desk.unseal(sealed).unwrap()).unwrap();
        record.additions.iter().map(|addition| open(&addition.sealed)).collect()
    }

    pub async fn head(&self, reference: &Reference) -> Head {
        self.store.head(reference).await.unwrap().unwrap()
    }

    /// The events of the audit lines, oldest first.
    pub async fn events(&self, reference: &Reference) -> Vec<String> {
        let record = self.store.read(reference).await.unwrap().unwrap();
        record.audit.into_iter().map(|line| line.event).collect()
    }

    /// The office does something at the desk.
    pub async fn office(&self, reference: &Reference, what: impl FnOnce(&mut Change)) {
        let version = self.head(reference).await.version;
        let mut change =
            Change::new(reference.clone(), version, *self.now.lock().unwrap(), "something by office");
        what(&mut change);
        assert_eq!(self.store.change(&change).await.unwrap(), Changed::Done(version + 1));
    }

    pub fn time(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// Sends what is due and answers with the addresses in the letters, without the site's own name.
    pub async fn links(&self) -> Vec<String> {
        let letters = self.letters().await;
        let mut links = Vec::new();
        for letter in letters {
            let text = letter.replace("=\r\n", "");
            // The same link stands in the text and in the HTML.
            let plain = text.split("text/html").next().unwrap();
            let found = plain.split(PUBLIC_URL).skip(1).map(|rest| {
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"/-_.?=".contains(c));
                rest[..end.unwrap_or(rest.len())].replace("=3D", "=")
            });
            links.extend(found);
        }
        links
    }

    /// The one link of this kind that came by mail since `before`.
    pub async fn new_link(&self, before: &[String]) -> String {
        let links = self.links().await;
        let new: Vec<_> = links
            .into_iter()
            .filter(|link| link.starts_with("/usluge/veza/") && !before.contains(link))
            .collect();
        let [link] = new.as_slice() else { panic!("{} links: {new:?}", new.len()) };
        link.clone()
    }

    /// Sends what is due and answers with the letters that lie in the folder.
    pub async fn letters(&self) -> Vec<String> {
        let folder = self.folder.path().join("mail");
        let sender = bundle(upis()).sender;
        let transport = EmlDirectory::new(&folder).into();
        let now = *self.now.lock().unwrap();
        let worker = mail::Worker {
            outbox: &self.store,
            service: &self.service_identity,
            sender: &sender,
            transport: &transport,
            unrecorded: &mail::Unrecorded::default(),
        };
        worker.due(now, &mut || 0.5, &|| true).await.unwrap();
        let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
        entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
    }
}

pub fn words(text: &str) -> Value {
    json!({ "hr": text, "en": format!("{text} (en)"), "de": format!("{text} (de)") })
}

/// A form of a few kinds: name, address for mail, country in the clear, certificates, a note.
pub fn upis() -> Value {
    json!({
        "id": "upis",
        "languages": LANGUAGES,
        "title": words("Upis u registar"),
        "description": words("Opis"),
        "retention": "register",
        "sections": [{
            "id": "osoba",
            "title": words("Vi"),
            "fields": [
                { "id": "name", "label": words("Ime i prezime"), "kind": "name", "mark": "contact_name" },
                { "id": "email", "label": words("E-pošta"), "kind": "email", "mark": "contact_email", "optional": true },
                { "id": "country", "label": words("Država"), "kind": "country", "mark": "facet" },
                {
                    "id": "certificates", "label": words("Isprave"), "kind": "group",
                    "entry": words("Isprava"), "add": words("Dodaj ispravu"), "min_entries": 1, "max_entries": 3,
                    "fields": [{
                        "id": "kind", "label": words("Vrsta"), "kind": "choice",
                        "options": [
                            { "value": "birth", "label": words("Rođenje") },
                            { "value": "death", "label": words("Smrt") },
                        ],
                    }],
                },
                { "id": "note", "label": words("Napomena"), "kind": "long_text", "max_characters": 500, "optional": true },
            ],
        }],
    })
}

/// The same as a register: everybody gives an address, and entries stay.
pub fn register() -> Value {
    let mut form = upis();
    form["register"] = json!(true);
    form["sections"][0]["fields"][1]["optional"] = json!(false);
    form
}

/// The form after an editor took the note out.
pub fn upis_without_note() -> Value {
    let mut form = upis();
    form["sections"][0]["fields"].as_array_mut().unwrap().pop();
    form
}

pub fn bundle(form: Value) -> Bundle {
    let form: Form = serde_json::from_value(form).unwrap();
    let shells: BTreeMap<_, _> = LANGUAGES
        .map(|lang| {
            let page = format!(
                "<!doctype html><html lang=\"{lang}\"><title>{} – Grad</title><main>{}</main></html>",
                Shell::TITLE_SLOT,
                Shell::MAIN_SLOT
            );
            (lang.to_owned(), Shell::new(&page).unwrap())
        })
        .into();
    let mut messages = Messages::default();
    for file in std::fs::read_dir(root().join("content/poruke")).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let source = std::fs::read_to_string(&path).unwrap();
        messages.insert(name, Message::from_yaml(name, &source, &LANGUAGES).unwrap());
    }
    Bundle {
        public_url: PUBLIC_URL.to_owned(),
        town: each("Grad Ljubuški"),
        contact: each("ured@grad.example"),
        sender: Sender {
            name: [("hr".to_owned(), "Grad Ljubuški".to_owned())].into(),
            address: "no-reply@grad.example".parse().unwrap(),
        },
        default_language: "hr".to_owned(),
        languages: LANGUAGES.map(str::to_owned).to_vec(),
        time_zone: jiff::tz::TimeZone::get("Europe/Sarajevo").unwrap(),
        shells: shells.clone(),
        scripts: functions::Scripts { attach: Some(script("attach")), work: Some(script("work")) },
        forms: [(form.id().to_owned(), BundleForm { form, shells })].into(),
        cards: Default::default(),
        calendar: Default::default(),
        retention: retention(),
        strings: LANGUAGES.map(|lang| (lang.to_owned(), strings(lang))).into(),
        messages,
        reference_length: Default::default(),
        payment: None,
    }
}

/// Two years after the end, but for what was never finished.
/// A script of the theme.
fn script(name: &str) -> forms::html::Script {
    forms::html::Script { url: format!("/{name}.0123abcd.js"), integrity: format!("sha384-{name}") }
}

pub fn retention() -> forms::retention::Retention {
    let row = |id: &str, kept: Value| json!({ "id": id, "class": "register", "data": words("Upis"), "basis": words("Privola"), "kept": kept });
    let ended = json!({ "for": [{ "count": 2, "unit": "years" }, "closed"] });
    let silent = json!({ "for": [{ "count": 13, "unit": "months" }, "last_change"] });
    serde_json::from_value(json!([row("register", ended), row("silent", silent)])).unwrap()
}

fn each(text: &str) -> Words {
    Words::new(LANGUAGES.map(|lang| (lang.to_owned(), text.to_owned())).into())
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The theme's own texts, so that a missing one is noticed here.
pub fn strings(lang: &str) -> Strings {
    let mut entries = BTreeMap::new();
    for part in ["applicant", "forms", "service"] {
        let path = root().join("themes/ljubuski/strings").join(part).join(format!("{lang}.yaml"));
        let source = std::fs::read_to_string(&path).unwrap();
        flatten(&serde_yaml::from_str(&source).unwrap(), "", &mut entries);
    }
    Strings::new(lang, entries)
}

fn flatten(value: &Value, key: &str, entries: &mut BTreeMap<String, Text>) {
    const CATEGORIES: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];
    match value {
        Value::Object(map) if !map.is_empty() && map.keys().all(|key| CATEGORIES.contains(&key.as_str())) => {
            let forms = map.iter().map(|(key, text)| (key.clone(), text.as_str().unwrap().to_owned()));
            entries.insert(key.to_owned(), Text::Plural(forms.collect()));
        }
        Value::Object(map) => {
            for (name, value) in map {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                flatten(value, &key, entries);
            }
        }
        other => {
            let text = other.as_str().map_or_else(|| other.to_string(), str::to_owned);
            entries.insert(key.to_owned(), Text::Plain(text));
        }
    }
}
