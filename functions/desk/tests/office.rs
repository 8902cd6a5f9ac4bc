//! The office at work over a real database: from the queue to the posted certificate.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

use std::collections::BTreeMap;

use desk::unlock::{ExposeSecret as _, SecretString};
use desk::{Desk, DeskError, LetterSent, Move, export, list, moves, record};
use forms::strings::{Strings, Text};
use forms::{Form, Money, Words};
use functions::{Bundle, BundleForm, Contact, Notice, Payment, Proof, ProofCertificate, ProofLine, Shell};
use jiff::Timestamp;
use mail::{LetterKind, Message, Messages, Sender};
use sealing::{Identity, Keys};
use serde_json::{Value, json};
use store::{
    Arrival, Change, Changed, Changes as _, Doubles, Intake as _, KeyedHash, MessageState, Outbox as _,
    Outcome, Queue as _, QueueFilter, Records as _, Reference, Stage,
};
use store_sqlite::SqliteStore;

/// The artificial number of the domain's test vectors.
const JMB: &str = "0101990360007";

struct Town {
    _folder: tempfile::TempDir,
    store: SqliteStore,
    keys: Keys,
    identity: Identity,
    bundle: Bundle,
    now: Timestamp,
}

fn words(text: &str) -> Value {
    json!({ "hr": text })
}

fn form() -> Form {
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

fn strings() -> Strings {
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
    fn new() -> Self {
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

    fn desk(&self) -> Desk<'_> {
        Desk { identity: Some(&self.identity), ..self.locked() }
    }

    fn locked(&self) -> Desk<'_> {
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
    async fn request(&self, number: u8, stage: Stage, email: Option<&str>) -> Reference {
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
    async fn applicant(&self, reference: &Reference, to: Stage) {
        let head = self.store.head(reference).await.unwrap().unwrap();
        let mut change = Change::new(reference.clone(), head.version, self.now, format!("{to} by applicant"));
        change.stage = Some(to);
        assert!(matches!(self.store.change(&change).await.unwrap(), Changed::Done(_)));
    }

    /// The newest letter that waits, opened as the mail worker opens it.
    async fn letters(&self) -> Vec<mail::Letter> {
        let entries = self.store.claim(self.now, std::time::Duration::from_secs(1), 50).await.unwrap();
        let open = |sealed: &[u8]| {
            mail::Letter::from_bytes(&self.keys.service_identity.unseal(sealed).unwrap()).unwrap()
        };
        entries.iter().map(|entry| open(&entry.sealed)).collect()
    }
}

fn proof() -> Proof {
    let line = ProofLine { label: "Ime".to_owned(), value: "Đurđica".to_owned() };
    let certificate =
        ProofCertificate { title: "Izvadak".to_owned(), language: "hr".to_owned(), lines: vec![line] };
    Proof { certificates: vec![certificate] }
}

#[tokio::test]
async fn a_request_goes_from_the_queue_to_the_post_with_a_letter_for_each_step_that_concerns_the_person() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let desk = town.desk();
    let apply = async |step: Move| moves::apply(&desk, &reference, &step).await.unwrap();

    assert_eq!(apply(Move::EntryFound).await.letter, LetterSent::None);
    assert_eq!(apply(Move::SendProof { proof: proof() }).await.letter, LetterSent::Queued);
    town.applicant(&reference, Stage::ProofConfirmed).await;
    apply(Move::RequestPayment { amount: None }).await;
    apply(Move::NotePayment).await;
    apply(Move::Printed).await;
    let last = apply(Move::Posted { tracking: " RR000000000BA ".to_owned() }).await;
    assert_eq!((last.stage, last.letter), (Stage::Posted, LetterSent::Queued));

    let letters = town.letters().await;
    let mut subjects: Vec<_> = letters.iter().map(|letter| letter.subject.as_str()).collect();
    subjects.sort_unstable();
    assert_eq!(subjects, ["placeno", "poslano", "provjera-ispisa", "uplata"]);
    let text = |subject: &str| &letters.iter().find(|letter| letter.subject == subject).unwrap().text;
    // Two copies at the fee of the day on which the request arrived, not of the day after.
    assert!(
        text("uplata").contains("10,00 KM\n5,11 EUR\nGrad\nBA39 1290 0794 0102 8494"),
        "{}",
        text("uplata")
    );
    assert!(text("poslano").contains("RR000000000BA"), "{}", text("poslano"));
    assert!(text("provjera-ispisa").contains("https://grad.example/usluge/veza/"));
    for letter in &letters {
        assert!(!letter.text.contains(JMB) && !letter.text.contains("Đurđica"), "{}", letter.text);
    }

    let stored = town.store.read(&reference).await.unwrap().unwrap();
    let events: Vec<_> = stored.audit.iter().map(|line| line.event.as_str()).collect();
    assert_eq!(
        events,
        [
            "received",
            "entry_found by office",
            "proof_sent by office",
            "proof_confirmed by applicant",
            "payment_due by office",
            "paid by office",
            "printed by office",
            "posted by office",
        ]
    );
    assert_eq!(stored.verify_audit(&town.keys.hashing.derive("audit")), Ok(()));
    let notice = Notice::open(&town.keys.service_identity, stored.head.notice.as_deref()).unwrap();
    assert_eq!(notice.fee_due, Some(Money::from_minor(1000)));
    assert_eq!(notice.tracking.as_deref(), Some("RR000000000BA"));
    assert_eq!(notice.paid_at, Some(town.now));
}

#[tokio::test]
async fn what_the_table_does_not_allow_changes_nothing_and_says_what_is_allowed() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let error = moves::apply(&town.desk(), &reference, &Move::Printed).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "a record that is received cannot become printed; \
         it can become entry_found, asked, proof_sent, entered, refused"
    );
    let head = town.store.head(&reference).await.unwrap().unwrap();
    assert_eq!((head.stage, head.version), (Stage::Received, 1));
    assert!(town.letters().await.is_empty());
}

