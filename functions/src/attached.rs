//! The files of one filling-in: what binds them together, and what the confirmation returns about them.
//!
//! ```text
//! batch   key id . random (16) . HMAC (16)          in every page between answers and receipt; the HMAC says
//!                                                   whether the field that people do not see was ever filled in
//! claim   id . field . kind . size . digest         one for each file on the check page
//! ```
//!
//! The batch is signed, so that nobody chooses it, and stays the same while answers are edited and check keys are
//! issued again. The claims are covered by the check key: what is confirmed is what was shown.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use forms::attachments::{Added, FileKind, Listed};
use forms::{RawAnswers, control};
use jiff::Timestamp;
use sealing::{HashKey, HashKeys};
use store::{FileHead, KeyedHash};

const PURPOSE: &str = "batch of files v1";
/// The same for a filling-in that a program betrayed: nobody sees the difference, or can take the mark off.
const PURPOSE_TRAPPED: &str = "batch of files v1, trapped";
const RANDOM_BYTES: usize = 16;
/// 128 bits: nobody guesses a batch.
const TAG_BYTES: usize = 16;
/// How many orders with the same file may begin on one page.
const MOST_ORDERS: usize = 8;
/// More claims than any form has files.
const MOST_CLAIMS: usize = 100;

/// What binds the files of one filling-in together. Everything about them is hashed with the key that made it.
#[derive(Clone)]
pub(crate) struct Batch<'a> {
    /// What pages carry.
    pub token: String,
    /// What the store knows it by.
    pub hash: KeyedHash,
    /// Whether the field that people do not see was filled in on one of its pages.
    pub trapped: bool,
    key: &'a HashKey,
    form: &'a str,
    random: [u8; RANDOM_BYTES],
}

impl<'a> Batch<'a> {
    pub fn issue(hashing: &'a HashKeys, form: &'a str, random: [u8; RANDOM_BYTES]) -> Self {
        Self::of(hashing.current(), form, random, false)
    }

    /// The batch of a token; `None` if we did not issue it for this form.
    pub fn read(hashing: &'a HashKeys, form: &'a str, token: &str) -> Option<Self> {
        let mut parts = token.splitn(3, '.');
        let key = hashing.by_id(parts.next()?)?;
        let random: [u8; RANDOM_BYTES] =
            BASE64URL_NOPAD.decode(parts.next()?.as_bytes()).ok()?.try_into().ok()?;
        let tag = BASE64URL_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
        let is_for =
            |purpose| tag.len() == TAG_BYTES && key.verify(purpose, &[form.as_bytes(), &random], &tag);
        let trapped = is_for(PURPOSE_TRAPPED);
        (trapped || is_for(PURPOSE)).then(|| Self::of(key, form, random, trapped))
    }

    /// The same batch with the same files, marked for good.
    pub fn trapped(self) -> Self {
        Self::of(self.key, self.form, self.random, true)
    }

    fn of(key: &'a HashKey, form: &'a str, random: [u8; RANDOM_BYTES], trapped: bool) -> Self {
        let tag = key.mac(if trapped { PURPOSE_TRAPPED } else { PURPOSE }, &[form.as_bytes(), &random]);
        let encoded = |bytes: &[u8]| BASE64URL_NOPAD.encode(bytes);
        let token = format!("{}.{}.{}", key.id(), encoded(&random), encoded(&tag[..TAG_BYTES]));
        let hash = HEXLOWER.encode(&key.mac("batch in the store v1", &[form.as_bytes(), &random]));
        let hash = KeyedHash { key_id: key.id().to_owned(), hash };
        Self { token, hash, trapped, key, form, random }
    }

    /// The keyed digest of a file's clear content.
    pub fn digest(&self, content: &[u8]) -> String {
        HEXLOWER.encode(&self.key.mac("digest of a file v1", &[self.form.as_bytes(), content]))
    }

