//! The wire between one function and the table: it knows the writes of the outbox, and can lose one of them.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tests::{eventually, http};

use crate::function::Asked;

/// A write of the outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Takes the lease of a letter.
    Claim,
    /// Says that SES has the letter.
    Delivered,
}

/// What happens to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The table answers that it cannot, every time.
    Refused,
    /// It never reaches the table, and nobody answers.
    NeverArrives,
    /// The table does it, and nobody answers.
    AnswerIsLost,
}

pub struct Wire {
    pub endpoint: String,
    inner: Arc<Inner>,
    /// Says that a troubled write came.
    met: Receiver<()>,
}

struct Inner {
    engine: String,
    trouble: Mutex<Option<(Write, String, Trouble)>>,
    /// Connections of functions that live, or whose last request is still on its way.
    open: AtomicUsize,
    waits: Mutex<Waits>,
}

/// How long somebody waited for the table.
#[derive(Default)]
struct Waits {
    /// How many requests it has, and since when it has any.
    now: usize,
    since: Option<Instant>,
    sum: Duration,
}

impl Wire {
    pub fn to(engine: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner {
            engine: engine.trim_start_matches("http://").to_owned(),
            trouble: Mutex::default(),
            open: AtomicUsize::new(0),
            waits: Mutex::default(),
        });
        let (tell, met) = channel();
        let serving = Arc::clone(&inner);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (serving, tell) = (Arc::clone(&serving), tell.clone());
                serving.open.fetch_add(1, Ordering::SeqCst);
                std::thread::spawn(move || {
                    let _ = serving.carry(stream, &tell);
                    serving.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { endpoint, inner, met }
    }

    /// From now on this happens to this write of this letter.
    pub fn trouble(&self, write: Write, id: &str, trouble: Trouble) {
        *self.inner.trouble.lock().unwrap() = Some((write, id.to_owned(), trouble));
    }

    pub fn mend(&self) {
        *self.inner.trouble.lock().unwrap() = None;
    }

    /// How long the table had requests since the last time.
    pub fn waited(&self) -> Duration {
        std::mem::take(&mut self.inner.waits.lock().unwrap().sum)
    }

    /// Waits until the troubled write came.
    pub fn met(&self) {
        self.met.recv_timeout(Duration::from_secs(30)).expect("the write never came");
    }

    /// Waits until everything that a function sent before its death has come where it goes.
    pub fn is_still(&self) {
        eventually(30, "the last requests", || (self.inner.open.load(Ordering::SeqCst) == 0).then_some(()));
        while self.met.try_recv().is_ok() {}
    }
}

impl Inner {
    fn carry(&self, mut stream: TcpStream, tell: &Sender<()>) -> Option<()> {
        while let Some(Asked { headers, body, .. }) = Asked::read(&mut stream) {
            let trouble = self.trouble_of(&headers, &body);
            if trouble.is_some() {
                let _ = tell.send(());
            }
            let (status, headers, body) = match trouble {
                Some(Trouble::NeverArrives) => {
                    // Until the function hangs up.
                    let _ = Asked::read(&mut stream);
                    return None;
                }
                Some(Trouble::Refused) => (500, Vec::new(), b"{\"__type\":\"InternalServerError\"}".to_vec()),
                Some(Trouble::AnswerIsLost) => {
                    self.ask(&headers, body);
                    let _ = Asked::read(&mut stream);
                    return None;
                }
                None => self.ask(&headers, body),
            };
            let mut head = format!("HTTP/1.1 {status} -\r\nContent-Length: {}\r\n", body.len());
            for (name, value) in headers.iter().filter(|(name, _)| name.starts_with("x-amz")) {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("Content-Type: application/x-amz-json-1.0\r\n\r\n");
            stream.write_all(&[head.into_bytes(), body].concat()).ok()?;
        }
        None
    }

    fn begin(&self) {
        let mut waits = self.waits.lock().unwrap();
        waits.now += 1;
        waits.since.get_or_insert_with(Instant::now);
    }

    fn end(&self) {
        let mut waits = self.waits.lock().unwrap();
        waits.now -= 1;
        if waits.now == 0 {
            let waited = waits.since.take().unwrap().elapsed();
            waits.sum += waited;
        }
    }

    fn ask(&self, headers: &[(String, String)], body: Vec<u8>) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let mut request = http::Request::new("POST", "/").body(body);
        for (name, value) in headers {
            if !["content-length", "connection", "host"].contains(&name.as_str()) {
                request = request.header(name, value);
            }
        }
        self.begin();
        let answer = request.send(&self.engine);
        self.end();
        (answer.status, answer.headers, answer.bytes)
    }

    fn trouble_of(&self, headers: &[(String, String)], body: &[u8]) -> Option<Trouble> {
        let trouble = self.trouble.lock().unwrap();
        let (write, id, trouble) = trouble.as_ref()?;
        let is_update =
            headers.iter().any(|(name, value)| name == "x-amz-target" && value.ends_with(".UpdateItem"));
        if !is_update {
            return None;
        }
        let asked: Value = serde_json::from_slice(body).unwrap();
        let says = asked["UpdateExpression"].as_str().unwrap_or_default();
        let is_it = match write {
            Write::Claim => says.contains(":lease_end"),
            Write::Delivered => says.contains("delivered_at = :now"),
        };
        (is_it && asked["Key"]["pk"]["S"] == format!("outbox#{id}")).then_some(*trouble)
    }
}