#[tokio::test]
async fn of_two_registrars_at_one_record_the_second_is_told() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let desk = town.desk();
    let question = |text: &str| Move::Ask { question: text.to_owned() };
    let (first, second) = (question("Prvo?"), question("Drugo?"));
    let (one, other) =
        tokio::join!(moves::apply(&desk, &reference, &first), moves::apply(&desk, &reference, &second));
    let done = [&one, &other].iter().filter(|result| result.is_ok()).count();
    // Asking again is allowed: whoever came second either met the new version or was refused.
    let letters = town.letters().await.len();
    assert_eq!(letters, done);
    for result in [one, other] {
        if let Err(error) = result {
            assert!(matches!(error, DeskError::Stale(_)), "{error}");
        }
    }
}

#[tokio::test]
async fn a_question_is_shown_on_the_status_page_and_kept_for_the_desk() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let step = Move::Ask { question: "Kako se zvala majka?".to_owned() };
    moves::apply(&town.desk(), &reference, &step).await.unwrap();
    let stored = town.store.read(&reference).await.unwrap().unwrap();
    let notice = Notice::open(&town.keys.service_identity, stored.head.notice.as_deref()).unwrap();
    assert_eq!(notice.question.as_deref(), Some("Kako se zvala majka?"));
    let opened = record::open(stored, Some(&town.identity)).unwrap();
    assert_eq!(opened.additions[0].kind, "question");
    assert_eq!(opened.additions[0].text, "Kako se zvala majka?");
    for letter in town.letters().await {
        assert!(!letter.text.contains("majka"), "a question may be about a person: {}", letter.text);
    }
    moves::apply(&town.desk(), &reference, &Move::Answered).await.unwrap();
    let head = town.store.head(&reference).await.unwrap().unwrap();
    let notice = Notice::open(&town.keys.service_identity, head.notice.as_deref()).unwrap();
    assert_eq!(notice.question, None, "a question that was answered is over");
}

#[tokio::test]
async fn empty_words_are_refused_before_anything_is_written() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let steps = [
        Move::Ask { question: "  ".to_owned() },
        Move::Refuse { decision: String::new() },
        Move::SendProof { proof: Proof { certificates: Vec::new() } },
    ];
    for step in steps {
        assert!(moves::apply(&town.desk(), &reference, &step).await.is_err(), "{}", step.stage());
    }
    assert_eq!(town.store.head(&reference).await.unwrap().unwrap().version, 1);
}

#[tokio::test]
async fn a_person_without_an_address_is_not_forgotten() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, None).await;
    let step = Move::Ask { question: "Kako?".to_owned() };
    let moved = moves::apply(&town.desk(), &reference, &step).await.unwrap();
    assert_eq!(moved.letter, LetterSent::NoAddress);
    let error =
        moves::apply(&town.desk(), &reference, &Move::SendProof { proof: proof() }).await.unwrap_err();
    assert!(error.to_string().contains("no e-mail address"), "{error}");
}

#[tokio::test]
async fn a_locked_desk_moves_what_needs_no_answers_and_opens_nothing() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let desk = town.locked();
    moves::apply(&desk, &reference, &Move::EntryFound).await.unwrap();
    let stored = town.store.read(&reference).await.unwrap().unwrap();
    assert!(matches!(record::open(stored, None), Err(DeskError::Locked(_))));
    assert!(matches!(export::document(&town.store, &reference, None).await, Err(DeskError::Locked(_))));
    let other = Identity::generate();
    let stored = town.store.read(&reference).await.unwrap().unwrap();
    assert!(matches!(record::open(stored, Some(&other)), Err(DeskError::Locked(_))));
}