    /// The ids that a file may have, the usual one first. The same file for the same question of one filling-in is
    /// the same file, however often it is sent; the other ids are for one that was confirmed already and is added
    /// again to another order from the same page. Nobody who does not know the batch can tell an id.
    pub fn ids(&self, field: &str, digest: &str) -> [String; MOST_ORDERS] {
        std::array::from_fn(|order| {
            let order = [u8::try_from(order).unwrap_or(u8::MAX)];
            let parts = [self.hash.hash.as_bytes(), field.as_bytes(), digest.as_bytes(), &order];
            HEXLOWER.encode(&self.key.mac("id of a file v1", &parts)[..16])
        })
    }

    /// Whether a file that a confirmation names is one of this filling-in.
    pub fn owns(&self, head: &FileHead) -> bool {
        self.ids(&head.field, &head.digest).contains(&head.id)
    }
}

/// A file as pages list it; `None` for a kind that this program does not know.
pub(crate) fn added(head: &FileHead) -> Option<Added<'_>> {
    let kind = FileKind::of(&head.kind)?;
    Some(Added { id: &head.id, listed: Listed { field: &head.field, kind, size_bytes: head.size_bytes } })
}

/// What the check page returns about a file.
pub(crate) fn claim(head: &FileHead) -> String {
    format!("{}.{}.{}.{}.{}", head.id, head.field, head.kind, head.size_bytes, head.digest)
}

/// The files that a confirmation names.
pub(crate) struct Confirmed {
    pub heads: Vec<FileHead>,
    batch: Option<KeyedHash>,
}

impl Confirmed {
    /// Where the store finds them.
    pub fn in_store(&self) -> Option<(KeyedHash, Vec<String>)> {
        let batch = self.batch.clone().filter(|_| !self.heads.is_empty())?;
        Some((batch, self.heads.iter().map(|head| head.id.clone()).collect()))
    }
}

/// What a confirmation says about its files; `None` if it cannot be read, or names one of another filling-in.
pub(crate) fn confirmed(hashing: &HashKeys, form: &str, raw: &RawAnswers) -> Option<Confirmed> {
    let heads = claimed(raw)?;
    let batch = raw.get(control::BATCH).and_then(|token| Batch::read(hashing, form, token));
    let all_ours = heads.iter().all(|head| batch.as_ref().is_some_and(|batch| batch.owns(head)));
    all_ours.then(|| Confirmed { heads, batch: batch.map(|batch| batch.hash) })
}

fn claimed(raw: &RawAnswers) -> Option<Vec<FileHead>> {
    let heads: Vec<_> =
        raw.all(control::ATTACHED).take(MOST_CLAIMS + 1).map(read_claim).collect::<Option<_>>()?;
    (heads.len() <= MOST_CLAIMS).then_some(heads)
}

fn read_claim(text: &str) -> Option<FileHead> {
    let parts: Vec<&str> = text.split('.').collect();
    let [id, field, kind, size, digest] = parts[..] else { return None };
    let is_hexadecimal = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let sound = is_hexadecimal(id, 32) && is_hexadecimal(digest, 64) && FileKind::of(kind).is_some();
    Some(FileHead {
        id: sound.then(|| id.to_owned())?,
        field: field.to_owned(),
        kind: kind.to_owned(),
        size_bytes: size.parse().ok()?,
        digest: digest.to_owned(),
        // Not part of what is confirmed.
        staged_at: Timestamp::UNIX_EPOCH,
    })
}

/// The canonical answers with the files: equal answers with other files are other answers. Without files nothing
/// is added, so that forms without attachments hash as before.
pub(crate) fn covered(mut canonical: Vec<u8>, files: &[FileHead]) -> Vec<u8> {
    // Ids differ from one filling-in to the next; the same files in another order are the same.
    let mut lines: Vec<String> = files
        .iter()
        .map(|head| format!("{}\n{}\n{}\n{}\n", head.field, head.kind, head.size_bytes, head.digest))
        .collect();
    lines.sort_unstable();
    if !lines.is_empty() {
        canonical.extend_from_slice(b"\0files\0");
        canonical.extend(lines.concat().into_bytes());
    }
    canonical
}

#[cfg(test)]
mod tests {
    use sealing::HashKey;

    use super::*;

    fn ring(current: u8, older: &[u8]) -> HashKeys {
        let older = older.iter().map(|byte| HashKey::new([*byte; 32])).collect();
        HashKeys::new(HashKey::new([current; 32]), older)
    }

