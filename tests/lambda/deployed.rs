//! `functions/template.yaml` itself, deployed to an emulator of AWS: the real zips behind its API, its table and its
//! stream, its mail. What stands before it does what CloudFront does with the template's behaviours.
//!
//! ```text
//! browser ─► Edge ─┬ /usluge/* ─► HTTP API ─► zips ─► table, files ─stream─► notify ─► SES
//!                  └ all else ──► files of the build
//! ```

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::http::Request;
use tests::{Browser, Person, Site};

use crate::function::{Asked, binary};
use crate::gateway::{built_for, file};
use crate::table::{Table, endpoint};

const FUNCTIONS: [&str; 6] = ["registration", "certificate_request", "status", "notify", "bounce", "purge"];

/// How long a letter may take: the stream is asked every second, and an instance starts for it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the template's origin request policy lets through.
const HEADERS: [&str; 3] = ["origin", "sec-fetch-site", "content-type"];
const QUERY: [&str; 2] = ["lang", "zapis"];

/// The stack, with the site before it.
struct Deployed {
    address: String,
    table: Table,
    /// Its folder holds what was built.
    _site: Site,
}

/// What CloudFront knows.
struct Edge {
    public: PathBuf,
    /// Address of the emulator.
    emulator: String,
    /// Name of the API there.
    api: String,
    /// Shows that a request came this way.
    key: String,
}

impl Deployed {
    fn deploy() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let site = Site::shipped();
        let out = built_for(&site, &address);

        let (packages, keys) = (site.beside("package"), site.beside("keys"));
        pack(&packages, &Path::new(&out).join(".zavicaj/forms.json"));
        let made = sealing::Keys::open_or_create(&keys).unwrap();
        let desk = fs::read_to_string(keys.join("service/desk-recipients.txt")).unwrap();
        let desk: Vec<_> = desk.lines().filter(|line| line.starts_with("age1")).collect();
        let endpoint = endpoint();
        let name = format!("grad-{}", std::process::id());
        let stack = run(Command::new(python())
            .arg(tests::site::repository().join("tests/tools/stack"))
            .arg(&name)
            .arg(&packages)
            .args(["--parameter", &format!("DeskRecipients={}", desk.join(","))])
            .args(["--parameter", &format!("ServiceRecipient={}", made.service_identity.recipient())])
            .args(["--parameter", &format!("DynamoEndpoint={endpoint}")])
            .args(["--parameter", &format!("AwsEndpoint={endpoint}")])
            .args(["--parameter", "Architecture=x86_64"])
            .args(["--parameter", "MailDomain=ljubuski.example"])
            .args(["--parameter", "MailFrom=no-reply@ljubuski.example"])
            .args(["--secret", &secret("HashingKey", &keys, "hashing.key")])
            .args(["--secret", &secret("ReceiptKey", &keys, "receipt.key")])
            .args(["--secret", &secret("ServiceKey", &keys, "identity.age")]));
        let resource = |name: &str| stack["resources"][name].as_str().unwrap().to_owned();
        let edge = Arc::new(Edge {
            public: PathBuf::from(out),
            emulator: endpoint.trim_start_matches("http://").to_owned(),
            api: resource("Api"),
            key: stack["edge"].as_str().unwrap().to_owned(),
        });
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let edge = Arc::clone(&edge);
                std::thread::spawn(move || edge.answer(stream));
            }
        });
        let table = Table::of_stack(resource("Submissions"), resource("Files"), &keys);
        Self { address, table, _site: site }
    }

    fn browser(&self) -> Browser {
        Browser::at(&self.address)
    }

    /// The letters that SES was given for an address, once there are so many.
    fn letters_to(&self, address: &str, wanted: usize) -> Vec<Value> {
        let begin = Instant::now();
        loop {
            let letters = letters_to(address);
            if letters.len() >= wanted {
                return letters;
            }
            assert!(begin.elapsed() < PATIENCE, "{} letters of {wanted} after a minute", letters.len());
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Edge {
    fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let asked = Asked::read(&mut stream)?;
        let path = asked.target.split(' ').nth(1)?.to_owned();
        let answer =
            if path.starts_with("/usluge/") { self.ask_api(&asked)? } else { file(&self.public, &path) };
        stream.write_all(&answer).ok()
    }

    /// No cookie, of the query what a route names, of the headers what the policy lists.
    fn ask_api(&self, asked: &Asked) -> Option<Vec<u8>> {
        let mut words = asked.target.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query: Vec<&str> = query
            .split('&')
            .filter(|pair| QUERY.contains(&pair.split('=').next().unwrap_or_default()))
            .collect();
        let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
        let port = self.emulator.rsplit(':').next()?;
        let mut head = format!(
            "{method} {path}{query} HTTP/1.0\r\nHost: {}.execute-api.localhost:{port}\r\n\
             User-Agent: Amazon CloudFront\r\nX-Forwarded-For: 127.0.0.1, 130.176.0.1\r\n\
             CloudFront-Viewer-Address: 127.0.0.1:4711\r\nX-Zavicaj-Edge: {}\r\nContent-Length: {}\r\n",
            self.api,
            self.key,
            asked.body.len()
        );
        for (name, value) in asked.headers.iter().filter(|(name, _)| HEADERS.contains(&name.as_str())) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut api = TcpStream::connect(&self.emulator).ok()?;
        api.write_all(&[head.as_bytes(), b"\r\n", &asked.body].concat()).ok()?;
        let mut answer = Vec::new();
        api.read_to_end(&mut answer).ok()?;
        Some(answer)
    }
}

/// A folder for each function, as the deployment packs it.
fn pack(packages: &Path, bundle: &Path) {
    for function in FUNCTIONS {
        let folder = packages.join(function);
        fs::create_dir_all(&folder).unwrap();
        fs::copy(binary(function), folder.join("bootstrap")).unwrap();
        fs::set_permissions(folder.join("bootstrap"), fs::Permissions::from_mode(0o755)).unwrap();
        fs::copy(bundle, folder.join("forms.json")).unwrap();
    }
}

fn secret(resource: &str, keys: &Path, file: &str) -> String {
    format!("{resource}={}", keys.join("service").join(file).display())
}

/// The emulator's own, which has what deploys.
fn python() -> PathBuf {
    let python = std::env::var_os("ZAVICAJ_TEST_PYTHON");
    python.map(PathBuf::from).expect("ZAVICAJ_TEST_PYTHON: `tests/run lambda` sets it")
}

fn run(command: &mut Command) -> Value {
    let done = command.output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}");
    let _ = std::io::stderr().lock().write_all(said.as_bytes());
    serde_json::from_slice(&done.stdout).unwrap()
}

