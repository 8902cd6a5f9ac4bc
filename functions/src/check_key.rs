//! The key of a check page: what was shown, signed, for two hours.
//!
//! ```text
//! version (1) │ id of the hash key (4) │ issued, seconds (8) │ random (16) │ work (1) │ trap (1) │ hash of the answers (32) │ HMAC (32)
//! ```
//!
//! All of it in base64url. The HMAC also covers form and fingerprint, so a key opens no other form and no other
//! version of this one. Everything about a key is hashed with the hash key that it names: a key that was issued
//! before a rotation confirms after it, and is the same key to the store.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::Timestamp;
use sealing::{HashKey, HashKeys};
use store::KeyedHash;

const VERSION: u8 = 3;
const SIGNED_BYTES: usize = 1 + 4 + 8 + 16 + 2 + 32;
const TAG_BYTES: usize = 32;
const LIFE_SECONDS: i64 = 2 * 3600;
/// Clocks of two machines may differ by this much.
const EARLY_SECONDS: i64 = 300;

/// What a key was signed for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject<'a> {
    pub form: &'a str,
    pub fingerprint: &'a str,
    /// The canonical bytes of the answers.
    pub answers: &'a [u8],
}

/// What was noticed when the key was issued, and so holds when it is confirmed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// How hard the browser was asked to work; 0 where it was not.
    pub work_bits: u8,
    /// Whether the field that people do not see was filled in.
    pub trapped: bool,
}

/// What a good key tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verified {
    /// Under which the store keeps it: confirmed at most once.
    pub key: KeyedHash,
    /// The answers that it was issued for, hashed with the same hash key.
    pub answers: KeyedHash,
    /// What was noticed when it was issued.
    pub marks: Marks,
    /// How long ago it was issued, in seconds; a little below zero where clocks differ.
    pub age_seconds: i64,
    /// Known to whoever has the page with the key, and not to the store.
    pub random: [u8; 16],
    /// The same answers hashed with the other hash keys: how they were kept before or after a rotation.
    pub answers_by_other_keys: Vec<KeyedHash>,
}

/// Why a key does not confirm these answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No key of this form, or forged.
    Unreadable,
    /// Older than two hours.
    Expired,
    /// Signed for other answers.
    OtherAnswers,
}

/// The keyed hash of canonical answers: equal answers of a form have equal hashes.
fn answers_hash(hashing: &HashKey, form: &str, canonical: &[u8]) -> [u8; 32] {
    hashing.mac("canonical answers v1", &[form.as_bytes(), canonical])
}

/// A fresh key.
pub(crate) fn issue(
    hashing: &HashKeys,
    subject: Subject<'_>,
    marks: Marks,
    now: Timestamp,
    random: [u8; 16],
) -> String {
    let hashing = hashing.current();
    let mut key = Vec::with_capacity(SIGNED_BYTES + TAG_BYTES);
    key.push(VERSION);
    key.extend_from_slice(&hashing.id_bytes());
    key.extend_from_slice(&now.as_second().to_be_bytes());
    key.extend_from_slice(&random);
    key.extend_from_slice(&[marks.work_bits, u8::from(marks.trapped)]);
    key.extend_from_slice(&answers_hash(hashing, subject.form, subject.answers));
    let tag = hashing.mac(PURPOSE, &[subject.form.as_bytes(), subject.fingerprint.as_bytes(), &key]);
    key.extend_from_slice(&tag);
    BASE64URL_NOPAD.encode(&key)
}

