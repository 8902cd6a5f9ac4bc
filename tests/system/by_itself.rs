//! What `zavicaj serve --production` does without being asked: letters leave through the mail server, what is over
//! goes, the register is asked once a year, the audit is signed. No other command runs.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use functions::Contact;
use jiff::{SignedDuration, Timestamp};
use sealing::Keys;
use store::{
    Arrival, Change, Changed, Changes as _, Doubles, Intake as _, KeyedHash, Outcome, Reference, Set, Stage,
    Upkeep as _,
};
use tempfile::TempDir;
use tests::office::{shown, wait_for};
use tests::sink::{Mode, Sink, Taken, Trouble};
use tests::{Office, Person, Server, Site, eventually};

use crate::production::{PUBLIC, start};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A town whose letters go to a mail server of its own, over TLS and with an account.
struct Town {
    site: Site,
    place: TempDir,
    sink: Sink,
}

impl Town {
    fn new() -> Self {
        let (site, sink) = (Site::shipped(), Sink::start(Mode::StartTls, "localhost"));
        let password = site.beside("smtp-password");
        fs::write(&password, "tajna\n").unwrap();
        fs::set_permissions(&password, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(site.beside("smtp.pem"), &sink.certificate).unwrap();
        let settings = format!(
            "\n  smtp:\n    host: localhost\n    port: {}\n    user: grad\n    password_file: {}\n    trusted_certificate: {}\n",
            sink.address.port(),
            password.display(),
            site.beside("smtp.pem").display(),
        );
        site.replace("site.yaml", "\nmail:\n", &format!("\nmail:{settings}"));
        Self { site, place: tempfile::tempdir().unwrap(), sink }
    }

    fn start(&self) -> Server {
        start(&self.site, &self.place)
    }

    fn office(&self) -> Office {
        Office::at(self.place.path())
    }

    fn wait_for_letters(&self, count: usize) -> Vec<Taken> {
        eventually(40, &format!("{count} letters"), || (self.sink.taken().len() >= count).then_some(()));
        self.sink.taken()
    }

    /// A record of before: who sent it, when, and in which class of the retention table it is.
    fn has_since(&self, number: u8, form: &str, retention: &str, at: Timestamp, email: &str) -> Reference {
        let keys = Keys::open_or_create(&self.place.path().join("keys")).unwrap();
        let contact =
            Contact {
                email: email.parse().unwrap(), name: "Đurđica".to_owned(), language: "de".to_owned()
            };
        let hash = |text: &str| KeyedHash { key_id: "k".into(), hash: format!("{text}{number}") };
        let arrival = Arrival {
            reference: Reference::from_random([number; 7]),
            form: form.into(),
            fingerprint: "0".into(),
            language: "de".into(),
            received_at: at,
            payload: keys.sealer.seal_for_desk(b"{}").unwrap(),
            facets: Default::default(),
            check_key: hash("c"),
            answers: hash("a"),
            answers_by_other_keys: Vec::new(),
            doubles: Doubles::Accept,
            retention: retention.into(),
            stage: Stage::Received,
            promised: None,
            contact: Some(Contact::hash(keys.hashing.current(), form, email)),
            contact_sealed: Some(contact.seal(&keys.sealer).unwrap()),
            renewal_due_at: None,
            doubts: Vec::new(),
            files: None,
            parcels: Vec::new(),
            messages: Vec::new(),
        };
        assert_eq!(wait_for(self.office().store().accept(&arrival)).unwrap(), Outcome::Accepted);
        arrival.reference
    }

    /// The address of a register's record was confirmed then, and is to be asked about a year later.
    fn confirmed(&self, reference: &Reference, at: Timestamp, renewal_due_at: Timestamp) {
        let mut change = Change::new(reference.clone(), 1, at, "address_confirmed by applicant");
        change.contact_confirmed_at = Set::To(at);
        change.renewal_due_at = Set::To(renewal_due_at);
        assert_eq!(wait_for(self.office().store().change(&change)).unwrap(), Changed::Done(2));
    }
}

/// A letter as a mail program shows it.
fn read(letter: &Taken) -> String {
    // Before the dot that ends a letter there may be one line more.
    shown(&format!("{}\r\n", letter.data.trim_end()))
}

/// The value of a letter's header.
fn header<'a>(letter: &'a Taken, name: &str) -> &'a str {
    letter.data.split_once(&format!("{name}: ")).and_then(|(_, rest)| rest.split_once("\r\n")).unwrap().0
}

/// The path of the first link of this kind in a letter's text.
fn link(letter: &Taken, before: &str) -> String {
    let letter = read(letter);
    let (_, text) = letter.split_once("\n\n").unwrap();
    let (_, rest) = text.split_once(&format!("{PUBLIC}{before}")).unwrap_or_else(|| panic!("{text}"));
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c));
    format!("{before}{}", &rest[..end.unwrap_or(rest.len())])
}

