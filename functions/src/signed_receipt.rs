//! A receipt that anybody can check without asking the town: what was received when, signed (Ed25519).
//!
//! ```text
//! zavicaj-receipt: 1
//! site: https://www.example.org        which town
//! form: zahtjev-za-ispravu
//! reference: 7Q2M-4XKD
//! received: 2026-11-23T18:05:09Z
//! sealed-sha256: 9f86d0…               of the sealed submission, as it arrived
//! key: 0123456789abcdef                which public key checks it
//! signature: base64url                 over all lines above, each ended by one line feed
//! ```
//!
//! Nothing in it is personal. For the QR code the same values stand on one line, divided by `|`.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jiff::Timestamp;
use sealing::{ReceiptKey, ReceiptPublicKey};
use sha2::{Digest as _, Sha256};
use store::Reference;

const FIRST_LINE: &str = "zavicaj-receipt: 1";
const COMPACT: &str = "ZAVICAJ1";
/// Far longer than any receipt with words around it.
const LONGEST_BYTES: usize = 64 * 1024;

/// What is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// `https://host` of the site that received it.
    pub site: String,
    /// The form's id.
    pub form: String,
    /// The reference.
    pub reference: Reference,
    /// When it was received.
    pub received_at: Timestamp,
    /// SHA-256 of the sealed submission.
    pub sealed_sha256: [u8; 32],
}

/// A receipt with its signature; nobody has checked it yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedReceipt {
    /// What was signed.
    pub receipt: Receipt,
    /// The id of the key that signed it.
    pub key_id: String,
    signature: [u8; 64],
}

/// A receipt is not what this town signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptRefusal {
    /// No receipt, or one of another version.
    #[error("no receipt of a kind that this program knows")]
    Unreadable,
    /// Signed with a key that is not among the public keys at hand.
    #[error("signed with the key {0}, which is not among the public keys at hand")]
    UnknownKey(String),
    /// The key is known, the signature is not its own: something was changed.
    #[error("the signature does not belong to this text: something in it was changed")]
    Forged,
}

impl Receipt {
    /// Signs the receipt; the same bytes for the same receipt and key.
    pub fn sign(self, key: &ReceiptKey) -> SignedReceipt {
        let key_id = key.id();
        let signature = key.sign(self.lines(&key_id).as_bytes());
        SignedReceipt { receipt: self, key_id, signature }
    }

    /// Whether these are the sealed bytes that were received.
    pub fn is_for(&self, sealed: &[u8]) -> bool {
        self.sealed_sha256 == <[u8; 32]>::from(Sha256::digest(sealed))
    }

    /// The hash as 64 hexadecimal digits.
    pub fn sealed_sha256_hex(&self) -> String {
        HEXLOWER.encode(&self.sealed_sha256)
    }

    /// The lines that are signed.
    fn lines(&self, key_id: &str) -> String {
        format!(
            "{FIRST_LINE}\nsite: {}\nform: {}\nreference: {}\nreceived: {}\nsealed-sha256: {}\nkey: {key_id}\n",
            self.site,
            self.form,
            self.reference,
            self.received_at,
            self.sealed_sha256_hex()
        )
    }
}

impl SignedReceipt {
    /// The receipt as a text of one value a line.
    pub fn to_text(&self) -> String {
        let lines = self.receipt.lines(&self.key_id);
        format!("{lines}signature: {}\n", BASE64URL_NOPAD.encode(&self.signature))
    }

    /// The receipt on one line, for a QR code.
    pub fn to_compact(&self) -> String {
        let Receipt { site, form, reference, received_at, sealed_sha256 } = &self.receipt;
        let hash = BASE64URL_NOPAD.encode(sealed_sha256);
        let signature = BASE64URL_NOPAD.encode(&self.signature);
        format!("{COMPACT}|{site}|{form}|{reference}|{received_at}|{hash}|{}|{signature}", self.key_id)
    }

    /// Reads what [`SignedReceipt::to_text`] or [`SignedReceipt::to_compact`] wrote, with words of people before
    /// and after it, in any line ends.
    pub fn parse(text: &str) -> Result<Self, ReceiptRefusal> {
        if text.len() > LONGEST_BYTES {
            return Err(ReceiptRefusal::Unreadable);
        }
        let lines = || text.lines().map(str::trim);
        let read = match lines().find(|line| line.starts_with(COMPACT)) {
            Some(line) => Self::from_compact(line),
            None => Self::from_lines(lines().skip_while(|line| *line != FIRST_LINE).skip(1)),
        };
        read.ok_or(ReceiptRefusal::Unreadable)
    }

    /// Checks the signature with the public keys of the town.
    pub fn verify(&self, keys: &[ReceiptPublicKey]) -> Result<(), ReceiptRefusal> {
        let key = keys
            .iter()
            .find(|key| key.id() == self.key_id)
            .ok_or_else(|| ReceiptRefusal::UnknownKey(self.key_id.clone()))?;
        let signed = self.receipt.lines(&self.key_id);
        if key.verify(signed.as_bytes(), &self.signature) { Ok(()) } else { Err(ReceiptRefusal::Forged) }
    }

