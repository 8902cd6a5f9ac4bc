//! The line between the program and the engine, which a test can cut.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const WHOLE: u8 = 0;
const CUT: u8 = 1;
const LOSES_ANSWERS: u8 = 2;

/// What goes to `endpoint` reaches the engine, as long as the line is whole.
pub struct Line {
    pub endpoint: String,
    state: Arc<AtomicU8>,
}

impl Line {
    pub fn to(engine: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let engine = engine.trim_start_matches("http://").to_owned();
        let state = Arc::new(AtomicU8::new(WHOLE));
        let held = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if held.load(Ordering::SeqCst) == CUT {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&engine) else { continue };
                let held = Arc::clone(&held);
                std::thread::spawn(move || carry(&client, &server, &held));
            }
        });
        Self { endpoint, state }
    }

    pub fn mend(&self) {
        self.state.store(WHOLE, Ordering::SeqCst);
    }

    /// Nothing goes through.
    pub fn cut(&self) {
        self.state.store(CUT, Ordering::SeqCst);
    }

    /// Transactions reach the engine, which does them; the program never hears of it.
    pub fn lose_answers(&self) {
        self.state.store(LOSES_ANSWERS, Ordering::SeqCst);
    }
}

/// Requests and their answers, one after the other, until somebody hangs up or the line is cut.
fn carry(client: &TcpStream, server: &TcpStream, state: &AtomicU8) {
    let (mut from_client, mut to_server) = (client, server.try_clone().unwrap());
    let lost = AtomicU8::new(WHOLE);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut from_server, mut to_client) = (server, client);
            let mut buffer = [0; 65536];
            while let Ok(length @ 1..) = from_server.read(&mut buffer) {
                if lost.load(Ordering::SeqCst) == LOSES_ANSWERS
                    || to_client.write_all(&buffer[..length]).is_err()
                {
                    break;
                }
            }
            let _ = client.shutdown(Shutdown::Both);
        });
        let mut buffer = [0; 65536];
        while let Ok(length @ 1..) = from_client.read(&mut buffer) {
            let now = state.load(Ordering::SeqCst);
            let is_transaction = String::from_utf8_lossy(&buffer[..length]).contains("TransactWriteItems");
            if now == LOSES_ANSWERS && is_transaction {
                lost.store(LOSES_ANSWERS, Ordering::SeqCst);
            }
            if now == CUT || to_server.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = client.shutdown(Shutdown::Both);
        let _ = server.shutdown(Shutdown::Both);
    });
}
