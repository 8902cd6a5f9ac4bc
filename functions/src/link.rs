//! Links in letters: `/usluge/veza/<token>`. Whoever holds one may do one thing with one record until it expires.
//!
//! ```text
//! version (1) │ action (1) │ expires, seconds (8) │ random (16) │ reference (8) │ key id (4) │ HMAC (16)   base64url
//! ```
//!
//! The page behind a link has a button, and only its POST acts: programs that look through mail open every link.
//! The random part is also the key of what the office hands over through the link (the print-proof): the store
//! keeps hashes of it only, and so cannot read what it holds.

use std::fmt;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use forms::retention;
use jiff::{SignedDuration, Timestamp};
use sealing::{HashKey, HashKeys};
use store::{KeyedHash, Reference};

use crate::Bundle;

/// Before the token.
const PATH: &str = "/usluge/veza/";
const PURPOSE: &str = "link v1";
const VERSION: u8 = 1;
const RANDOM_BYTES: usize = 16;
const KEY_ID_BYTES: usize = 4;
/// 128 bits: nobody guesses a link.
const TAG_BYTES: usize = 16;
/// Far longer than any token, so that nobody makes this decode a book.
const LONGEST: usize = 200;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkAction {
    /// The address belongs to whoever registered.
    ConfirmAddress,
    /// A submission that was held back under load was meant.
    Release,
    /// The print-proof is right, or is not.
    Proof,
    /// The office's question is answered.
    Answer,
    /// The request is withdrawn.
    Withdraw,
    /// One's own record in the register: its state, replacement, export, erasure.
    OwnRecord,
    /// The record in the register is still right.
    KeepRecord,
    /// No more letters that were not asked for (RFC 8058: one click).
    Unsubscribe,
    /// The letter with the link to confirm the address is sent once more.
    SendAgain,
    /// The export of the record is fetched.
    Export,
}

/// A link that can be trusted.
#[derive(Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub action: LinkAction,
    /// Which record it is about.
    pub reference: Reference,
    /// From then on it is worth nothing.
    pub expires_at: Timestamp,
    random: [u8; RANDOM_BYTES],
    used: KeyedHash,
}

/// Why a link is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkRefusal {
    /// Mistyped, cut off, forged, or signed with a key that is gone.
    Unreadable,
    /// It was good. Only what says where to get a new one may use it.
    Expired(Link),
}

impl LinkAction {
    /// All actions.
    pub const ALL: [Self; 10] = [
        Self::ConfirmAddress,
        Self::Release,
        Self::Proof,
        Self::Answer,
        Self::Withdraw,
        Self::OwnRecord,
        Self::KeepRecord,
        Self::Unsubscribe,
        Self::SendAgain,
        Self::Export,
    ];

    /// How long a link in a letter holds. Steps that the town waits for get weeks, because people travel and post
    /// boxes fill; the key to one's own record gets a day.
    pub fn life(self) -> SignedDuration {
        let days = match self {
            Self::ConfirmAddress | Self::Release | Self::Export => 14,
            Self::Proof | Self::Answer | Self::Withdraw => 30,
            Self::OwnRecord | Self::SendAgain => 1,
            Self::KeepRecord => 90,
            // The law asks that it works as long as the letter can be found.
            Self::Unsubscribe => 2 * 365,
        };
        SignedDuration::from_hours(24 * days)
    }

    /// When a link that is made at a moment ends. What lies behind one is kept as long as the table of periods says.
    pub fn expires_at(self, now: Timestamp, bundle: &Bundle) -> Timestamp {
        let row = match self {
            Self::Proof => retention::PRINT_PROOF,
            Self::Export => retention::EXPORT,
            _ => return now.saturating_add(self.life()).unwrap_or(Timestamp::MAX),
        };
        let period = bundle.retention.period(row);
        period
            .and_then(|period| period.after(now, &bundle.time_zone))
            .or_else(|| now.checked_add(self.life()).ok())
            .unwrap_or(Timestamp::MAX)
    }

    fn code(self) -> u8 {
        match self {
            Self::ConfirmAddress => 1,
            Self::Release => 2,
            Self::Proof => 3,
            Self::OwnRecord => 4,
            Self::KeepRecord => 5,
            Self::Unsubscribe => 6,
            Self::Answer => 7,
            Self::Withdraw => 8,
            Self::SendAgain => 9,
            Self::Export => 10,
        }
    }

    fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.code() == code)
    }
}

/// A link's path on the site, `/usluge/veza/<token>`. `random` is fresh for each link.
pub fn issue(
    keys: &HashKeys,
    action: LinkAction,
    reference: &Reference,
    expires_at: Timestamp,
    random: [u8; RANDOM_BYTES],
) -> String {
    let key = keys.current();
    let mut token = vec![VERSION, action.code()];
    token.extend_from_slice(&expires_at.as_second().to_be_bytes());
    token.extend_from_slice(&random);
    token.extend_from_slice(reference.compact().as_bytes());
    let tag = key.mac(PURPOSE, &[&token]);
    token.extend_from_slice(&key.id_bytes());
    token.extend_from_slice(&tag[..TAG_BYTES]);
    format!("{PATH}{}", BASE64URL_NOPAD.encode(&token))
}

