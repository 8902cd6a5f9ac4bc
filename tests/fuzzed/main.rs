//! The fuzz targets over the committed corpus, and over what comes of it by changes that are always the same.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "helpers of tests; counts are shown"
)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};

use tests::fuzz::TARGETS;
use tests::site::repository;

/// Of every file of the corpus.
const CHANGED: u32 = 400;
/// What parsers stumble over.
const PIECES: [&[u8]; 16] = [
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"%",
    b"%00",
    b"&&",
    b"=",
    b"[]",
    b"0",
    b"-1",
    b"99999999999999999999",
    b"\r\n\r\n",
    b"\xe2\x80\xae",
    b"<canary>",
    b"\"><canary a='",
    b"{{",
];

/// Numbers that are always the same (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (limit.max(1) as u64)).unwrap()
    }
}

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = repository().join("tests/fuzz/corpus").join(target);
    let mut files: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{target} has no corpus");
    files
}

fn changed(bytes: &[u8], others: &[(String, Vec<u8>)], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(3) {
        let (from, length) = (numbers.below(bytes.len() + 1), numbers.below(12));
        let to = (from + length).min(bytes.len());
        match numbers.below(6) {
            0 if from < bytes.len() => bytes[from] ^= 1 << numbers.below(8),
            1 => drop(bytes.drain(from..to)),
            2 => drop(bytes.splice(from..from, PIECES[numbers.below(PIECES.len())].iter().copied())),
            3 => drop(bytes.splice(to..to, bytes[from..to].to_vec())),
            4 => bytes.truncate(from),
            _ => {
                let other = &others[numbers.below(others.len())].1;
                bytes.truncate(from);
                bytes.extend_from_slice(&other[numbers.below(other.len() + 1)..]);
            }
        }
    }
    bytes
}

#[test]
fn no_bytes_break_a_promise() {
    for (name, target) in TARGETS {
        let files = corpus(name);
        let mut numbers = Numbers(0x5eed_0000 + name.len() as u64);
        let mut runs = 0;
        for (file, bytes) in &files {
            let all = (0..CHANGED).map(|_| changed(bytes, &files, &mut numbers));
            for input in std::iter::once(bytes.clone()).chain(all) {
                let ended = catch_unwind(AssertUnwindSafe(|| target(&input)));
                assert!(ended.is_ok(), "{name}, from {file}: {:?}", input.escape_ascii().to_string());
                runs += 1;
            }
        }
        println!("{name}: {runs} inputs from {} files", files.len());
    }
}

#[test]
fn the_corpus_reaches_what_is_accepted() {
    let keys = tests::fuzz::keys();
    let token =
        |name: &str| fs::read_to_string(repository().join("tests/fuzz/corpus/token").join(name)).unwrap();
    let now = jiff::Timestamp::constant(1_795_700_000, 0);
    assert!(functions::fuzzing::check_key_confirms(&keys, b"answers", &token("check-key"), now));
    assert!(functions::fuzzing::receipt_reference(&keys, &token("receipt")).is_some());
    assert!(functions::link::read(&keys, &token("link"), now).is_ok());
    let receipt = fs::read_to_string(repository().join("tests/fuzz/corpus/receipt/signed")).unwrap();
    let receipt = functions::SignedReceipt::parse(&receipt).unwrap();
    assert_eq!(receipt.verify(&[sealing::ReceiptKey::new([7; 32]).public()]), Ok(()));
    let read = |name: &str| fs::read(repository().join("tests/fuzz/corpus").join(name)).unwrap();
    let text = |name: &str| String::from_utf8(read(name)).unwrap();
    assert!(forms::Form::from_yaml("proba", &text("definition/small"), &["hr"]).is_ok());
    assert!(forms::jmb::Jmb::parse(&text("jmb/good")).is_ok());
    assert!(functions::fuzzing::form_body(&read("form/certificate")).is_some());
    let (kind, body) =
        text("multipart/file").split_once('\n').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    assert!(
        functions::fuzzing::multipart_bytes(&kind, body.as_bytes(), true).is_some_and(|bytes| bytes > 10)
    );
    assert!(attachments::clean(&read("attachment/png"), &attachments::Limits::default()).is_ok());
    for (name, _) in TARGETS {
        let fuzzed = repository().join(format!("tests/fuzz/fuzz_targets/{name}.rs"));
        assert!(fuzzed.is_file(), "{name} is given to libFuzzer as well");
    }
}

/// Signs the tokens of the corpus anew: `ZAVICAJ_SIGN_CORPUS=1 cargo test -p tests --test fuzzed`, after a change of
/// what a token is.
#[test]
fn tokens_of_the_corpus_can_be_signed_anew() {
    let (keys, now) = (tests::fuzz::keys(), jiff::Timestamp::constant(1_795_700_000, 0));
    let reference = store::Reference::from_random([1, 2, 3, 4, 5, 6, 7]);
    let expires = now + jiff::SignedDuration::from_hours(24);
    let link = functions::link::issue(&keys, functions::LinkAction::Proof, &reference, expires, [5; 16]);
    let check_key = functions::fuzzing::check_key(&keys, b"answers", now, [5; 16]);
    let path = functions::fuzzing::receipt_path(&keys, &reference);
    let receipt = functions::Receipt {
        site: "https://www.grad.example".to_owned(),
        form: "upis".to_owned(),
        reference,
        received_at: now,
        sealed_sha256: [9; 32],
    };
    let receipt = receipt.sign(&sealing::ReceiptKey::new([7; 32]));
    let tokens = [
        ("token/link", link),
        ("token/check-key", check_key),
        ("token/receipt", path.rsplit('/').next().unwrap().to_owned()),
        ("receipt/signed", receipt.to_text()),
        ("receipt/compact", receipt.to_compact()),
    ];
    for (name, token) in tokens {
        let path = repository().join("tests/fuzz/corpus").join(name);
        if std::env::var_os("ZAVICAJ_SIGN_CORPUS").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &token).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), token, "{name} is what this version signs");
    }
}
