//! What stands before the functions: one HTTP address for the files of the build and for events to functions.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use data_encoding::BASE64;
use serde_json::{Value, json};
use tests::{Browser, Site};

use crate::function::{Asked, Function};
use crate::table::{self, Table};

/// Instances of each function: with two, two requests meet only in the table.
const INSTANCES: usize = 2;

/// The deployed site: files, functions, table.
pub struct Gateway {
    address: String,
    inner: Arc<Inner>,
    pub table: Table,
    /// Its folder holds what was built.
    _site: Site,
}

struct Inner {
    public: PathBuf,
    variables: BTreeMap<String, String>,
    /// By function; an instance has one request at a time.
    instances: Mutex<BTreeMap<&'static str, Vec<Arc<Mutex<Function>>>>>,
    turn: AtomicUsize,
    /// What instances that ended had written.
    past: Mutex<String>,
}

impl Gateway {
    /// Builds the shipped site for its own address, makes keys and a table, and waits for requests.
    pub fn deploy() -> Self {
        Self::deploy_on(table::endpoint())
    }

    /// The same, with the table in another DynamoDB API.
    pub fn deploy_on(endpoint: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let site = Site::shipped();
        let out = built_for(&site, &address);

        let table = Table::create(endpoint, &site.beside("keys"));
        let mut variables = table.variables();
        variables.insert("ZAVICAJ_BUNDLE".to_owned(), format!("{out}/.zavicaj/forms.json"));
        let inner = Arc::new(Inner {
            public: PathBuf::from(out),
            variables,
            instances: Mutex::default(),
            turn: AtomicUsize::new(0),
            past: Mutex::default(),
        });
        let serving = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = Arc::clone(&serving);
                std::thread::spawn(move || serving.answer(stream));
            }
        });
        Self { address, inner, table, _site: site }
    }

    /// What a function of this deployment gets, with more or other variables.
    pub fn variables_with(&self, more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let mut variables = self.inner.variables.clone();
        variables.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        variables
    }

    pub fn browser(&self) -> Browser {
        Browser::at(&self.address)
    }

    /// The most memory that an instance of a function had.
    pub fn peak_bytes(&self, function: &str) -> u64 {
        let all = self.inner.instances.lock().unwrap();
        all[function].iter().map(|instance| instance.lock().unwrap().peak_bytes()).max().unwrap()
    }

    /// All instances end, as Lambda ends them; the next request starts new ones.
    pub fn forget_instances(&self) {
        let ended = std::mem::take(&mut *self.inner.instances.lock().unwrap());
        for instance in ended.into_values().flatten() {
            self.inner.past.lock().unwrap().push_str(&instance.lock().unwrap().said());
        }
    }

    /// Everything that functions wrote.
    pub fn said(&self) -> String {
        self.forget_instances();
        self.inner.past.lock().unwrap().clone()
    }
}

/// Builds a site for the address where it will be; answers the folder.
fn built_for(site: &Site, address: &str) -> String {
    let [root, out] = [site.root(), site.beside("public")].map(|path| path.to_str().unwrap().to_owned());
    let url = format!("http://{address}");
    let arguments = ["build", "--root", &root, "--out", &out, "--base-url", &url, "--lang", "en"];
    let built = tests::program::run(&mut tests::program::command(arguments));
    assert_eq!(built.code, Some(0), "{}", built.err);
    out
}

impl Inner {
    fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let Asked { target, headers, body } = Asked::read(&mut stream)?;
        let mut parts = target.split(' ');
        let (method, path) = (parts.next()?, parts.next()?);
        let answer = match function_of(path) {
            Some(function) => {
                let answer = self.invoke(function, event(method, path, &headers, &body));
                response(&answer)
            }
            None => file(&self.public, path),
        };
        stream.write_all(&answer).ok()
    }

    fn invoke(&self, function: &'static str, event: Value) -> Value {
        let instance = {
            let mut all = self.instances.lock().unwrap();
            let of_function = all.entry(function).or_default();
            while of_function.len() < INSTANCES {
                of_function.push(Arc::new(Mutex::new(Function::start(function, &self.variables))));
            }
            Arc::clone(&of_function[self.turn.fetch_add(1, Ordering::Relaxed) % INSTANCES])
        };
        let instance = instance.lock().unwrap();
        instance.invoke(event)
    }
}

/// The routes of functions/template.yaml.
fn function_of(path: &str) -> Option<&'static str> {
    match path {
        path if path.starts_with("/usluge/registracija/") => Some("registration"),
        path if path.starts_with("/usluge/zahtjev-za-ispravu/") => Some("certificate_request"),
        path if path.starts_with("/usluge/") => Some("status"),
        _ => None,
    }
}

/// A recorded event of API Gateway with another request inside.
pub fn event(method: &str, path: &str, headers: &[(String, String)], body: &[u8]) -> Value {
    let recorded = tests::site::repository().join("functions/lambda/tests/events");
    let name = if method == "POST" { "check.json" } else { "receipt.json" };
    let mut event: Value = serde_json::from_slice(&fs::read(recorded.join(name)).unwrap()).unwrap();
    let host = event["headers"]["host"].clone();
    event["rawPath"] = path.into();
    event["routeKey"] = format!("{method} {path}").into();
    event["requestContext"]["routeKey"] = event["routeKey"].clone();
    event["requestContext"]["http"]["method"] = method.into();
    event["requestContext"]["http"]["path"] = path.into();
    event["headers"] = headers
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect::<serde_json::Map<_, _>>()
        .into();
    // What the function sees is the gateway's own host, not the one that visitors see.
    event["headers"]["host"] = host;
    if method == "POST" {
        event["isBase64Encoded"] = true.into();
        event["body"] = BASE64.encode(body).into();
    }
    event
}

fn response(answer: &Value) -> Vec<u8> {
    let text = answer["body"].as_str().unwrap_or_default();
    let body = match answer["isBase64Encoded"].as_bool() {
        Some(true) => BASE64.decode(text.as_bytes()).unwrap(),
        _ => text.as_bytes().to_vec(),
    };
    let mut head = format!("HTTP/1.1 {} -\r\nConnection: close\r\n", answer["statusCode"]);
    for (name, value) in answer["headers"].as_object().into_iter().flatten() {
        if name != "content-length" {
            head.push_str(&format!("{name}: {}\r\n", value.as_str().unwrap()));
        }
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    [head.into_bytes(), body].concat()
}

fn file(public: &Path, path: &str) -> Vec<u8> {
    match fs::read(public.join(path.trim_matches('/')).join("index.html")) {
        Ok(page) => {
            let head =
                format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", page.len());
            [head.into_bytes(), page].concat()
        }
        Err(_) => b"HTTP/1.1 404 -\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".to_vec(),
    }
}
