//! What arrived: submissions in the database, opened with the desk's key, and letters in the folder.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};
use sealing::{HashKeys, Identity, Keys};
use serde_json::Value;
use store::{Head, MessageState, Outbox as _, Queue as _, QueueFilter, Record, Records as _, Reference};
use store_sqlite::SqliteStore;

use crate::eventually;

/// The registrar's look into the folders of a server.
pub struct Office {
    data: PathBuf,
    keys: PathBuf,
}

/// One stored submission.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// As it is stored, without a hyphen.
    pub reference: String,
    /// The form's id.
    pub form: String,
    /// What was sealed: answers, fingerprint, language, reference, warnings.
    pub sealed: Value,
    /// What is readable without a key.
    pub facets: Value,
}

impl Office {
    /// Over `data/` and `keys/` in `place`.
    pub fn at(place: &Path) -> Self {
        Self { data: place.join("data"), keys: place.join("keys") }
    }

    /// Over folders with other names.
    pub fn over(data: &Path, keys: &Path) -> Self {
        Self { data: data.to_owned(), keys: keys.to_owned() }
    }

    /// The store, as another program beside the server opens it.
    pub fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.data, self.audit_keys()).unwrap()
    }

    /// The keys that sign the audit chains.
    pub fn audit_keys(&self) -> HashKeys {
        Keys::open_or_create(&self.keys).unwrap().hashing.derive("audit")
    }

    /// The heads of all submissions in the order of their arrival.
    pub fn heads(&self) -> Vec<Head> {
        let store = self.store();
        let mut heads = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = wait_for(store.list(&QueueFilter::default(), after.as_deref(), 500)).unwrap();
            heads.extend(page.heads);
            after = page.next;
            if after.is_none() {
                return heads;
            }
        }
    }

    /// The whole record of a reference.
    pub fn record(&self, reference: &Reference) -> Record {
        wait_for(self.store().read(reference)).unwrap().expect("a record")
    }

    /// Opens sealed bytes as the registrar does.
    pub fn open(&self, sealed: &[u8]) -> Value {
        let desk: Identity =
            fs::read_to_string(self.keys.join("desk/identity.age")).unwrap().parse().unwrap();
        serde_json::from_slice(&desk.unseal(sealed).unwrap()).unwrap()
    }

    /// All submissions in the order of their arrival.
    pub fn submissions(&self) -> Vec<Submission> {
        let store = self.store();
        let payload =
            |reference: &Reference| wait_for(store.read(reference)).unwrap().expect("a record").payload;
        let submission = |head: Head| Submission {
            sealed: self.open(&payload(&head.reference)),
            reference: head.reference.compact().to_owned(),
            form: head.form,
            facets: serde_json::to_value(head.facets).unwrap(),
        };
        self.heads().into_iter().map(submission).collect()
    }

    /// How many submissions there are.
    pub fn count(&self) -> usize {
        self.heads().len()
    }

    /// Whether SQLite finds its file in order.
    pub fn is_sound(&self) -> bool {
        let file = self.data.join("submissions.sqlite3");
        let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let verdict: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        verdict == "ok"
    }

    /// Five minutes pass: a letter that a killed server had claimed is due again when its lease ends.
    pub fn let_leases_end(&self) {
        let store = self.store();
        for head in self.heads() {
            for message in wait_for(store.read(&head.reference)).unwrap().expect("a record").messages {
                if matches!(message.state, MessageState::Waiting { .. }) {
                    wait_for(store.postponed(&message.id, jiff::Timestamp::UNIX_EPOCH)).unwrap();
                }
            }
        }
    }

    /// The letters as they lie in the folder, encoded.
    pub fn letters(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.data.join("mail")) else { return Vec::new() };
        let mut letters: Vec<_> = entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "eml"))
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        letters.sort();
        letters
    }

    /// How many letters there are, without a look into them.
    pub fn letter_count(&self) -> usize {
        let Ok(entries) = fs::read_dir(self.data.join("mail")) else { return 0 };
        let is_letter =
            |name: &std::ffi::OsString| Path::new(name).extension().is_some_and(|kind| kind == "eml");
        entries.map(|entry| entry.unwrap().file_name()).filter(is_letter).count()
    }

    /// The confirmations of receipt among the letters: one for each submission, whatever else is written.
    pub fn receipts(&self) -> Vec<String> {
        let leads_to_receipt = |letter: &String| letter.replace("=\r\n", "").contains("/usluge/potvrda/");
        self.letters().into_iter().filter(leads_to_receipt).collect()
    }

    /// Waits until so many confirmations of receipt lie there, and fails if there are more.
    pub fn wait_for_letters(&self, count: usize) -> Vec<String> {
        eventually(40, &format!("{count} letters"), || (self.receipts().len() >= count).then_some(()));
        let letters = self.receipts();
        assert_eq!(letters.len(), count, "more letters than expected");
        letters
    }
}

/// Waits for a store's answer.
pub fn wait_for<F: Future>(work: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A letter as a mail program shows it: headers with their words decoded, then the text.
pub fn shown(letter: &str) -> String {
    let (head, body) = letter.split_once("\r\n\r\n").expect("head and body");
    let head = head.replace("\r\n ", " ");
    let boundary =
        head.split_once("boundary=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(own, _)| own);
    let boundary = boundary.expect("text and HTML");
    let parts: Vec<_> = body.split(&format!("--{boundary}")).collect();
    let [_, text, html, "--\r\n"] = parts[..] else { panic!("two parts: {letter}") };
    assert!(html.contains("Content-Type: text/html; charset=utf-8\r\n"), "{html}");
    let (part, text) = text.split_once("\r\n\r\n").expect("head and text");
    assert!(part.contains("Content-Type: text/plain; charset=utf-8\r\n"), "{part}");
    assert!(part.contains("Content-Transfer-Encoding: quoted-printable"), "{part}");
    let head: Vec<_> = head.split("\r\n").map(words).collect();
    let head = head.join("\n").replace(boundary, "…");
    let text = quoted_printable(&text.replace("=\r\n", ""));
    format!("{head}\n\n{}", text.replace("\r\n", "\n"))
}

/// Words in headers (RFC 2047), as they are written here: UTF-8 in base64.
fn words(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line.replace("?= =?utf-8?b?", "?==?utf-8?b?");
    while let Some((before, after)) = rest.split_once("=?utf-8?b?") {
        let (word, behind) = after.split_once("?=").expect("an end of the word");
        out.push_str(before);
        let bytes = data_encoding::BASE64.decode(word.as_bytes()).unwrap();
        out.push_str(&String::from_utf8(bytes).unwrap());
        rest = behind.to_owned();
    }
    out + &rest
}

fn quoted_printable(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'=' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                out.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            }
            other => out.push(other),
        }
    }
    String::from_utf8(out).unwrap()
}
