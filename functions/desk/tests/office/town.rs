//! A town with records, keys and a desk, over a real database.

use std::collections::BTreeMap;

use desk::Desk;
use forms::strings::{Strings, Text};
use forms::{Form, Words};
use functions::{Bundle, BundleForm, Contact, Payment, Proof, ProofCertificate, ProofLine, Shell};
use jiff::Timestamp;
use mail::{LetterKind, Message, Messages, Sender};
use sealing::{Identity, Keys};
use serde_json::{Value, json};
use store::{
    Arrival, Change, Changed, Changes as _, Doubles, Intake as _, KeyedHash, Outbox as _, Outcome,
    Queue as _, Reference, Stage,
};
use store_sqlite::SqliteStore;

/// The artificial number of the domain's test vectors.
pub const JMB: &str = "0101990360007";

pub struct Town {
    _folder: tempfile::TempDir,
    pub store: SqliteStore,
    pub keys: Keys,
    pub identity: Identity,
    pub bundle: Bundle,
    pub now: Timestamp,
}

fn words(text: &str) -> Value {
    json!({ "hr": text })
}

pub fn form() -> Form {
    let form = json!({
        "id": "zahtjev",
        "languages": ["hr"],
        "title": words("Zahtjev"),
        "description": words("Opis"),
        "retention": "zahtjevi",
        "sections": [{
            "id": "osoba",
            "title": words("Vi"),
            "fields": [
                { "id": "name", "label": words("Ime i prezime"), "kind": "name", "mark": "contact_name" },
                { "id": "email", "label": words("E-pošta"), "kind": "email", "mark": "contact_email", "optional": true },
                { "id": "jmb", "label": words("JMB"), "kind": "jmb", "optional": true },
                { "id": "copies", "label": words("Primjeraka"), "kind": "number", "min": 1, "max": 9 },
                {
                    "id": "entries", "label": words("Osobe"), "kind": "group", "entry": words("Osoba"),
                    "add": words("Dodaj"), "min_entries": 0, "max_entries": 3, "optional": true,
                    "fields": [
                        { "id": "who", "label": words("Tko"), "kind": "text", "max_characters": 80 },
                        { "id": "copies", "label": words("Primjeraka"), "kind": "number", "min": 1, "max": 9 },
                    ],
                },
            ],
        }],
        "fees": [{ "card": "izvadak", "fee": "izvadak", "times": "copies" }],
    });
    serde_json::from_value(form).unwrap()
}

fn cards() -> Value {
    json!({ "izvadak": {
        "id": "izvadak",
        "title": words("Izvadak"),
        "summary": words("Izvadak."),
        "fees": [{
            "id": "izvadak", "label": words("Izvadak"), "per": "copy",
            "amounts": [
                { "valid_from": "2020-01-01", "amount": 500 },
                { "valid_from": "2026-11-24", "amount": 900 },
            ],
        }],
    } })
}

pub fn strings() -> Strings {
    let keys = forms::strings_needed::KEYS.iter().chain(functions::strings_needed::KEYS);
    let mut texts: BTreeMap<String, Text> =
        keys.map(|key| ((*key).to_owned(), Text::Plain((*key).to_owned()))).collect();
    texts.insert("form.amount_km".to_owned(), Text::Plain("{amount} KM".to_owned()));
    texts.insert("form.amount_eur".to_owned(), Text::Plain("{amount} EUR".to_owned()));
    texts.insert("form.decimal_separator".to_owned(), Text::Plain(",".to_owned()));
    Strings::new("hr", texts)
}

fn messages() -> Messages {
    let mut messages = Messages::default();
    for kind in LetterKind::ALL {
        let body = "{reference} {link} {amount_km} {amount_eur} {payee} {account} {tracking} {place}";
        let hr = |text: &str| BTreeMap::from([("hr".to_owned(), text.to_owned())]);
        let json = json!({ "subject": hr(kind.file_name()), "body": hr(&body.replace(' ', "\n")) });
        messages.insert(kind.file_name(), serde_json::from_value::<Message>(json).unwrap());
    }
    messages
}