/// Whether a key confirms these answers now.
pub(crate) fn verify(
    hashing: &HashKeys,
    subject: Subject<'_>,
    key: &str,
    now: Timestamp,
) -> Result<Verified, Refusal> {
    let Read { key: hashing_key, issued, random, marks, answers } =
        read(hashing, subject.form, subject.fingerprint, key).ok_or(Refusal::Unreadable)?;
    let age = now.as_second().saturating_sub(issued);
    if !(-EARLY_SECONDS..LIFE_SECONDS).contains(&age) {
        return Err(Refusal::Expired);
    }
    if answers != answers_hash(hashing_key, subject.form, subject.answers) {
        return Err(Refusal::OtherAnswers);
    }
    let keyed =
        |by: &HashKey, hash: &[u8]| KeyedHash { key_id: by.id().to_owned(), hash: HEXLOWER.encode(hash) };
    let others = hashing.all().filter(|other| other.id() != hashing_key.id());
    Ok(Verified {
        key: keyed(
            hashing_key,
            &hashing_key.mac("confirmed check key v1", &[subject.form.as_bytes(), &random]),
        ),
        answers: keyed(hashing_key, &answers),
        marks,
        age_seconds: age,
        random,
        answers_by_other_keys: others
            .map(|other| keyed(other, &answers_hash(other, subject.form, subject.answers)))
            .collect(),
    })
}

/// Whether a key of ours, however old and whatever answers it was for, bears the mark of the field that people do
/// not see: the key that takes its place bears it, too.
pub(crate) fn is_trapped(hashing: &HashKeys, form: &str, fingerprint: &str, key: &str) -> bool {
    read(hashing, form, fingerprint, key).is_some_and(|read| read.marks.trapped)
}

/// What stands in a key that we issued.
struct Read<'a> {
    key: &'a HashKey,
    issued: i64,
    random: [u8; 16],
    marks: Marks,
    answers: [u8; 32],
}

fn read<'a>(hashing: &'a HashKeys, form: &str, fingerprint: &str, key: &str) -> Option<Read<'a>> {
    let bytes = BASE64URL_NOPAD.decode(key.as_bytes()).ok()?;
    let (signed, tag) = bytes.split_at_checked(SIGNED_BYTES)?;
    let (&version, rest) = signed.split_first()?;
    let (id, rest) = rest.split_first_chunk::<4>()?;
    let key = hashing.by_id(&HEXLOWER.encode(id))?;
    let parts = [form.as_bytes(), fingerprint.as_bytes(), signed];
    if version != VERSION || tag.len() != TAG_BYTES || !key.verify(PURPOSE, &parts, tag) {
        return None;
    }
    let (issued, rest) = rest.split_first_chunk::<8>()?;
    let (random, rest) = rest.split_first_chunk::<16>()?;
    let (&[work_bits, trap], answers) = rest.split_first_chunk::<2>()?;
    let marks = Marks { work_bits, trapped: trap != 0 };
    let answers = answers.try_into().ok()?;
    Some(Read { key, issued: i64::from_be_bytes(*issued), random: *random, marks, answers })
}