/// What SES was given.
fn letters_to(address: &str) -> Vec<Value> {
    let emulator = endpoint().trim_start_matches("http://").to_owned();
    let all = Request::new("GET", "/_ministack/ses/messages").send(&emulator);
    let all: Value = serde_json::from_str(&all.body).unwrap();
    let of_accounts = all["messages"].as_object().unwrap().values();
    let letters = of_accounts.flat_map(|letters| letters.as_array().unwrap().clone());
    letters.filter(|letter| letter["To"].to_string().contains(address)).collect()
}

#[test]
fn the_template_itself_takes_both_forms_and_their_letters_leave_by_the_stream() {
    let deployed = Deployed::deploy();
    for (number, person) in (1..).zip(Person::everybody()) {
        // Nobody else's letters: the emulator is shared by all tests.
        let address = format!("osoba-{number}-{}@posta.example", std::process::id());
        let person = person.but("email", &address);
        let confirm = deployed.browser().check(&person);
        let receipt = deployed.browser().confirm(&confirm);
        assert_eq!(deployed.browser().confirm(&confirm), receipt, "the same receipt for a second click");
        assert_eq!(deployed.table.count("submission"), number);
        let opened = deployed.table.opened(&receipt.reference);
        assert_eq!(opened["answers"]["email"], address.as_str());
        assert_eq!(opened["form"], person.form);

        let letters = deployed.letters_to(&address, person.letters());
        let texts: BTreeSet<String> =
            letters.iter().map(|letter| letter["BodyText"].as_str().unwrap().to_owned()).collect();
        assert_eq!(texts.len(), person.letters(), "each letter once: {letters:?}");
        assert!(texts.iter().any(|text| text.contains(&receipt.reference)), "{texts:?}");
        let said = format!("{letters:?}");
        for (name, value) in person.answers.iter().filter(|(name, _)| *name == "jmb" || *name == "surname") {
            assert!(!said.contains(value.as_str()), "{name} is in a letter");
        }
    }
    let unknown = deployed.browser().open("/usluge/nema-toga");
    assert_eq!(unknown.status(), 404);
}