impl Town {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open_or_create(&folder.path().join("keys")).unwrap();
        let identity = std::fs::read_to_string(folder.path().join("keys/desk/identity.age")).unwrap();
        let store = SqliteStore::open(&folder.path().join("data"), keys.hashing.derive("audit")).unwrap();
        let shell = Shell::new("<title>zavicaj-slot-title</title>zavicaj-slot-main").unwrap();
        let shells = BTreeMap::from([("hr".to_owned(), shell)]);
        let words = |text: &str| Words::new(BTreeMap::from([("hr".to_owned(), text.to_owned())]));
        let bundle = json!({
            "public_url": "https://grad.example",
            "town": words("Grad"),
            "contact": words("Ured 1, Grad"),
            "sender": Sender {
                name: BTreeMap::from([("hr".to_owned(), "Grad".to_owned())]),
                address: "ured@grad.example".parse().unwrap(),
            },
            "default_language": "hr",
            "languages": ["hr"],
            "time_zone": "Europe/Sarajevo",
            "shells": shells,
            "forms": BTreeMap::from([("zahtjev", BundleForm { form: form(), shells: shells.clone() })]),
            "cards": cards(),
            "calendar": forms::calendar::Calendar::default(),
            "strings": BTreeMap::from([("hr", strings())]),
            "messages": messages(),
            "payment": Payment::new("Grad", "BA391290079401028494", None).unwrap(),
        });
        Self {
            store,
            keys,
            identity: identity.parse().unwrap(),
            bundle: serde_json::from_value(bundle).unwrap(),
            now: "2026-11-25T10:00:00Z".parse().unwrap(),
            _folder: folder,
        }
    }

    pub fn desk(&self) -> Desk<'_> {
        Desk { identity: Some(&self.identity), ..self.locked() }
    }

    pub fn locked(&self) -> Desk<'_> {
        Desk {
            store: &self.store,
            bundle: &self.bundle,
            identity: None,
            service: &self.keys.service_identity,
            sealer: self.keys.sealer.clone(),
            hashing: &self.keys.hashing,
            now: self.now,
            random: &|buffer| {
                buffer.fill(7);
                true
            },
        }
    }

    /// A request that arrived the day before a fee went up.
    pub async fn request(&self, number: u8, stage: Stage, email: Option<&str>) -> Reference {
        let reference = Reference::from_random([number; 7]);
        let hash = |what: &str| KeyedHash { key_id: "test".to_owned(), hash: format!("{what}{number}") };
        let answers = json!({ "name": "Ana Čičak", "email": email, "jmb": JMB, "copies": 2 });
        let mut answers = answers.as_object().unwrap().clone();
        answers.retain(|_, value| !value.is_null());
        let content =
            json!({ "reference": reference, "form": "zahtjev", "answers": answers, "warnings": [] });
        let contact = email.map(|email| Contact {
            email: email.parse().unwrap(),
            name: "Ana Čičak".to_owned(),
            language: "hr".to_owned(),
        });
        let arrival = Arrival {
            reference: reference.clone(),
            form: "zahtjev".to_owned(),
            fingerprint: form().fingerprint(),
            language: "hr".to_owned(),
            received_at: "2026-11-23T10:00:00Z".parse().unwrap(),
            payload: self.keys.sealer.seal_for_desk(content.to_string().as_bytes()).unwrap(),
            facets: BTreeMap::new(),
            check_key: hash("check"),
            answers: hash("answers"),
            answers_by_other_keys: Vec::new(),
            doubles: Doubles::Accept,
            retention: "zahtjevi".to_owned(),
            stage,
            promised: Some("2026-11-24".parse().unwrap()),
            contact: None,
            contact_sealed: contact.map(|contact| contact.seal(&self.keys.sealer).unwrap()),
            renewal_due_at: None,
            doubts: Vec::new(),
            files: None,
            parcels: Vec::new(),
            messages: Vec::new(),
        };
        assert_eq!(self.store.accept(&arrival).await.unwrap(), Outcome::Accepted);
        reference
    }

    /// What only the applicant may do.
    pub async fn applicant(&self, reference: &Reference, to: Stage) {
        let head = self.store.head(reference).await.unwrap().unwrap();
        let mut change = Change::new(reference.clone(), head.version, self.now, format!("{to} by applicant"));
        change.stage = Some(to);
        assert!(matches!(self.store.change(&change).await.unwrap(), Changed::Done(_)));
    }

    /// The newest letter that waits, opened as the mail worker opens it.
    pub async fn letters(&self) -> Vec<mail::Letter> {
        let entries = self.store.claim(self.now, std::time::Duration::from_secs(1), 50).await.unwrap();
        let open = |sealed: &[u8]| {
            mail::Letter::from_bytes(&self.keys.service_identity.unseal(sealed).unwrap()).unwrap()
        };
        entries.iter().map(|entry| open(&entry.sealed)).collect()
    }
}

pub fn proof() -> Proof {
    let line = ProofLine { label: "Ime".to_owned(), value: "Đurđica".to_owned() };
    let certificate =
        ProofCertificate { title: "Izvadak".to_owned(), language: "hr".to_owned(), lines: vec![line] };
    Proof { certificates: vec![certificate] }
}
