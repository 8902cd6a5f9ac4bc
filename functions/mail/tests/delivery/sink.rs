//! A mail server for tests: it speaks SMTP on loopback, does as it is told, and keeps what it took.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What protects the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Nothing.
    Clear,
    /// TLS once the client asks for it.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// What the server does in one connection, instead of taking the letter.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// Answers this word of the client with this line.
    Says(&'static str, &'static str),
    /// Hangs up when it hears this word.
    HangsUp(&'static str),
    /// Takes the letter, then hangs up without saying so.
    TakesAndHangsUp,
    /// Says nothing more from this word on.
    Sleeps(&'static str),
    /// Takes the letter, and says so after this time.
    TakesItsTime(Duration),
}

/// A letter as it was handed over.
#[derive(Debug, Clone)]
pub struct Taken {
    /// The line of the client.
    pub from: String,
    /// The lines of the client.
    pub to: Vec<String>,
    /// Head and body.
    pub data: String,
    /// Whether it came over TLS.
    pub encrypted: bool,
    /// What the client said of its account.
    pub account: Option<String>,
}

#[derive(Default)]
struct Books {
    taken: Vec<Taken>,
    connections: usize,
    troubles: VecDeque<Trouble>,
}

/// The server; it goes with the value.
pub struct Sink {
    /// Where it listens.
    pub address: SocketAddr,
    /// The certificate in PEM.
    pub certificate: String,
    books: Arc<Mutex<Books>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Sink {
    /// A server whose certificate bears `name`.
    pub fn start(mode: Mode, name: &str) -> Self {
        let issued = rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(issued.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![issued.cert.der().clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (books, stopped) = (Arc::new(Mutex::new(Books::default())), Arc::new(AtomicBool::new(false)));
        let (own_books, own_stopped) = (Arc::clone(&books), Arc::clone(&stopped));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if own_stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (config, books, stopped) =
                    (Arc::clone(&config), Arc::clone(&own_books), Arc::clone(&own_stopped));
                std::thread::spawn(move || serve(stream.unwrap(), mode, config, &books, &stopped));
            }
        });
        Self { address, certificate: issued.cert.pem(), books, stopped, thread: Some(thread) }
    }

    /// What goes wrong in the next connections, one after the other.
    pub fn expect(&self, troubles: impl IntoIterator<Item = Trouble>) {
        self.books.lock().unwrap().troubles.extend(troubles);
    }

    /// The letters so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.books.lock().unwrap().taken.clone()
    }

    /// How often somebody connected.
    pub fn connections(&self) -> usize {
        self.books.lock().unwrap().connections
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        self.thread.take().unwrap().join().unwrap();
    }
}

trait Line: Read + Write + Send {}
impl<T: Read + Write + Send> Line for T {}

fn serve(
    stream: TcpStream,
    mode: Mode,
    config: Arc<ServerConfig>,
    books: &Mutex<Books>,
    stopped: &AtomicBool,
) {
    stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
    let trouble = {
        let mut books = books.lock().unwrap();
        books.connections += 1;
        books.troubles.pop_front()
    };
    let encrypt = |stream: TcpStream| {
        Box::new(StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream))
    };
    let plain = stream.try_clone().unwrap();
    let mut line: BufReader<Box<dyn Line>> = match mode {
        Mode::Tls => BufReader::new(encrypt(stream)),
        Mode::Clear | Mode::StartTls => BufReader::new(Box::new(stream)),
    };
    let mut encrypted = mode == Mode::Tls;
    let mut letter = Taken { from: String::new(), to: vec![], data: String::new(), encrypted, account: None };
    // A client that does not like the certificate is gone by now, or soon.
    if say(&mut line, "220 sink.example ready").is_none() {
        return;
    }
    loop {
        let Some(heard) = hear(&mut line) else { return };
        let word = heard.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match &trouble {
            Some(Trouble::Says(at, reply)) if *at == word => {
                if say(&mut line, reply).is_none() {
                    return;
                }
                continue;
            }
            Some(Trouble::HangsUp(at)) if *at == word => return,
            Some(Trouble::Sleeps(at)) if *at == word => {
                while !stopped.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(20));
                }
                return;
            }
            _ => {}
        }
        let done = match word.as_str() {
            "EHLO" => {
                let offers =
                    if mode == Mode::StartTls && !encrypted { "250 STARTTLS" } else { "250 AUTH PLAIN" };
                say(&mut line, &format!("250-sink.example\r\n250-8BITMIME\r\n{offers}"))
            }
            "STARTTLS" => {
                if say(&mut line, "220 go on").is_none() {
                    return;
                }
                encrypted = true;
                letter.encrypted = true;
                line = BufReader::new(encrypt(plain.try_clone().unwrap()));
                Some(())
            }
            "AUTH" => {
                letter.account = heard.rsplit(' ').next().map(str::to_owned);
                say(&mut line, "235 2.7.0 welcome")
            }
            "MAIL" => {
                letter.from = heard.clone();
                say(&mut line, "250 2.1.0 ok")
            }
            "RCPT" => {
                letter.to.push(heard.clone());
                say(&mut line, "250 2.1.5 ok")
            }
            "DATA" => {
                if say(&mut line, "354 go on").is_none() {
                    return;
                }
                loop {
                    let Some(more) = hear(&mut line) else { return };
                    if more == "." {
                        break;
                    }
                    letter.data.push_str(more.strip_prefix('.').unwrap_or(&more));
                    letter.data.push_str("\r\n");
                }
                if let Some(Trouble::Says("CONTENT", reply)) = &trouble {
                    say(&mut line, reply)
                } else {
                    books.lock().unwrap().taken.push(letter.clone());
                    if matches!(trouble, Some(Trouble::TakesAndHangsUp)) {
                        return;
                    }
                    if let Some(Trouble::TakesItsTime(time)) = trouble {
                        std::thread::sleep(time);
                    }
                    say(&mut line, "250 2.0.0 taken")
                }
            }
            "QUIT" => {
                let _ = say(&mut line, "221 bye");
                return;
            }
            _ => say(&mut line, "500 5.5.1 what?"),
        };
        if done.is_none() {
            return;
        }
    }
}

fn say(line: &mut BufReader<Box<dyn Line>>, words: &str) -> Option<()> {
    let stream = line.get_mut();
    stream.write_all(format!("{words}\r\n").as_bytes()).ok()?;
    stream.flush().ok()
}

fn hear(line: &mut BufReader<Box<dyn Line>>) -> Option<String> {
    let mut heard = String::new();
    match line.read_line(&mut heard) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(heard.trim_end_matches(['\r', '\n']).to_owned()),
    }
}
