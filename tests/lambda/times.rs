//! How quick the functions are: from their start to the first `/next`, and how long a warm one takes for an answer.
//!
//! Alone on the machine: `tests/run times`. A committed table, so that a regression is a difference that somebody sees;
//! slowness fails no test, for it depends on the machine. After a wanted change: `INSTA_UPDATE=always tests/run times`.
//!
//! Of a warm answer's time a part is the table's: dynoxide in memory, another program on the same machine. One instance
//! asks it directly, then another one by a wire that measures that part; what the wire itself takes counts there as the
//! function's.
//!
//! A machine with neighbours is at times half as quick as at others, for seconds. So there are some rounds, each with an
//! engine of its own, and those numbers are told that belong to the round with the least median: the least disturbed one.
//!
//! At the end of a round the audit of all that it took is signed: what a chain costs says how many a day is enough for.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use data_encoding::BASE64;
use serde_json::{Value, json};
use tests::http::{Answer, encoded};
use tests::{Page, Person, tell};

use crate::engine::Engine;
use crate::function::{Function, binary};
use crate::gateway::{Gateway, event};
use crate::letters::schedule;
use crate::size::FUNCTIONS;
use crate::wire::Wire;

const STARTS: usize = 31;
const WARM_UP: usize = 20;
const REQUESTS: usize = 500;
/// Requests of one instance.
const EACH: usize = WARM_UP + REQUESTS;
const ROUNDS: usize = 12;
/// What is wanted, of a machine with nothing else to do.
const STARTS_WITHIN_MS: f64 = 10.0;
const WARM_P99_MS: f64 = 3.0;

fn table() -> PathBuf {
    tests::site::repository().join("tests/lambda/times.txt")
}

/// In milliseconds.
struct Times {
    least: f64,
    median: f64,
    p99: f64,
    max: f64,
}

impl Times {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1e3;
        Self { least: at(0), median: at(50), p99: at(99), max: at(100) }
    }

    fn line(&self) -> String {
        let Self { least, median, p99, max } = self;
        format!("{least:.1} least, {median:.1} median, {p99:.1} p99, {max:.1} max")
    }
}

/// Line by line: what it is, and its times.
fn names(table: &str) -> Vec<&str> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(": ").next().unwrap()).collect()
}

/// The number after a mark.
fn number(line: &str, mark: &str) -> Option<f64> {
    line.split(mark).nth(1)?.split(' ').next()?.parse().ok()
}

/// Two instances of a function: the first half of the requests is for one, the second for the other.
struct Warm {
    /// Asks the table directly.
    direct: Function,
    /// Asks it by the wire.
    measured: Function,
    wire: Wire,
    url: String,
    /// Every request comes from another network, so that none is too many.
    requests: u16,
    /// Of each answer, in the order of the requests.
    took: Vec<Took>,
}

enum Took {
    Direct(Duration),
    Measured { whole: Duration, table: Duration },
}

impl Warm {
    fn start(name: &'static str, gateway: &Gateway) -> Self {
        let wire = Wire::to(gateway.table.endpoint());
        let measured = gateway.variables_with(&[("ZAVICAJ_DYNAMODB_ENDPOINT", &*wire.endpoint)]);
        Self {
            direct: Function::start(name, &gateway.variables_with(&[])),
            measured: Function::start(name, &measured),
            wire,
            url: format!("http://{}", gateway.browser().address()),
            requests: 0,
            took: Vec::new(),
        }
    }

    fn get(&mut self, path: &str) -> Value {
        self.ask("GET", path, &[])
    }

    fn post(&mut self, path: &str, pairs: &[(String, String)]) -> Value {
        self.ask("POST", path, encoded(pairs).as_bytes())
    }

    fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Value {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", &*self.url)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut event = event(method, path, &headers, body);
        let [high, low] = self.requests.to_be_bytes();
        self.requests += 1;
        event["requestContext"]["http"]["sourceIp"] = format!("10.{high}.{low}.1").into();
        let (answer, took) = if self.took.len() < EACH {
            (self.direct.invoke(event), Took::Direct(self.direct.took()))
        } else {
            self.wire.waited();
            let answer = self.measured.invoke(event);
            (answer, Took::Measured { whole: self.measured.took(), table: self.wire.waited() })
        };
        self.took.push(took);
        answer
    }