#[test]
fn a_submissions_letters_arrive_at_the_mail_server_and_their_links_work() {
    let town = Town::new();
    let server = town.start();
    let receipt = server.browser().send(&Person::who_registers());
    let letters = town.wait_for_letters(1);
    let letter = &letters[0];
    assert!(letter.encrypted && letter.account.is_some(), "{letter:?}");
    assert_eq!(letter.to, ["RCPT TO:<durdica@example.org>"]);
    assert!(read(letter).contains(&receipt.reference), "{}", letter.data);
    let browser = server.browser();
    let shown = browser.open(&link(letter, "/usluge/potvrda/"));
    assert!(shown.text.contains(&receipt.reference), "{}", shown.text);
    let path = link(letter, "/usluge/veza/");
    let done = browser.submit(&browser.open(&path).form(&path));
    assert_eq!(done.status(), 303, "{}", done.text);
    assert!(town.office().heads()[0].contact_confirmed_at.is_some());
    assert_eq!(town.office().letters(), [""; 0], "none became a file");
    let said = server.said();
    assert_eq!(said.matches("letter sent id=").count(), 1, "{said}");
    assert!(!said.contains("example.org") && !said.contains("tajna"), "{said}");
    assert!(server.stop().success());
    assert_eq!(town.sink.taken().len(), 1);
}

#[test]
fn what_is_over_goes_who_is_due_is_asked_and_the_audit_is_signed() {
    let town = Town::new();
    let now = Timestamp::now();
    let (over, kept) = (now - DAY * 800, now - DAY * 20);
    let request = "zahtjevi-za-isprave";
    let gone = town.has_since(1, "zahtjev-za-ispravu", request, over, "zeljko@example.org");
    let stays = town.has_since(2, "zahtjev-za-ispravu", request, kept, "zeljko@example.org");
    let asked =
        town.has_since(3, "registracija", "registar-dijaspore", now - DAY * 370, "durdica@example.org");
    town.confirmed(&asked, now - DAY * 370, now - DAY * 5);
    let early = town.has_since(4, "registracija", "registar-dijaspore", now - DAY * 30, "ana@example.org");
    town.confirmed(&early, now - DAY * 30, now + DAY * 335);
    let silent = town.has_since(5, "registracija", "registar-dijaspore", now - DAY * 400, "ivo@example.org");

    let server = town.start();
    let [letter] = &town.wait_for_letters(1)[..] else { panic!("one letter") };
    assert_eq!(letter.to, ["RCPT TO:<durdica@example.org>"]);
    let text = read(letter);
    assert!(text.contains("Stimmt Ihr Eintrag noch?") && text.contains(&asked.to_string()), "{text}");
    assert!(letter.data.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"), "{}", letter.data);
    let references =
        || -> BTreeSet<Reference> { town.office().heads().into_iter().map(|head| head.reference).collect() };
    assert_eq!(references(), [stays, asked.clone(), early].into(), "not {gone} and {silent}");
    let said = server.said();
    assert!(said.contains("erased by retention records=2"), "{said}");
    assert!(said.contains("asked still correct letters=1"), "{said}");
    let [checkpoint] = &wait_for(town.office().store().checkpoints()).unwrap()[..] else { panic!("one") };
    assert!(checkpoint.at >= now && said.contains("audit checkpoint chains="), "{said}");

    // The link of the letter keeps the entry for another year.
    let path = link(letter, "/usluge/veza/");
    let browser = server.browser();
    let done = browser.submit(&browser.open(&path).form(&path));
    assert_eq!(done.status(), 303, "{}", done.text);
    let due = town.office().record(&asked).head.renewal_due_at.unwrap();
    assert!((360..=367).contains(&(due.duration_since(now).as_hours() / 24)), "{due}");
    assert!(server.stop().success());
    // Started again, it asks and erases nothing twice.
    let server = town.start();
    assert_eq!(server.browser().open("/").status(), 200);
    std::thread::sleep(Duration::from_secs(1));
    assert!(server.stop().success());
    assert_eq!(town.sink.taken().len(), 1);
    assert_eq!(references().len(), 3);
}

#[test]
fn a_stop_in_the_middle_of_a_delivery_loses_no_letter_and_sends_none_twice() {
    let town = Town::new();
    town.sink.expect(std::iter::repeat_n(Trouble::TakesItsTime(Duration::from_secs(3)), 4));
    let server = town.start();
    for name in ["Bešlić", "Čolak", "Đogić", "Ereš", "Filipović", "Grbavac"] {
        server.browser().send(&Person::who_registers().but("family_name", name));
    }
    town.wait_for_letters(1);
    // The mail server has the first letter and has not said so yet.
    assert!(server.stop().success());
    assert_eq!(town.sink.taken().len(), 1, "no other was begun");

    town.office().let_leases_end();
    let server = town.start();
    let all = town.wait_for_letters(6);
    // Time for a seventh, if there were one.
    std::thread::sleep(Duration::from_secs(4));
    assert!(server.stop().success());
    assert_eq!(town.sink.taken().len(), all.len());
    let ids: BTreeSet<_> = all.iter().map(|letter| header(letter, "Message-ID")).collect();
    assert_eq!(ids.len(), 6, "a letter for each of six people, each once");
}

#[test]
fn while_the_mail_server_is_away_people_are_served_and_the_letters_leave_when_it_is_back() {
    let town = Town::new();
    town.sink.expect([Trouble::HangsUp("EHLO")]);
    let server = town.start();
    server.browser().send(&Person::who_orders());
    eventually(20, "the attempt failed", || server.said().contains("letter postponed").then_some(()));
    assert_eq!(server.browser().open("/").status(), 200);
    assert_eq!(town.sink.taken().len(), 0);
    // Half a minute later it is tried again.
    let letters = town.wait_for_letters(1);
    assert_eq!(letters[0].to, ["RCPT TO:<zeljko@example.org>"]);
    assert!(server.stop().success());
}