    fn head(field: &str, digest: char) -> FileHead {
        FileHead {
            id: "0123456789abcdef".repeat(2),
            field: field.to_owned(),
            kind: "jpeg".to_owned(),
            size_bytes: 1234,
            digest: digest.to_string().repeat(64),
            staged_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_batch_is_read_back_also_after_a_rotation_of_keys() {
        let before = ring(1, &[]);
        let batch = Batch::issue(&before, "upis", [9; 16]);
        let digest = batch.digest(b"content");
        let [_, id, ..] = batch.ids("dokument", &digest);
        let file = FileHead { id, digest, ..head("dokument", 'a') };
        for keys in [&before, &ring(2, &[1])] {
            let read = Batch::read(keys, "upis", &batch.token).unwrap();
            assert_eq!(read.hash, batch.hash);
            assert!(read.owns(&file));
            assert!(!read.owns(&FileHead { field: "punomoc".to_owned(), ..file.clone() }));
        }
        assert!(Batch::read(&ring(2, &[]), "upis", &batch.token).is_none());
        assert!(!Batch::issue(&before, "upis", [8; 16]).owns(&file), "of another filling-in");
    }

    #[test]
    fn a_mark_stays_with_the_batch_and_its_files() {
        let keys = ring(1, &[]);
        let plain = Batch::issue(&keys, "upis", [9; 16]);
        let marked = plain.clone().trapped();
        assert_eq!(marked.token.len(), plain.token.len(), "nobody sees the difference");
        let read = |token: &str| Batch::read(&keys, "upis", token).unwrap();
        assert_eq!((read(&plain.token).trapped, read(&marked.token).trapped), (false, true));
        assert_eq!(read(&marked.token).hash, plain.hash, "the files that were there are still there");
        assert_eq!(read(&marked.token).trapped().token, marked.token);
    }

    #[test]
    fn a_batch_that_was_not_issued_is_none() {
        let keys = ring(1, &[]);
        let token = Batch::issue(&keys, "upis", [9; 16]).token;
        assert!(Batch::read(&keys, "drugi", &token).is_none());
        for place in 0..token.len() {
            let mut wrong = token.clone().into_bytes();
            wrong[place] = if wrong[place] == b'A' { b'B' } else { b'A' };
            let wrong = String::from_utf8(wrong).unwrap();
            assert!(Batch::read(&keys, "upis", &wrong).is_none(), "{place}");
        }
        for wrong in ["", ".", "..", "a.b.c", &token[1..]] {
            assert!(Batch::read(&keys, "upis", wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn claims_are_read_back_and_nothing_else_is() {
        let file = head("dokument", 'a');
        let claims = |texts: &[&str]| {
            let pairs = texts.iter().map(|text| (control::ATTACHED.to_owned(), (*text).to_owned()));
            claimed(&RawAnswers::from_pairs(pairs))
        };
        let text = claim(&file);
        assert_eq!(claims(&[&text, &text]), Some(vec![file.clone(), file]));
        assert_eq!(claims(&[]), Some(Vec::new()));
        for wrong in [
            "",
            "a.b.c.d.e",
            &text[1..],
            &format!("{text}0"),
            &text.replace("jpeg", "exe"),
            &text.replace("1234", "-1"),
        ] {
            assert_eq!(claims(&[&text, wrong]), None, "{wrong}");
        }
        let many: Vec<&str> = vec![&text; MOST_CLAIMS + 1];
        assert_eq!(claims(&many), None);
    }

    #[test]
    fn other_files_are_other_answers_and_another_order_is_not() {
        let (first, second) = (head("dokument", 'a'), head("dokument", 'b'));
        let one = covered(b"answers".to_vec(), std::slice::from_ref(&first));
        assert_ne!(one, covered(b"answers".to_vec(), std::slice::from_ref(&second)));
        assert_ne!(one, covered(b"answers".to_vec(), &[]));
        let both = covered(b"answers".to_vec(), &[first.clone(), second.clone()]);
        assert_eq!(both, covered(b"answers".to_vec(), &[second, first]));
        assert_eq!(covered(b"answers".to_vec(), &[]), b"answers");
    }
}