const PURPOSE: &str = "check key v3";

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(current: u8, older: &[u8]) -> HashKeys {
        let older = older.iter().map(|byte| HashKey::new([*byte; 32])).collect();
        HashKeys::new(HashKey::new([current; 32]), older)
    }

    fn hashing() -> HashKeys {
        ring(7, &[])
    }

    fn subject(answers: &[u8]) -> Subject<'_> {
        Subject { form: "upis", fingerprint: "0123456789abcdef", answers }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn a_key_confirms_its_answers_for_two_hours() {
        let key = issue(&hashing(), subject(b"a"), Marks::default(), at(0), [1; 16]);
        let verified = |now| verify(&hashing(), subject(b"a"), &key, at(now));
        let verdict = verified(0).unwrap();
        assert_eq!(verified(7199), Ok(Verified { age_seconds: 7199, ..verdict }));
        assert_eq!(verified(7200), Err(Refusal::Expired));
        assert!(verified(-300).is_ok(), "the other machine's clock may be a little ahead");
        assert_eq!(verified(-301), Err(Refusal::Expired));
    }

    #[test]
    fn a_key_remembers_what_was_noticed_when_it_was_issued() {
        let marks = Marks { work_bits: 17, trapped: true };
        let key = issue(&hashing(), subject(b"a"), marks, at(0), [1; 16]);
        let verified = verify(&hashing(), subject(b"a"), &key, at(9)).unwrap();
        assert_eq!((verified.marks, verified.age_seconds, verified.random), (marks, 9, [1; 16]));
    }

    #[test]
    fn a_mark_is_read_from_every_key_of_ours_and_from_no_other() {
        let subject = subject(b"a");
        let marked = |trapped| issue(&hashing(), subject, Marks { work_bits: 0, trapped }, at(0), [1; 16]);
        let is_trapped = |keys: &HashKeys, form, key: &str| is_trapped(keys, form, subject.fingerprint, key);
        assert!(is_trapped(&hashing(), subject.form, &marked(true)));
        assert!(!is_trapped(&hashing(), subject.form, &marked(false)));
        assert!(!is_trapped(&ring(8, &[]), subject.form, &marked(true)));
        assert!(!is_trapped(&hashing(), "drugi", &marked(true)));
    }

    #[test]
    fn a_key_confirms_nothing_else() {
        let key = issue(&hashing(), subject(b"a"), Marks::default(), at(0), [1; 16]);
        assert_eq!(verify(&hashing(), subject(b"b"), &key, at(0)), Err(Refusal::OtherAnswers));
        let other_form = Subject { form: "drugi", ..subject(b"a") };
        assert_eq!(verify(&hashing(), other_form, &key, at(0)), Err(Refusal::Unreadable));
        let changed_form = Subject { fingerprint: "fedcba9876543210", ..subject(b"a") };
        assert_eq!(verify(&hashing(), changed_form, &key, at(0)), Err(Refusal::Unreadable));
        assert_eq!(verify(&ring(8, &[]), subject(b"a"), &key, at(0)), Err(Refusal::Unreadable));
    }

    #[test]
    fn no_character_of_a_key_can_be_changed() {
        let key = issue(&hashing(), subject(b"a"), Marks::default(), at(0), [1; 16]);
        for place in 0..key.len() {
            let other = if key.as_bytes()[place] == b'A' { "B" } else { "A" };
            let mut changed = key.clone();
            changed.replace_range(place..=place, other);
            assert_eq!(
                verify(&hashing(), subject(b"a"), &changed, at(0)),
                Err(Refusal::Unreadable),
                "{place}"
            );
        }
        for wrong in ["", "A", &key[1..], &format!("{key}A"), "čćž"] {
            assert_eq!(verify(&hashing(), subject(b"a"), wrong, at(0)), Err(Refusal::Unreadable), "{wrong}");
        }
    }

    #[test]
    fn two_pages_with_equal_answers_have_different_keys() {
        let hash = |random| {
            let key = issue(&hashing(), subject(b"a"), Marks::default(), at(0), random);
            verify(&hashing(), subject(b"a"), &key, at(0)).unwrap().key
        };
        assert_ne!(hash([1; 16]), hash([2; 16]));
        assert_eq!(hash([1; 16]), hash([1; 16]));
    }
    #[test]
    fn a_key_issued_before_a_rotation_is_the_same_key_after_it() {
        let key = issue(&ring(7, &[]), subject(b"a"), Marks::default(), at(0), [1; 16]);
        let before = verify(&ring(7, &[]), subject(b"a"), &key, at(0)).unwrap();
        let after = verify(&ring(8, &[7]), subject(b"a"), &key, at(0)).unwrap();
        assert_eq!((&after.key, &after.answers), (&before.key, &before.answers));
        assert_eq!(after.answers_by_other_keys.len(), 1);
        assert_eq!(verify(&ring(9, &[8, 7]), subject(b"b"), &key, at(0)), Err(Refusal::OtherAnswers));
        assert_eq!(verify(&ring(8, &[]), subject(b"a"), &key, at(0)), Err(Refusal::Unreadable), "retired");
        let newer = issue(&ring(8, &[7]), subject(b"a"), Marks::default(), at(0), [1; 16]);
        let after = verify(&ring(8, &[]), subject(b"a"), &newer, at(0)).unwrap();
        assert_ne!(before.key.key_id, after.key.key_id, "new ones use the newest key");
        let both = verify(&ring(8, &[7]), subject(b"a"), &newer, at(0)).unwrap();
        assert_eq!(both.answers_by_other_keys, [before.answers], "equal answers of before are known");
    }
}