    /// How long the answers took since the last time.
    fn answers(&mut self, name: &str) -> Answers {
        let (mut own, mut table, mut both) = (Vec::new(), Vec::new(), Vec::new());
        for took in self.took.drain(..) {
            match took {
                Took::Direct(whole) => both.push(whole),
                Took::Measured { whole, table: part } => {
                    own.push(whole.saturating_sub(part));
                    table.push(part);
                }
            }
        }
        assert_eq!((own.len(), both.len()), (EACH, EACH));
        let [own, table, both] = [own, table, both].map(|mut times| Times::of(times.split_off(WARM_UP)));
        let p99 = vec![both.p99];
        Answers { name: name.to_owned(), own, table, both, p99 }
    }
}

/// How long one kind of answers took in one round.
struct Answers {
    name: String,
    own: Times,
    table: Times,
    both: Times,
    /// What `both` is in each of the rounds.
    p99: Vec<f64>,
}

impl Answers {
    fn line(&self) -> String {
        let [own, table, both] = [&self.own, &self.table, &self.both].map(Times::line);
        let rounds: Vec<_> = self.p99.iter().map(|p99| format!("{p99:.1}")).collect();
        format!(
            "{}: itself {own} ms; the table {table} ms; both, asked directly, {both} ms (p99 of the rounds: {})",
            self.name,
            rounds.join(" "),
        )
    }

    /// Of some rounds, the least disturbed one of each kind.
    fn quietest(rounds: Vec<Vec<Self>>) -> Vec<Self> {
        let quieter = |one: Self, other: Self| {
            let p99 = [&*one.p99, &*other.p99].concat();
            Self { p99, ..if other.both.median < one.both.median { other } else { one } }
        };
        let better = |one: Vec<Self>, other: Vec<Self>| {
            one.into_iter().zip(other).map(|(one, other)| quieter(one, other)).collect()
        };
        rounds.into_iter().reduce(better).unwrap()
    }
}

/// The page that an answer holds.
pub fn page(answer: &Value) -> Page {
    let text = answer["body"].as_str().unwrap_or_default();
    let bytes = match answer["isBase64Encoded"].as_bool() {
        Some(true) => BASE64.decode(text.as_bytes()).unwrap(),
        _ => text.as_bytes().to_vec(),
    };
    let headers = answer["headers"].as_object().into_iter().flatten();
    Page::new(Answer {
        status: u16::try_from(answer["statusCode"].as_u64().unwrap()).unwrap(),
        headers: headers.map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect(),
        body: String::from_utf8(bytes.clone()).unwrap_or_default(),
        bytes,
    })
}

/// Somebody whom nobody has met yet.
fn somebody(person: &Person, number: usize) -> Person {
    let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
    let name: String = [number / 676, number / 26, number].map(letter).iter().collect();
    person.clone().but("given_name", &format!("Ana {name}")).but("email", &format!("{name}@example.org"))
}

/// The form's page, filled in.
fn filled_in(gateway: &Gateway, person: &Person) -> Vec<(String, String)> {
    let mut form = gateway.browser().open(&person.page()).form(&person.action("provjera"));
    form.fill_all(&person.answers);
    form.pairs()
}

fn starts(gateway: &Gateway) -> Vec<String> {
    let start = |name: &str| {
        // In memory, as if it had just been fetched: not how quick the disk is.
        fs::read(binary(name)).unwrap();
        let all: Vec<_> = (0..STARTS)
            .map(|_| {
                let function = Function::start(name, &gateway.variables_with(&[]));
                (function.asked_for_work(), function.busy())
            })
            .collect();
        let [whole, busy] = [0, 1].map(|part| {
            Times::of(all.iter().map(|(whole, busy)| if part == 0 { *whole } else { *busy }).collect())
        });
        format!("{name} starts: {} ms; of the processor {:.1} ms", whole.line(), busy.median)
    };
    FUNCTIONS.into_iter().map(start).collect()
}

