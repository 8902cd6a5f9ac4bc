//! Bytes for the applicant: sealed with a key that only what the applicant holds can give (XChaCha20-Poly1305).

use std::fmt;

use age::secrecy::{ExposeSecret as _, SecretBox};
use chacha20poly1305::aead::Aead as _;
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;

use crate::{SealError, UnsealError};

const NONCE_BYTES: usize = 24;

/// Seals and opens one parcel. It is wiped from memory when dropped and has no printable value.
pub struct ParcelKey(SecretBox<[u8; 32]>);

impl ParcelKey {
    /// A key from 32 bytes that nobody can guess.
    pub fn new(secret: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(secret)))
    }

    /// A key from a secret for a purpose (HKDF-SHA-256, RFC 5869).
    pub fn derive(secret: &[u8], purpose: &str) -> Self {
        Self::new(expand(secret, purpose))
    }

    /// Seals a content; `random` is new each time.
    pub fn seal(&self, content: &[u8], random: [u8; NONCE_BYTES]) -> Result<Vec<u8>, SealError> {
        let sealed = self.cipher().encrypt(XNonce::from_slice(&random), content);
        let sealed = sealed.map_err(|_| SealError::new("the content is too long"))?;
        Ok([random.as_slice(), &sealed].concat())
    }

    /// Opens what this key sealed.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, UnsealError> {
        let (random, sealed) = sealed.split_at_checked(NONCE_BYTES).ok_or(UnsealError)?;
        self.cipher().decrypt(XNonce::from_slice(random), sealed).map_err(|_| UnsealError)
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(self.0.expose_secret().into())
    }
}

/// Bytes from a secret for a purpose: knowing them tells nothing about the secret, nor about those of another
/// purpose (HKDF-SHA-256). At most 255 × 32 bytes.
pub fn expand<const BYTES: usize>(secret: &[u8], purpose: &str) -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    // It fails only for more bytes than HKDF has.
    if Hkdf::<Sha256>::new(None, secret).expand(purpose.as_bytes(), &mut bytes).is_err() {
        return [0; BYTES];
    }
    bytes
}

impl fmt::Debug for ParcelKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ParcelKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_secret_and_purpose_open_a_parcel() {
        let sealed = ParcelKey::derive(b"secret", "copy").seal("odgovori".as_bytes(), [1; 24]).unwrap();
        assert_eq!(ParcelKey::derive(b"secret", "copy").open(&sealed).unwrap(), "odgovori".as_bytes());
        assert_eq!(ParcelKey::derive(b"secret", "proof").open(&sealed), Err(UnsealError));
        assert_eq!(ParcelKey::derive(b"other", "copy").open(&sealed), Err(UnsealError));
        assert!(!sealed.windows(4).any(|bytes| bytes == b"odgo"));
    }

    #[test]
    fn one_changed_byte_anywhere_is_noticed() {
        let key = ParcelKey::new([3; 32]);
        let sealed = key.seal(b"answers", [1; 24]).unwrap();
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert_eq!(key.open(&damaged), Err(UnsealError), "byte {place}");
            assert_eq!(key.open(&sealed[..place]), Err(UnsealError), "{place} bytes");
        }
    }

    #[test]
    fn the_derivation_is_that_of_the_standard() {
        // RFC 5869, A.3: no salt, no info.
        let okm: [u8; 42] = expand(&[0x0b; 22], "");
        let expected = "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8";
        assert_eq!(data_encoding::HEXLOWER.encode(&okm), expected);
    }
}
