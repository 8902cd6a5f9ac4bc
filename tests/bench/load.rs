//! People who press "send": at a steady rate, or as many as the server bears.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tests::http::Request;
use tests::{Person, Server};

use crate::Times;

/// How many send at once. More than the rate needs, so that nobody has to wait for another one's answer.
const SENDERS: usize = 64;

/// The fields of a page to check the answers.
type Checked = Vec<(String, String)>;

/// Senders in front of a server.
pub struct Load {
    address: String,
    answers: Vec<(String, String)>,
    next: AtomicUsize,
}

/// What was measured.
pub struct Measured {
    /// Since 1970.
    pub begin: Duration,
    pub length: Duration,
    /// Receipts.
    pub told: usize,
    /// Answers "not now", after which the same was sent again.
    pub not_now: usize,
    /// From the moment when a submission was due to its receipt.
    pub latency: Times,
}

impl Load {
    /// Opens the form's page once.
    pub fn at(server: &Server) -> Self {
        let person = Person::who_registers();
        let mut form = server.browser().open(&person.page()).form(&person.action("provjera"));
        form.fill_all(&person.answers);
        Self { address: server.address().to_owned(), answers: form.pairs(), next: AtomicUsize::new(0) }
    }

    /// So many a second, each at its moment.
    pub fn steady(&self, rate: u32, length: Duration) -> Measured {
        let count = usize::try_from(length.as_secs() * u64::from(rate)).unwrap();
        let step = Duration::from_secs(1) / rate;
        self.run(self.check(count), move |place| Some(step * u32::try_from(place).unwrap()))
    }

    /// As fast as they are answered.
    pub fn most(&self, length: Duration) -> Measured {
        // What a release build bears on two cores, with room.
        let count = usize::try_from(length.as_secs() * 1200).unwrap();
        let mut checked = self.check(count.min(4000));
        checked.reverse();
        self.run(checked, |_| None)
    }

    /// Sends all; `due` is the moment of each since the beginning, or none for "at once".
    fn run(&self, checked: Vec<Checked>, due: impl Fn(usize) -> Option<Duration> + Sync) -> Measured {
        let (turn, not_now) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let latencies = Mutex::new(Vec::new());
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let begin = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..SENDERS {
                scope.spawn(|| {
                    loop {
                        let place = turn.fetch_add(1, Ordering::Relaxed);
                        let Some(pairs) = checked.get(place) else { return };
                        let due = due(place).map_or_else(Instant::now, |due| begin + due);
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        self.confirm(pairs, &not_now);
                        latencies.lock().unwrap().push(due.elapsed());
                    }
                });
            }
        });
        let latencies = latencies.into_inner().unwrap();
        Measured {
            begin: since,
            length: begin.elapsed(),
            told: latencies.len(),
            not_now: not_now.into_inner(),
            latency: Times::of(latencies),
        }
    }

    /// So many pages to check the answers, each with an address of its own.
    fn check(&self, count: usize) -> Vec<Checked> {
        let made = Mutex::new(Vec::with_capacity(count));
        let turn = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..SENDERS.min(16) {
                scope.spawn(|| {
                    while turn.fetch_add(1, Ordering::Relaxed) < count {
                        let checked = self.check_one();
                        made.lock().unwrap().push(checked);
                    }
                });
            }
        });
        made.into_inner().unwrap()
    }

    fn check_one(&self) -> Checked {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut pairs = self.answers.clone();
        for (name, value) in &mut pairs {
            if name == "email" {
                *value = format!("osoba-{number}@example.org");
            }
        }
        let answer = self.request("provjera", &pairs, number).send(&self.address);
        assert_eq!(answer.status, 200, "{}", answer.body);
        let key = answer.body.split("name=\"_key\" value=\"").nth(1).expect("a key");
        pairs.push(("_key".to_owned(), key.split('"').next().unwrap().to_owned()));
        pairs
    }

    fn confirm(&self, pairs: &Checked, not_now: &AtomicUsize) {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let request = self.request("potvrda", pairs, number);
        loop {
            let answer = request.send(&self.address);
            match answer.status {
                303 => return,
                429 | 503 => {
                    not_now.fetch_add(1, Ordering::Relaxed);
                    std::thread::sleep(Duration::from_millis(20));
                }
                other => panic!("{other}: {}", answer.body),
            }
        }
    }

    /// From a network of its own, as a proxy in front would say.
    fn request(&self, step: &str, pairs: &[(String, String)], number: usize) -> Request {
        let network = format!("2001:db8:{:x}::1", number % 0xffff);
        let path = Person::who_registers().action(step);
        Request::form(&self.address, &path, pairs).header("X-Forwarded-For", &network)
    }
}
