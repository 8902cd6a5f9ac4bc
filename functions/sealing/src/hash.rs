//! Keyed hashes: HMAC-SHA-256 with a purpose, so that a hash made for one use means nothing in another.

use std::sync::atomic::{AtomicU64, Ordering};

use age::secrecy::{ExposeSecret, SecretBox};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// How many bytes a key has.
const KEY_BYTES: usize = 32;
/// How many bytes of its SHA-256 name a key.
const ID_BYTES: usize = 4;

/// A secret for keyed hashes. It is wiped from memory when dropped and has no printable value.
pub struct HashKey {
    secret: SecretBox<[u8; KEY_BYTES]>,
    id_bytes: [u8; ID_BYTES],
    id: String,
    made: AtomicU64,
}

impl HashKey {
    /// A key from 32 random bytes.
    pub fn new(secret: [u8; KEY_BYTES]) -> Self {
        let digest: [u8; 32] = Sha256::digest(secret).into();
        let mut id_bytes = [0; ID_BYTES];
        id_bytes.copy_from_slice(&digest[..ID_BYTES]);
        let id = HEXLOWER.encode(&id_bytes);
        Self { secret: SecretBox::new(Box::new(secret)), id_bytes, id, made: AtomicU64::new(0) }
    }

    /// A key from 64 hexadecimal digits, as the key file holds it; surrounding white space is allowed.
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()?;
        bytes.try_into().ok().map(Self::new)
    }

    /// The key's public name: the first 8 hexadecimal digits of its SHA-256.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// [`Self::id`] as bytes, for tokens that are short.
    pub fn id_bytes(&self) -> [u8; ID_BYTES] {
        self.id_bytes
    }

    /// How many hashes this key made or compared: answers that must not tell two cases apart need equally many.
    pub fn made(&self) -> u64 {
        self.made.load(Ordering::Relaxed)
    }

    /// The keyed hash of `parts` for `purpose`.
    ///
    /// Purpose and parts enter with their lengths, so that no two lists of parts run together.
    pub fn mac(&self, purpose: &'static str, parts: &[&[u8]]) -> [u8; 32] {
        self.start(purpose, parts).map(|mac| mac.finalize().into_bytes().into()).unwrap_or_default()
    }

    /// Whether `tag` is the keyed hash, or at least its first 16 bytes; compared in constant time.
    pub fn verify(&self, purpose: &'static str, parts: &[&[u8]], tag: &[u8]) -> bool {
        tag.len() >= 16
            && self.start(purpose, parts).is_some_and(|mac| mac.verify_truncated_left(tag).is_ok())
    }

    /// A key of its own for a purpose (HMAC as a key derivation function): knowing it tells nothing about this one.
    pub fn derive(&self, purpose: &'static str) -> Self {
        Self::new(self.mac("derived key v1", &[purpose.as_bytes()]))
    }

    /// `None` never happens: HMAC takes keys of every length.
    fn start(&self, purpose: &str, parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
        self.made.fetch_add(1, Ordering::Relaxed);
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.expose_secret()).ok()?;
        for part in std::iter::once(&purpose.as_bytes()).chain(parts) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        Some(mac)
    }
}

impl std::fmt::Debug for HashKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("HashKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The key in use and those that it replaced: what they made is still understood.
#[derive(Debug)]
pub struct HashKeys {
    current: HashKey,
    older: Vec<HashKey>,
}

impl HashKeys {
    /// A ring of keys.
    pub fn new(current: HashKey, older: Vec<HashKey>) -> Self {
        Self { current, older }
    }

    /// Keys as the key file holds them, one a line, the one in use first; `#` starts a comment line.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut keys = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .map(HashKey::from_hex);
        let current = keys.next()??;
        let older = keys.collect::<Option<Vec<_>>>()?;
        Some(Self { current, older })
    }

    /// The key for everything that is made now.
    pub fn current(&self) -> &HashKey {
        &self.current
    }

    /// All keys, the one in use first.
    pub fn all(&self) -> impl Iterator<Item = &HashKey> {
        std::iter::once(&self.current).chain(&self.older)
    }

    /// The key with this id.
    pub fn by_id(&self, id: &str) -> Option<&HashKey> {
        self.all().find(|key| key.id() == id)
    }

    /// The keys derived for a purpose from each of these, in the same order.
    pub fn derive(&self, purpose: &'static str) -> Self {
        Self {
            current: self.current.derive(purpose),
            older: self.older.iter().map(|key| key.derive(purpose)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_for_one_purpose_is_worthless_for_another() {
        let key = HashKey::new([7; 32]);
        let tag = key.mac("receipt", &[b"7Q2M4XKD"]);
        assert!(key.verify("receipt", &[b"7Q2M4XKD"], &tag));
        assert!(key.verify("receipt", &[b"7Q2M4XKD"], &tag[..16]), "a shortened tag is allowed");
        assert!(!key.verify("status", &[b"7Q2M4XKD"], &tag));
        assert!(!key.verify("receipt", &[b"7Q2M4XKE"], &tag));
        assert!(!key.verify("receipt", &[b"7Q2M", b"4XKD"], &tag), "parts do not run together");
        assert!(!HashKey::new([8; 32]).verify("receipt", &[b"7Q2M4XKD"], &tag));
    }

    #[test]
    fn a_tag_too_short_to_mean_anything_is_refused() {
        let key = HashKey::new([7; 32]);
        let tag = key.mac("receipt", &[b"a"]);
        for length in 0..16 {
            assert!(!key.verify("receipt", &[b"a"], &tag[..length]), "{length}");
        }
        assert!(!key.verify("receipt", &[b"a"], &[tag.as_slice(), &[0]].concat()), "too long");
    }

    #[test]
    fn the_secret_is_never_printed() {
        let key = HashKey::new([0xAB; 32]);
        let printed = format!("{key:?} {key:#?}");
        assert!(printed.contains(key.id()));
        assert!(!printed.to_lowercase().contains("abab") && !printed.contains("171"), "{printed}");
    }

    #[test]
    fn the_key_file_text_is_read_back() {
        let hex = HEXLOWER.encode(&[9; 32]);
        let key = HashKey::from_hex(&format!("{hex}\n")).unwrap();
        assert_eq!(key.mac("a", &[]), HashKey::new([9; 32]).mac("a", &[]));
        assert!(HashKey::from_hex(&hex[2..]).is_none());
        assert!(HashKey::from_hex("no key").is_none());
    }

    #[test]
    fn the_first_key_of_a_file_is_in_use_and_the_others_are_still_known() {
        let (newer, older) = (HEXLOWER.encode(&[9; 32]), HEXLOWER.encode(&[8; 32]));
        let ring = HashKeys::from_text(&format!("# in use\n{newer}\n\n# older\n{older}\n")).unwrap();
        assert_eq!(ring.current().id(), HashKey::new([9; 32]).id());
        assert_eq!(ring.all().count(), 2);
        assert!(ring.by_id(HashKey::new([8; 32]).id()).is_some());
        for wrong in ["", "# nothing", "no key", &format!("{newer}\nno key"), &format!("{newer} {older}")] {
            assert!(HashKeys::from_text(wrong).is_none(), "{wrong}");
        }
    }
}
