//! Two hundred people without script, each again and again: fill in, check, send, and press "send" until told.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tests::http::{Answer, Request, encoded};
use tests::{Person, Server};

/// How many people there are at the same time.
pub const PEOPLE: usize = 200;

/// How long somebody goes on pressing the button before the test says that it failed.
const PATIENCE: Duration = Duration::from_secs(180);

/// A person who was led to a receipt.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    /// The address that only this submission holds.
    pub email: String,
    /// The receipt's address.
    pub location: String,
}

impl Told {
    /// The reference in the receipt's address.
    pub fn reference(&self) -> String {
        let token = self.location.rsplit('/').next().unwrap();
        token.split('.').next().unwrap().to_owned()
    }
}

/// What the crowd saw.
#[derive(Debug, Default)]
pub struct Counts {
    /// Requests that broke, or found nobody.
    pub broken: AtomicU64,
    /// Answers that said "not now" (429, 503).
    pub not_now: AtomicU64,
    /// Presses of "send" after a receipt, which led to the same one.
    pub pressed_again: AtomicU64,
}

/// What all people share.
#[derive(Default)]
struct Street {
    address: RwLock<String>,
    ended: AtomicBool,
    told: Mutex<Vec<Told>>,
    wrong: Mutex<Vec<String>>,
    counts: Arc<Counts>,
}

/// The crowd in front of a server, which may come and go.
pub struct Crowd {
    street: Arc<Street>,
    people: Vec<JoinHandle<()>>,
}

impl Crowd {
    /// Lets them begin.
    pub fn at(server: &Server) -> Self {
        let person = Person::who_registers();
        let browser = server.browser();
        let mut form = browser.open(&person.page()).form(&person.action("provjera"));
        form.fill_all(&person.answers);
        let street = Arc::new(Street::default());
        *street.address.write().unwrap() = server.address().to_owned();
        let people = (0..PEOPLE)
            .map(|number| {
                let (street, answers) = (Arc::clone(&street), form.pairs());
                std::thread::spawn(move || live(&street, &answers, number))
            })
            .collect();
        Self { street, people }
    }

    /// The server is here now.
    pub fn go_to(&self, server: &Server) {
        server.address().clone_into(&mut self.street.address.write().unwrap());
    }

    /// How many were told so far.
    pub fn told(&self) -> usize {
        self.street.told.lock().unwrap().len()
    }

    /// Waits until `more` were told from now on.
    pub fn wait_for_more(&self, more: usize) {
        let wanted = self.told() + more;
        tests::eventually(PATIENCE.as_secs(), "more people were told", || {
            self.assert_right();
            (self.told() >= wanted).then_some(())
        });
    }

    /// Nobody begins anew; whoever pressed "send" goes on until told. What everybody was told in the end.
    pub fn end(self) -> (Vec<Told>, Arc<Counts>) {
        self.street.ended.store(true, Ordering::Relaxed);
        for person in self.people {
            person.join().expect("a person");
        }
        let wrong = self.street.wrong.lock().unwrap().clone();
        assert!(wrong.is_empty(), "{} wrong answers, for example {:?}", wrong.len(), &wrong[..1]);
        let told = self.street.told.lock().unwrap().clone();
        (told, Arc::clone(&self.street.counts))
    }

    /// What they saw so far.
    pub fn counts(&self) -> &Counts {
        &self.street.counts
    }

    fn assert_right(&self) {
        let wrong = self.street.wrong.lock().unwrap();
        assert!(wrong.is_empty(), "{:?}", wrong.first());
    }
}

/// One of them.
fn live(street: &Street, answers: &[(String, String)], number: usize) {
    let mut turn = 0;
    while !street.ended.load(Ordering::Relaxed) {
        let email = format!("osoba-{number}-{turn}@example.org");
        turn += 1;
        let Some(pairs) = check(street, answers, &email, number) else { return };
        let Some(location) = confirm(street, &pairs, number) else { return };
        // Every third one presses the button once more.
        if turn % 3 == 0 {
            let Some(again) = confirm(street, &pairs, number) else { return };
            street.counts.pressed_again.fetch_add(1, Ordering::Relaxed);
            if again != location {
                street.wrong.lock().unwrap().push(format!("{location}, then {again}"));
            }
        }
        street.told.lock().unwrap().push(Told { email, location });
    }
}

/// Fills in and gets the page to check the answers, however often it takes: what the page's form holds.
fn check(
    street: &Street,
    answers: &[(String, String)],
    email: &str,
    number: usize,
) -> Option<Vec<(String, String)>> {
    let mut pairs = answers.to_vec();
    for (name, value) in &mut pairs {
        if name == "email" {
            email.clone_into(value);
        }
    }
    let path = Person::who_registers().action("provjera");
    let answer = send(street, &path, &pairs, number, |street| street.ended.load(Ordering::Relaxed))?;
    if answer.status != 200 {
        wrong(street, &answer);
        return None;
    }
    let key = answer.body.split("name=\"_key\" value=\"").nth(1)?.split('"').next()?.to_owned();
    pairs.push(("_key".to_owned(), key));
    Some(pairs)
}

/// Presses "send" until there is a receipt.
fn confirm(street: &Street, pairs: &[(String, String)], number: usize) -> Option<String> {
    let path = Person::who_registers().action("potvrda");
    let answer = send(street, &path, pairs, number, |_| false)?;
    match answer.header("location") {
        Some(location) if answer.status == 303 => Some(location.to_owned()),
        _ => {
            wrong(street, &answer);
            None
        }
    }
}

/// Sends until there is an answer that is neither "not now" nor a broken connection.
fn send(
    street: &Street,
    path: &str,
    pairs: &[(String, String)],
    number: usize,
    gives_up: impl Fn(&Street) -> bool,
) -> Option<Answer> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        let address = street.address.read().unwrap().clone();
        // Each from a network of its own, as the proxy in front says.
        let network = format!("2001:db8:{number:x}::1");
        let request = Request::new("POST", path)
            .header("Host", crate::PUBLIC.trim_start_matches("https://"))
            .header("Origin", crate::PUBLIC)
            .header("X-Forwarded-For", &network)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(encoded(pairs));
        match request.try_send(&address) {
            Ok(answer) if matches!(answer.status, 429 | 503) => {
                street.counts.not_now.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => return Some(answer),
            Err(_) => {
                street.counts.broken.fetch_add(1, Ordering::Relaxed);
            }
        }
        if gives_up(street) {
            return None;
        }
        std::thread::sleep(Duration::from_millis(20 + 3 * (number as u64 % 10)));
    }
    street.wrong.lock().unwrap().push(format!("{path}: no answer in {} s", PATIENCE.as_secs()));
    None
}

fn wrong(street: &Street, answer: &Answer) {
    let shown: String = answer.body.chars().take(2000).collect();
    street.wrong.lock().unwrap().push(format!("{}: {shown}", answer.status));
}
