//! The key that signs receipts (Ed25519, RFC 8032): anybody with the public half can check one, offline.

use std::fmt;

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use ed25519_dalek::{SECRET_KEY_LENGTH, SIGNATURE_LENGTH, Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

/// The DER header of an Ed25519 public key (SubjectPublicKeyInfo, RFC 8410): what OpenSSL reads and writes.
const SPKI_HEADER: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const PEM_BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const PEM_END: &str = "-----END PUBLIC KEY-----";

/// Signs receipts. It is wiped from memory when dropped and has no printable value.
#[derive(Clone)]
pub struct ReceiptKey(SigningKey);

/// Checks receipts; everybody may have it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ReceiptPublicKey(VerifyingKey);

/// The text holds no public key of the expected kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key in PEM (between {PEM_BEGIN} and {PEM_END})")]
pub struct PublicKeyError;

/// The key that signs now, and the public halves of those that it replaced: their receipts stay good.
#[derive(Debug, Clone)]
pub struct ReceiptKeys {
    current: ReceiptKey,
    older: Vec<ReceiptPublicKey>,
}

impl ReceiptKey {
    /// A key from 32 random bytes.
    pub fn new(secret: [u8; SECRET_KEY_LENGTH]) -> Self {
        Self(SigningKey::from_bytes(&secret))
    }

    /// A key from 64 hexadecimal digits, as the key file holds it; surrounding white space is allowed.
    pub fn from_hex(text: &str) -> Option<Self> {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok()?;
        bytes.try_into().ok().map(Self::new)
    }

    /// The public half.
    pub fn public(&self) -> ReceiptPublicKey {
        ReceiptPublicKey(self.0.verifying_key())
    }

    /// The key's public name, as [`ReceiptPublicKey::id`].
    pub fn id(&self) -> String {
        self.public().id()
    }

    /// Signs a message; the same signature for the same message.
    pub fn sign(&self, message: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        self.0.sign(message).to_bytes()
    }
}

impl ReceiptPublicKey {
    /// The first 16 hexadecimal digits of the key's SHA-256.
    pub fn id(&self) -> String {
        HEXLOWER.encode(&Sha256::digest(self.0.as_bytes())[..8])
    }

    /// Whether the signature is of this message and this key (the strict rule: one signature per message).
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }

    /// The key in PEM, as OpenSSL reads it.
    pub fn to_pem(&self) -> String {
        let der = [SPKI_HEADER.as_slice(), self.0.as_bytes()].concat();
        format!("{PEM_BEGIN}\n{}\n{PEM_END}\n", BASE64.encode(&der))
    }

    /// All keys of a text of PEM blocks; what stands between the blocks is for people. A text without one is refused.
    pub fn read_all(text: &str) -> Result<Vec<Self>, PublicKeyError> {
        let mut keys = Vec::new();
        let mut rest = text;
        while let Some((_, after)) = rest.split_once(PEM_BEGIN) {
            let (body, behind) = after.split_once(PEM_END).ok_or(PublicKeyError)?;
            let body: String = body.split_whitespace().collect();
            let der = BASE64.decode(body.as_bytes()).map_err(|_| PublicKeyError)?;
            let bytes = der.strip_prefix(&SPKI_HEADER).ok_or(PublicKeyError)?;
            let bytes = bytes.try_into().map_err(|_| PublicKeyError)?;
            keys.push(Self(VerifyingKey::from_bytes(bytes).map_err(|_| PublicKeyError)?));
            rest = behind;
        }
        if keys.is_empty() { Err(PublicKeyError) } else { Ok(keys) }
    }
}

impl ReceiptKeys {
    /// A ring of keys.
    pub fn new(current: ReceiptKey, older: Vec<ReceiptPublicKey>) -> Self {
        Self { current, older }
    }

    /// The key for every receipt that is signed now.
    pub fn current(&self) -> &ReceiptKey {
        &self.current
    }

    /// The public halves, the one in use first.
    pub fn public(&self) -> impl Iterator<Item = ReceiptPublicKey> {
        std::iter::once(self.current.public()).chain(self.older.iter().copied())
    }
}

impl fmt::Debug for ReceiptKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ReceiptKey({})", self.id())
    }
}

impl fmt::Debug for ReceiptPublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ReceiptPublicKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_message_and_its_key_only() {
        let key = ReceiptKey::new([7; 32]);
        let signature = key.sign(b"potvrda");
        assert!(key.public().verify(b"potvrda", &signature));
        assert!(!key.public().verify(b"potvrdb", &signature));
        assert!(!ReceiptKey::new([8; 32]).public().verify(b"potvrda", &signature));
        assert!(!key.public().verify(b"potvrda", &signature[..63]));
        for place in 0..signature.len() {
            let mut changed = signature;
            changed[place] ^= 1;
            assert!(!key.public().verify(b"potvrda", &changed), "byte {place}");
        }
    }

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // RFC 8032, 7.1, test 2.
        let key = ReceiptKey::from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
        let expected = "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                        085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";
        assert_eq!(HEXLOWER.encode(&key.unwrap().sign(&[0x72])), expected);
    }

    #[test]
    fn published_keys_are_read_back_with_words_between_them() {
        let keys = ReceiptKeys::new(ReceiptKey::new([1; 32]), vec![ReceiptKey::new([2; 32]).public()]);
        let text: String = keys.public().map(|key| format!("Ključ {}\n{}", key.id(), key.to_pem())).collect();
        assert_eq!(ReceiptPublicKey::read_all(&text), Ok(keys.public().collect()));
        assert_eq!(ReceiptPublicKey::read_all(&text.replace('\n', "\r\n")), Ok(keys.public().collect()));
        for wrong in ["", "ključ", &text[..60], &text.replace("MCow", "MCox"), &text.replace("END", "KRAJ")]
        {
            assert_eq!(ReceiptPublicKey::read_all(wrong), Err(PublicKeyError), "{wrong}");
        }
    }

    #[test]
    fn the_secret_is_never_printed() {
        let printed = format!("{:?}", ReceiptKeys::new(ReceiptKey::new([0xAB; 32]), Vec::new()));
        assert!(printed.contains(&ReceiptKey::new([0xAB; 32]).id()));
        assert!(!printed.to_lowercase().contains("abab") && !printed.contains("171"), "{printed}");
    }
}