/// What is sent was made before, and answers are read afterwards: a warm function has nothing else to wait for, and
/// this test does not push it out of the processor's caches meanwhile.
fn warm(gateway: &Gateway) -> Round {
    let mut all = Vec::new();
    let mut receipt = String::new();
    for (name, person) in
        [("registration", Person::who_registers()), ("certificate_request", Person::who_orders())]
    {
        let mut warm = Warm::start(name, gateway);
        let (check, send) = (person.action("provjera"), person.action("potvrda"));
        let filled: Vec<_> =
            (0..2 * EACH).map(|number| filled_in(gateway, &somebody(&person, number))).collect();
        let checked: Vec<_> = filled.iter().map(|pairs| warm.post(&check, pairs)).collect();
        all.push(warm.answers(&format!("{name} checks answers")));
        let checked: Vec<_> = checked.iter().map(page).collect();
        assert!(checked.iter().all(|page| page.status() == 200), "{}", checked[0].text);
        // An order goes on with its files.
        if !person.files.is_empty() {
            continue;
        }
        let confirmed: Vec<_> = checked.iter().map(|page| page.form(&send).pairs()).collect();
        let sent: Vec<_> = confirmed.iter().map(|pairs| warm.post(&send, pairs)).collect();
        all.push(warm.answers(&format!("{name} takes a form")));
        let sent: Vec<_> = sent.iter().map(page).collect();
        assert!(sent.iter().all(|page| page.status() == 303), "{}", sent[0].text);
        receipt = sent[0].location().to_owned();
    }
    let mut warm = Warm::start("status", gateway);
    let shown: Vec<_> = (0..2 * EACH).map(|_| warm.get(&receipt)).collect();
    all.push(warm.answers("status shows a receipt"));
    assert!(shown.iter().all(|answer| answer["statusCode"] == 200), "{}", shown[0]);
    Round { answers: all, chain: chain(gateway) }
}

/// What one round told.
struct Round {
    answers: Vec<Answers>,
    /// The processor's time for the signature of one chain of the audit.
    chain: Duration,
}

/// Signs the audit of the forms that were taken.
fn chain(gateway: &Gateway) -> Duration {
    let purge = Function::start("purge", &gateway.variables_with(&[]));
    purge.asked_for_work();
    let before = purge.busy();
    assert_eq!(purge.invoke(schedule()), json!({ "done": true }));
    let busy = purge.busy() - before;
    // It reads all of them, and leaves out what is of the last minute.
    assert!(purge.said().contains("audit checkpoint chains="), "{}", purge.said());
    let chains = gateway.table.items().iter().filter(|item| item["pk"].starts_with("chains#")).count();
    assert_eq!(chains, 2 * EACH);
    busy / u32::try_from(chains).unwrap()
}

#[test]
fn how_quick_the_functions_are_is_told_and_compared_with_the_table() {
    let starts = starts(&Gateway::deploy());
    let rounds = (0..ROUNDS).map(|_| {
        let engine = Engine::start();
        warm(&Gateway::deploy_on(engine.endpoint.clone()))
    });
    let (answers, chains): (Vec<_>, Vec<_>) = rounds.map(|round| (round.answers, round.chain)).unzip();
    let warm = Answers::quietest(answers);
    let chain = chains.into_iter().min().unwrap().as_secs_f64() * 1e3;
    let signing = format!("purge signs the audit: {chain:.2} ms of the processor for a chain");
    let now = [starts, warm.iter().map(Answers::line).collect(), vec![signing]].concat().join("\n");
    tell(&now);
    if crate::size::wanted() {
        let head = format!(
            "# {STARTS} starts, then {REQUESTS} answers of a warm one each, the quietest of {ROUNDS} rounds, on {} cores; load of the machine: {}.\n",
            std::thread::available_parallelism().unwrap(),
            fs::read_to_string("/proc/loadavg").unwrap().split(' ').next().unwrap(),
        );
        fs::write(table(), format!("{head}{now}\n")).unwrap();
    }
    let committed = fs::read_to_string(table()).unwrap();
    tell(&format!("committed:\n{committed}"));
    assert_eq!(names(&now), names(&committed), "the table has a line for each");
    let starts = compared(&now, " starts: ", " least, ", STARTS_WITHIN_MS);
    let warm = compared(&now, " directly, ", " median, ", WARM_P99_MS);
    for (line, ms, most) in starts.into_iter().chain(warm) {
        if ms >= most {
            tell(&format!("slower than wanted ({most} ms): {line}"));
        }
    }
}

/// Lines of a kind, with the first time after a mark behind it, and the most that it may be.
fn compared<'a>(table: &'a str, kind: &str, mark: &str, most: f64) -> Vec<(&'a str, f64, f64)> {
    let of = |line: &'a str| Some((line, number(line.split_once(kind)?.1, mark)?, most));
    table.lines().filter_map(of).collect()
}
