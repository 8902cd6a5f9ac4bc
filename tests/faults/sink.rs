//! A mail server of the same machine: it takes every letter and remembers whom it is for.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A port that nobody listens on.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// The server; it ends with the test.
pub struct Sink {
    taken: Arc<Mutex<Vec<String>>>,
}

impl Sink {
    /// Listens from now on.
    pub fn start(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).unwrap();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let books = Arc::clone(&taken);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let books = Arc::clone(&books);
                // A client that hangs up has said what it wanted to say.
                std::thread::spawn(move || talk(stream, &books));
            }
        });
        Self { taken }
    }

    /// Whom the letters are for, in the order in which they came.
    pub fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn talk(stream: TcpStream, books: &Mutex<Vec<String>>) -> Option<()> {
    let mut words = BufReader::new(stream.try_clone().ok()?);
    let say = |line: &str| write!(&stream, "{line}\r\n").ok();
    say("220 sink.example ready")?;
    let mut to = Vec::new();
    loop {
        let mut line = String::new();
        if words.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let verb = line.split([' ', ':', '\r']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "RCPT" => to.extend(line.split(['<', '>']).nth(1).map(str::to_owned)),
            "DATA" => {
                say("354 go on")?;
                loop {
                    let mut line = String::new();
                    if words.read_line(&mut line).ok()? == 0 {
                        return None;
                    }
                    if line == ".\r\n" {
                        break;
                    }
                }
                books.lock().unwrap().append(&mut to);
            }
            "QUIT" => return say("221 bye"),
            _ => {}
        }
        say("250 2.0.0 ok")?;
    }
}
