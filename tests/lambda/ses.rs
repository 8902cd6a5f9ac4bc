//! Amazon SES, as far as letters need it: takes messages, counts them by the id of the outbox, and can go silent.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::BASE64;
use serde_json::Value;

use crate::function::{Asked, Function};

/// What it does with the next messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Takes them.
    Takes,
    /// Takes none.
    Refuses,
}

/// A server on loopback.
pub struct Ses {
    pub endpoint: String,
    inner: Arc<Inner>,
    /// An id for every message that came.
    came: Receiver<String>,
}

struct Inner {
    mood: Mutex<Mood>,
    /// It takes this one, and never says so.
    silent_about: Mutex<Option<String>>,
    /// Whole messages by id, each time that one was taken.
    taken: Mutex<BTreeMap<String, Vec<String>>>,
    /// How often it answered that it took a message, by id. Held while an answer leaves.
    answered: Mutex<BTreeMap<String, usize>>,
    /// How many functions died that had asked something.
    deaths: Mutex<usize>,
}

impl Ses {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            mood: Mutex::new(Mood::Takes),
            silent_about: Mutex::default(),
            taken: Mutex::default(),
            answered: Mutex::default(),
            deaths: Mutex::default(),
        });
        let (tell, came) = channel();
        let serving = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (serving, tell) = (Arc::clone(&serving), tell.clone());
                std::thread::spawn(move || serving.answer(stream, &tell));
            }
        });
        Self { endpoint, inner, came }
    }

    pub fn mood(&self, mood: Mood) {
        *self.inner.mood.lock().unwrap() = mood;
    }

    /// Takes this letter, and never says so, until a function dies.
    pub fn silent_about(&self, id: &str) {
        *self.inner.silent_about.lock().unwrap() = Some(id.to_owned());
    }

    /// Waits until a message came; its id.
    pub fn next(&self) -> String {
        self.came.recv_timeout(Duration::from_secs(30)).expect("no letter came")
    }

    /// Whole messages by id.
    pub fn taken(&self) -> BTreeMap<String, Vec<String>> {
        self.inner.taken.lock().unwrap().clone()
    }

    /// How often it answered that it took a message, by id.
    pub fn answered(&self) -> BTreeMap<String, usize> {
        self.inner.answered.lock().unwrap().clone()
    }

    /// Kills a function between two answers: each has left whole before its death, or never leaves.
    pub fn kill(&self, function: Function) {
        let answered = self.inner.answered.lock().unwrap();
        drop(function);
        *self.inner.deaths.lock().unwrap() += 1;
        *self.inner.silent_about.lock().unwrap() = None;
        drop(answered);
        while self.came.try_recv().is_ok() {}
    }
}

impl Inner {
    fn answer(&self, mut stream: TcpStream, tell: &Sender<String>) -> Option<()> {
        let deaths = || *self.deaths.lock().unwrap();
        let before = deaths();
        while let Some(Asked { target, body, .. }) = Asked::read(&mut stream) {
            assert!(target.starts_with("POST /v2/email/outbound-emails"), "{target}");
            let asked: Value = serde_json::from_slice(&body).unwrap();
            let tags = asked["EmailTags"].as_array().unwrap();
            let tag = tags.iter().find(|tag| tag["Name"] == "letter").unwrap();
            let id = tag["Value"].as_str().unwrap().to_owned();
            let raw = BASE64.decode(asked["Content"]["Raw"]["Data"].as_str().unwrap().as_bytes()).unwrap();
            let is_silent = self.silent_about.lock().unwrap().as_ref() == Some(&id);
            let mood = *self.mood.lock().unwrap();
            if mood != Mood::Refuses {
                let message = String::from_utf8(raw).unwrap();
                self.taken.lock().unwrap().entry(id.clone()).or_default().push(message);
            }
            let _ = tell.send(id.clone());
            if is_silent {
                while deaths() == before {
                    std::thread::sleep(Duration::from_millis(5));
                }
                return None;
            }
            let (status, body) = match mood {
                Mood::Takes => (200, "{\"MessageId\":\"0107019a-example\"}"),
                Mood::Refuses => (429, "{\"message\":\"too many\",\"__type\":\"TooManyRequestsException\"}"),
            };
            let kind = if status == 429 { "x-amzn-errortype: TooManyRequestsException\r\n" } else { "" };
            let head = format!(
                "HTTP/1.1 {status} -\r\nContent-Type: application/json\r\n{kind}Content-Length: {}\r\n\r\n",
                body.len()
            );
            let mut answered = self.answered.lock().unwrap();
            // Who asked is dead.
            if deaths() != before {
                return None;
            }
            stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).ok()?;
            if status == 200 {
                *answered.entry(id).or_default() += 1;
            }
        }
        None
    }
}
