//! Stands between the store and the engine, and disturbs a fifth of all requests: most by chance, and of some
//! transactions every attempt, so that their person has no answer at all.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// One request of so many is disturbed.
const ONE_IN: u64 = 6;
/// Of so many transactions one is disturbed whenever it comes.
const UNLUCKY: u64 = 30;
/// Longer than the store waits for one answer.
const SILENCE: Duration = Duration::from_secs(30);
const SLOW: Duration = Duration::from_millis(700);

/// What is done to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    Throttled,
    ErrorBeforeIt,
    ErrorAfterIt,
    PageOfAnother,
    ResetBeforeIt,
    ResetAfterIt,
    SilenceBeforeIt,
    SilenceAfterIt,
    SlowAnswer,
}

const FAULTS: [Fault; 9] = [
    Fault::Throttled,
    Fault::ErrorBeforeIt,
    Fault::ErrorAfterIt,
    Fault::PageOfAnother,
    Fault::ResetBeforeIt,
    Fault::ResetAfterIt,
    Fault::SilenceBeforeIt,
    Fault::SilenceAfterIt,
    Fault::SlowAnswer,
];

/// A running proxy; it ends with its runtime.
pub struct Proxy {
    pub endpoint: String,
    inner: Arc<Inner>,
}

struct Inner {
    engine: String,
    requests: AtomicU64,
    faults: Mutex<BTreeMap<Fault, u64>>,
}

impl Proxy {
    /// Before an engine at this URL.
    pub async fn before(engine: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let engine = engine.trim_start_matches("http://").to_owned();
        let inner = Arc::new(Inner { engine, requests: AtomicU64::new(0), faults: Mutex::default() });
        let serving = Arc::clone(&inner);
        tokio::spawn(async move {
            loop {
                let (connection, _) = listener.accept().await.unwrap();
                let serving = Arc::clone(&serving);
                tokio::spawn(async move { serving.serve(connection).await });
            }
        });
        Self { endpoint, inner }
    }

    /// How many requests came, and how many of them were disturbed in which way.
    pub fn counts(&self) -> (u64, BTreeMap<Fault, u64>) {
        (self.inner.requests.load(Ordering::Relaxed), self.inner.faults.lock().unwrap().clone())
    }
}

impl Inner {
    /// One request for each connection: the answer ends it. `None` where somebody hung up.
    async fn serve(&self, mut client: TcpStream) -> Option<()> {
        let request = read_request(&mut client).await?;
        let fault = self.fault(request.token);
        match fault {
            Some(Fault::Throttled) if request.is_for_table => {
                let body =
                    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"-"}"#;
                return answer(&mut client, 400, body).await;
            }
            Some(Fault::Throttled) => {
                return answer(&mut client, 503, "<Error><Code>SlowDown</Code></Error>").await;
            }
            Some(Fault::ErrorBeforeIt) => {
                let body =
                    r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"-"}"#;
                return answer(&mut client, 500, body).await;
            }
            Some(Fault::PageOfAnother) => {
                return answer(&mut client, 502, "<html><h1>Bad Gateway</h1></html>").await;
            }
            Some(Fault::ResetBeforeIt) => return reset(&client),
            Some(Fault::SilenceBeforeIt) => {
                tokio::time::sleep(SILENCE).await;
                return None;
            }
            _ => {}
        }
        let answered = self.forward(&request.bytes).await?;
        match fault {
            Some(Fault::ErrorAfterIt) => return answer(&mut client, 500, "{}").await,
            Some(Fault::ResetAfterIt) => return reset(&client),
            Some(Fault::SilenceAfterIt) => {
                tokio::time::sleep(SILENCE).await;
                return None;
            }
            Some(Fault::SlowAnswer) => tokio::time::sleep(SLOW).await,
            _ => {}
        }
        client.write_all(&answered).await.ok()?;
        client.shutdown().await.ok()
    }

    fn fault(&self, token: Option<u64>) -> Option<Fault> {
        let chance = mixed(self.requests.fetch_add(1, Ordering::Relaxed));
        let is_unlucky = token.is_some_and(|token| token.is_multiple_of(UNLUCKY));
        if !is_unlucky && !chance.is_multiple_of(ONE_IN) {
            return None;
        }
        // The last is an answer after all.
        let kinds = if is_unlucky { FAULTS.len() - 1 } else { FAULTS.len() };
        let fault = FAULTS[(chance / ONE_IN) as usize % kinds];
        *self.faults.lock().unwrap().entry(fault).or_default() += 1;
        Some(fault)
    }

    async fn forward(&self, request: &[u8]) -> Option<Vec<u8>> {
        let mut engine = TcpStream::connect(&self.engine).await.ok()?;
        engine.write_all(request).await.ok()?;
        let mut answered = Vec::new();
        engine.read_to_end(&mut answered).await.ok()?;
        Some(answered)
    }
}

struct Request {
    is_for_table: bool,
    /// Made of the token that a transaction keeps in all its attempts.
    token: Option<u64>,
    /// With a wish for the end of the connection.
    bytes: Vec<u8>,
}

async fn read_request(client: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let end = loop {
        if client.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 2;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    while bytes.len() < end + 2 + length {
        if client.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8_lossy(&bytes[end + 2..]).into_owned();
    let token = body.split_once(r#""ClientRequestToken":""#).and_then(|(_, rest)| rest.split_once('"'));
    let token = token.map(|(token, _)| token.bytes().fold(0, |sum, byte| mixed(sum ^ u64::from(byte))));
    bytes.splice(end..end, *b"connection: close\r\n");
    Some(Request { is_for_table: head.contains("\nx-amz-target:"), token, bytes })
}

async fn answer(client: &mut TcpStream, status: u16, body: &str) -> Option<()> {
    let length = body.len();
    let answer =
        format!("HTTP/1.1 {status} -\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}");
    client.write_all(answer.as_bytes()).await.ok()?;
    client.shutdown().await.ok()
}

/// The client sees "connection reset by peer", not an orderly end.
fn reset(client: &TcpStream) -> Option<()> {
    client.set_zero_linger().ok()
}

/// The same for the same number in every run, and like chance (SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