    fn from_lines<'a>(mut lines: impl Iterator<Item = &'a str>) -> Option<Self> {
        let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(": ");
        let (site, form) = (value("site")?, value("form")?);
        let (reference, received_at) = (value("reference")?, value("received")?);
        let hash = HEXLOWER.decode(value("sealed-sha256")?.as_bytes()).ok()?;
        let (key_id, signature) = (value("key")?, value("signature")?);
        Self::from_parts(site, form, reference, received_at, &hash, key_id, signature)
    }

    fn from_compact(line: &str) -> Option<Self> {
        let mut parts = line.split('|').skip(1);
        let mut next = || parts.next();
        let (site, form, reference, received_at) = (next()?, next()?, next()?, next()?);
        let hash = BASE64URL_NOPAD.decode(next()?.as_bytes()).ok()?;
        let (key_id, signature) = (next()?, next()?);
        if next().is_some() {
            return None;
        }
        Self::from_parts(site, form, reference, received_at, &hash, key_id, signature)
    }

    fn from_parts(
        site: &str,
        form: &str,
        reference: &str,
        received_at: &str,
        hash: &[u8],
        key_id: &str,
        signature: &str,
    ) -> Option<Self> {
        // What is shown to whoever checks a receipt cannot steer a terminal, and every value fits into both forms.
        let plain =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'|');
        if ![site, form, key_id].iter().all(|text| plain(text)) {
            return None;
        }
        Some(Self {
            receipt: Receipt {
                site: site.to_owned(),
                form: form.to_owned(),
                reference: reference.parse().ok()?,
                received_at: received_at.parse().ok()?,
                sealed_sha256: hash.try_into().ok()?,
            },
            key_id: key_id.to_owned(),
            signature: BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> ReceiptKey {
        ReceiptKey::new([7; 32])
    }

    fn signed() -> SignedReceipt {
        let receipt = Receipt {
            site: "https://www.grad.example".to_owned(),
            form: "zahtjev-za-ispravu".to_owned(),
            reference: Reference::from_random([1, 2, 3, 4, 5, 6, 7]),
            received_at: "2026-11-23T18:05:09.123456789Z".parse().unwrap(),
            sealed_sha256: [0xA5; 32],
        };
        receipt.sign(&key())
    }

    fn verified(text: &str) -> Result<(), ReceiptRefusal> {
        SignedReceipt::parse(text)?.verify(&[ReceiptKey::new([8; 32]).public(), key().public()])
    }

    #[test]
    fn a_receipt_is_checked_with_the_public_key_alone() {
        for text in [signed().to_text(), signed().to_compact()] {
            assert_eq!(SignedReceipt::parse(&text), Ok(signed()));
            assert_eq!(verified(&text), Ok(()));
        }
    }

    #[test]
    fn mail_programs_and_editors_may_change_what_surrounds_it() {
        let text = signed().to_text();
        let quoted =
            format!("\u{feff}Poštovani,\r\n\r\n  {}\r\n\r\nSrdačan pozdrav", text.replace('\n', "  \r\n  "));
        assert_eq!(verified(&quoted), Ok(()));
    }

    #[test]
    fn no_character_of_a_receipt_can_be_changed() {
        for text in [signed().to_text(), signed().to_compact()] {
            let text = text.trim_end();
            for place in 0..text.len() {
                let other = if text.as_bytes()[place] == b'1' { "2" } else { "1" };
                let mut changed = text.to_owned();
                changed.replace_range(place..=place, other);
                assert!(verified(&changed).is_err(), "{changed}");
                assert!(verified(&text[..place]).is_err(), "{place}");
            }
        }
    }

    #[test]
    fn a_refusal_says_what_is_wrong() {
        let text = signed().to_text();
        assert_eq!(verified(&text.replace("18:05:09", "18:05:10")), Err(ReceiptRefusal::Forged));
        let unknown = signed().verify(&[ReceiptKey::new([8; 32]).public()]);
        assert_eq!(unknown, Err(ReceiptRefusal::UnknownKey(key().id())));
        assert_eq!(verified(&text.replace("receipt: 1", "receipt: 2")), Err(ReceiptRefusal::Unreadable));
        assert_eq!(verified(&text.replace("www", "www\u{1b}[2J")), Err(ReceiptRefusal::Unreadable));
        assert_eq!(verified(&text.repeat(500)), Err(ReceiptRefusal::Unreadable));
        assert_eq!(verified(""), Err(ReceiptRefusal::Unreadable));
    }

    #[test]
    fn the_text_of_a_receipt_never_changes_between_versions() {
        insta::assert_snapshot!(signed().to_text() + &signed().to_compact());
    }
}