/// A link that is good as long as letters about the record go to this address: it cannot be used any more by whoever
/// reads an address that was given up.
pub fn issue_to(
    keys: &HashKeys,
    action: LinkAction,
    reference: &Reference,
    expires_at: Timestamp,
    contact: &KeyedHash,
) -> String {
    issue(keys, action, reference, expires_at, random_of(keys.current(), reference, contact))
}

/// Takes the place of randomness: nobody without the key can guess it.
fn random_of(key: &HashKey, reference: &Reference, contact: &KeyedHash) -> [u8; RANDOM_BYTES] {
    let mac = key.mac("link to an address v1", &[reference.compact().as_bytes(), contact.hash.as_bytes()]);
    let mut random = [0; RANDOM_BYTES];
    random.copy_from_slice(&mac[..RANDOM_BYTES]);
    random
}

/// Reads a token, or the path that [`issue`] gave.
pub fn read(keys: &HashKeys, token: &str, now: Timestamp) -> Result<Link, LinkRefusal> {
    let link = signed(keys, token).ok_or(LinkRefusal::Unreadable)?;
    if now < link.expires_at { Ok(link) } else { Err(LinkRefusal::Expired(link)) }
}

/// Under which a parcel for the holder of a link is found, and the key that seals it. Nothing for what is no token.
///
/// Signature and expiry are not looked at: what a forged token names does not exist.
pub fn parcel(token: &str) -> Option<(KeyedHash, [u8; 32])> {
    let bytes = decoded(token)?;
    let (random, _) = bytes.get(2 + 8..)?.split_first_chunk::<RANDOM_BYTES>()?;
    Some(parcel_of(random))
}

fn decoded(token: &str) -> Option<Vec<u8>> {
    let token = token.strip_prefix(PATH).unwrap_or(token);
    if token.len() > LONGEST { None } else { BASE64URL_NOPAD.decode(token.as_bytes()).ok() }
}

fn signed(keys: &HashKeys, token: &str) -> Option<Link> {
    let bytes = decoded(token)?;
    let (rest, tag) = bytes.split_last_chunk::<TAG_BYTES>()?;
    let (content, key_id) = rest.split_last_chunk::<KEY_ID_BYTES>()?;
    let key = keys.by_id(&HEXLOWER.encode(key_id)).filter(|key| key.verify(PURPOSE, &[content], tag))?;

    let (&[VERSION, action], rest) = content.split_first_chunk::<2>()? else { return None };
    let (expires_at, rest) = rest.split_first_chunk::<8>()?;
    let (random, reference) = rest.split_first_chunk::<RANDOM_BYTES>()?;
    Some(Link {
        action: LinkAction::from_code(action)?,
        reference: std::str::from_utf8(reference).ok()?.parse().ok()?,
        expires_at: Timestamp::from_second(i64::from_be_bytes(*expires_at)).ok()?,
        random: *random,
        used: KeyedHash {
            key_id: key.id().to_owned(),
            hash: HEXLOWER.encode(&key.mac("used link v1", &[content])),
        },
    })
}

/// HMAC as a key derivation function, as in HKDF; one derivation for the name and one for the key.
fn parcel_of(random: &[u8; RANDOM_BYTES]) -> (KeyedHash, [u8; 32]) {
    // HMAC fills a short key with zeros, so this is HMAC with the random part as its key.
    let mut secret = [0; 32];
    secret[..RANDOM_BYTES].copy_from_slice(random);
    let derived = HashKey::new(secret);
    let hash = HEXLOWER.encode(&derived.mac("parcel id v1", &[]));
    (KeyedHash { key_id: "link".to_owned(), hash }, derived.mac("parcel key v1", &[]))
}

impl Link {
    /// What the store remembers once the link did what it is for: the second POST changes nothing.
    pub fn used(&self) -> KeyedHash {
        self.used.clone()
    }

    /// Whether [`issue_to`] made it for this address.
    pub fn is_to(&self, keys: &HashKeys, contact: Option<&KeyedHash>) -> bool {
        let key = keys.by_id(&self.used.key_id);
        key.zip(contact).is_some_and(|(key, contact)| random_of(key, &self.reference, contact) == self.random)
    }

    /// As [`parcel`].
    pub fn parcel(&self) -> (KeyedHash, [u8; 32]) {
        parcel_of(&self.random)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, reference, expires_at, .. } = self;
        write!(formatter, "Link({action:?} of {reference} until {expires_at})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> HashKeys {
        HashKeys::new(HashKey::new([7; 32]), Vec::new())
    }