#[tokio::test]
async fn answers_that_were_moved_to_another_record_are_noticed() {
    let town = Town::new();
    let first = town.request(1, Stage::Received, None).await;
    let second = town.request(2, Stage::Received, None).await;
    let mut stored = town.store.read(&first).await.unwrap().unwrap();
    stored.payload = town.store.read(&second).await.unwrap().unwrap().payload;
    assert!(matches!(record::open(stored, Some(&town.identity)), Err(DeskError::Foreign(_))));
}

#[tokio::test]
async fn a_registrar_reads_every_answer_and_the_jmb_only_on_demand() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let stored = town.store.read(&reference).await.unwrap().unwrap();
    let opened = record::open(stored, Some(&town.identity)).unwrap();
    let text = |secrets| {
        let sheets = opened.sheets(&form(), "hr", &strings(), secrets).unwrap();
        forms::registrar::plain_text(&sheets, &strings())
    };
    let (masked, shown) = (text(forms::registrar::Secrets::Masked), text(forms::registrar::Secrets::Shown));
    assert!(masked.contains("Ana Čičak") && masked.contains("ana@example.org"), "{masked}");
    assert!(!masked.contains(JMB) && masked.contains("JMB: •••"), "{masked}");
    assert!(shown.contains(JMB));
}

#[tokio::test]
async fn the_queue_shows_what_is_late_doubtful_or_unreachable_and_opens_nothing() {
    let town = Town::new();
    let late = town.request(1, Stage::Received, Some("ana@example.org")).await;
    let doubtful = town.request(2, Stage::Quarantined, Some("ana@example.org")).await;
    let waiting = town.request(3, Stage::Received, Some("ana@example.org")).await;
    moves::apply(&town.desk(), &waiting, &Move::Ask { question: "Kako?".to_owned() }).await.unwrap();
    let message = town.store.read(&waiting).await.unwrap().unwrap().messages.remove(0);
    assert_eq!(message.state, MessageState::Waiting { attempts: 0 });
    town.store.given_up(&message.id, town.now, "550").await.unwrap();

    let filter = QueueFilter { stages: list::open_stages(), form: None };
    let today = "2026-11-25".parse().unwrap();
    let rows = list::list(&town.store, &filter, 10, today).await.unwrap();
    let row = |reference: &Reference| {
        rows.iter().find(|row| row.reference == reference.to_string()).unwrap().clone()
    };
    assert!(row(&late).overdue);
    assert!(row(&doubtful).overdue, "what waits for the office waits for the office");
    assert!(!row(&waiting).overdue, "now it waits for the applicant");
    assert!(row(&waiting).letter_failed && !row(&late).letter_failed);
    let one = list::list(&town.store, &filter, 1, today).await.unwrap();
    assert_eq!(one.len(), 1);
    let printed = serde_json::to_string(&rows).unwrap();
    assert!(!printed.contains("ana@") && !printed.contains(JMB), "{printed}");
}

#[tokio::test]
async fn an_export_holds_everything_and_a_passphrase_opens_it_with_any_age_tool() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    moves::apply(&town.desk(), &reference, &Move::Refuse { decision: "UP-1/26".to_owned() }).await.unwrap();
    let document = export::document(&town.store, &reference, Some(&town.identity)).await.unwrap();
    assert_eq!(document["content"]["answers"]["jmb"], JMB);
    assert_eq!(document["additions"][0]["text"], "UP-1/26");
    assert_eq!(document["history"][1]["event"], "refused by office");
    let passphrase = SecretString::from("dvanaest znakova".to_owned());
    let sealed = export::protected(b"sadr\xc5\xbeaj", &passphrase).unwrap();
    assert!(sealed.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----"));
    assert!(desk::unlock::is_protected(&sealed));
    assert_eq!(passphrase.expose_secret(), "dvanaest znakova");
}

#[tokio::test]
async fn what_is_erased_is_gone_for_the_office_too() {
    let town = Town::new();
    let reference = town.request(1, Stage::Received, Some("ana@example.org")).await;
    town.desk().erase(&reference).await.unwrap();
    assert!(matches!(town.desk().erase(&reference).await, Err(DeskError::Missing(_))));
    let error = moves::apply(&town.desk(), &reference, &Move::EntryFound).await.unwrap_err();
    assert!(matches!(error, DeskError::Missing(_)), "{error}");
    let rows =
        list::list(&town.store, &QueueFilter::default(), 10, "2026-11-25".parse().unwrap()).await.unwrap();
    assert!(rows.is_empty());
}