    fn reference() -> Reference {
        Reference::from_random([1, 2, 3, 4, 5, 6, 7])
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn sample(action: LinkAction) -> String {
        issue(&keys(), action, &reference(), at(100), [9; 16])
    }

    #[test]
    fn a_link_says_what_it_is_for_until_it_expires() {
        for action in LinkAction::ALL {
            let path = sample(action);
            let token = path.strip_prefix("/usluge/veza/").unwrap();
            let link = read(&keys(), token, at(99)).unwrap();
            assert_eq!((link.action, &link.reference, link.expires_at), (action, &reference(), at(100)));
            assert_eq!(read(&keys(), &path, at(99)), Ok(link.clone()), "the whole path is read as well");
            assert_eq!(read(&keys(), token, at(100)), Err(LinkRefusal::Expired(link)));
        }
    }

    #[test]
    fn no_character_of_a_link_can_be_changed() {
        let token = sample(LinkAction::Proof);
        let token = token.strip_prefix("/usluge/veza/").unwrap();
        for place in 0..token.len() {
            let other = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
            let mut changed = token.to_owned();
            changed.replace_range(place..=place, other);
            assert_eq!(read(&keys(), &changed, at(0)), Err(LinkRefusal::Unreadable), "{place}");
        }
        for wrong in
            ["", "A", &token[1..], &token[..token.len() - 1], &format!("{token}A"), "čćž", "/usluge/veza/"]
        {
            assert_eq!(read(&keys(), wrong, at(0)), Err(LinkRefusal::Unreadable), "{wrong}");
        }
        assert_eq!(read(&keys(), &"A".repeat(1_000_000), at(0)), Err(LinkRefusal::Unreadable));
    }

    #[test]
    fn a_link_outlives_the_change_of_keys_until_its_key_is_retired() {
        let path = sample(LinkAction::KeepRecord);
        let rotated = HashKeys::new(HashKey::new([8; 32]), vec![HashKey::new([7; 32])]);
        let used = read(&keys(), &path, at(0)).unwrap().used();
        assert_eq!(
            read(&rotated, &path, at(0)).unwrap().used(),
            used,
            "and it is used up once, not once a key"
        );
        let retired = HashKeys::new(HashKey::new([8; 32]), Vec::new());
        assert_eq!(read(&retired, &path, at(0)), Err(LinkRefusal::Unreadable));
    }

    #[test]
    fn links_are_used_up_one_by_one() {
        let used = |action, random| {
            let path = issue(&keys(), action, &reference(), at(100), [random; 16]);
            read(&keys(), &path, at(0)).unwrap().used().hash
        };
        assert_eq!(used(LinkAction::Proof, 1), used(LinkAction::Proof, 1));
        assert_ne!(used(LinkAction::Proof, 1), used(LinkAction::Proof, 2));
        assert_ne!(used(LinkAction::Proof, 1), used(LinkAction::Answer, 1));
    }

    #[test]
    fn the_office_seals_a_parcel_that_only_the_holder_of_the_link_opens() {
        let path = sample(LinkAction::Proof);
        let (id, key) = parcel(&path).unwrap();
        assert_eq!(read(&keys(), &path, at(0)).unwrap().parcel(), (id.clone(), key));
        assert!(!path.contains(&id.hash) && id.hash.len() == 64);
        let other = issue(&keys(), LinkAction::Proof, &reference(), at(100), [10; 16]);
        let (other_id, other_key) = parcel(&other).unwrap();
        assert!(other_id != id && other_key != key);
        for wrong in ["", "A", "čćž"] {
            assert!(parcel(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_link_to_an_address_is_worth_nothing_once_letters_go_elsewhere() {
        let contact = |hash: &str| KeyedHash { key_id: "any".to_owned(), hash: hash.to_owned() };
        let path = issue_to(&keys(), LinkAction::OwnRecord, &reference(), at(100), &contact("a"));
        let link = read(&keys(), &path, at(0)).unwrap();
        assert!(link.is_to(&keys(), Some(&contact("a"))));
        assert!(!link.is_to(&keys(), Some(&contact("b"))) && !link.is_to(&keys(), None));
        let rotated = HashKeys::new(HashKey::new([8; 32]), vec![HashKey::new([7; 32])]);
        assert!(link.is_to(&rotated, Some(&contact("a"))));
    }

    #[test]
    fn a_link_is_short_enough_for_a_line_of_a_letter_and_prints_no_secret() {
        let path = sample(LinkAction::Unsubscribe);
        assert!(path.len() < 90, "{}", path.len());
        let link = read(&keys(), &path, at(0)).unwrap();
        assert_eq!(format!("{link:?}"), format!("Link(Unsubscribe of {} until {})", reference(), at(100)));
    }

    #[test]
    fn the_shape_of_a_link_never_changes_between_versions() {
        assert_eq!(
            sample(LinkAction::Proof),
            "/usluge/veza/AQMAAAAAa0nSZAkJCQkJCQkJCQkJCQkJCQkxMjM0NTY3S0uwb473gE6gqHPDGYRQHVRE3rrU"
        );
    }
}
