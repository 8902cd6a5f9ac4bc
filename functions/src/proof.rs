//! The print-proof: exactly what will be printed, for the applicant to confirm before it is.
//!
//! A wrong letter that is found only abroad costs weeks. The desk writes the proof and seals it with a key that only
//! the mailed link gives; the store keeps it and cannot read it.

use std::fmt;

use sealing::ParcelKey;
use serde::{Deserialize, Serialize};
use store::KeyedHash;

use crate::link::{self, Link};

/// All certificates of a request as they will be printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// In the order of the request; never empty.
    pub certificates: Vec<ProofCertificate>,
}

/// One certificate.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofCertificate {
    /// Its name, as printed.
    pub title: String,
    /// BCP 47 tag of what is printed (`hr`, `bs`, `sr-Latn`, `sr-Cyrl`), for programs that read it aloud.
    pub language: String,
    /// Its lines from top to bottom.
    pub lines: Vec<ProofLine>,
}

/// One line.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofLine {
    /// What it says ("Ime i prezime").
    pub label: String,
    /// The value, letter by letter as it will be printed.
    pub value: String,
}

/// A proof cannot be sealed or opened. Nothing of its content is in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// There is nothing to confirm.
    #[error("the proof is empty")]
    Empty,
    /// The link has no key to seal it with.
    #[error("not a link")]
    NoLink,
    /// The bytes are damaged, or were sealed for another link.
    #[error("the proof cannot be opened with this link")]
    Damaged,
}

impl Proof {
    /// Sealed for the holder of a link of [`link::issue`], with the id under which the store keeps it (a
    /// [`store`] parcel). `random` is new each time.
    pub fn seal(&self, link: &str, random: [u8; 24]) -> Result<(KeyedHash, Vec<u8>), ProofError> {
        if self.certificates.iter().all(|certificate| certificate.lines.is_empty()) {
            return Err(ProofError::Empty);
        }
        let (id, key) = link::parcel(link).ok_or(ProofError::NoLink)?;
        let json = serde_json::to_vec(self).map_err(|_| ProofError::Damaged)?;
        let sealed = ParcelKey::new(key).seal(&json, random).map_err(|_| ProofError::Damaged)?;
        Ok((id, sealed))
    }

    /// Opens what the office sealed for this link.
    pub fn open(link: &Link, sealed: &[u8]) -> Result<Self, ProofError> {
        let (_, key) = link.parcel();
        let json = ParcelKey::new(key).open(sealed).map_err(|_| ProofError::Damaged)?;
        serde_json::from_slice(&json).map_err(|_| ProofError::Damaged)
    }
}

impl fmt::Debug for Proof {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Proof({} certificates)", self.certificates.len())
    }
}

impl fmt::Debug for ProofCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ProofCertificate({} lines)", self.lines.len())
    }
}

impl fmt::Debug for ProofLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProofLine(…)")
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use sealing::{HashKey, HashKeys};
    use store::Reference;

    use super::*;
    use crate::link::LinkAction;

    fn proof() -> Proof {
        let line = |label: &str, value: &str| ProofLine { label: label.into(), value: value.into() };
        Proof {
            certificates: vec![ProofCertificate {
                title: "Izvadak iz matične knjige rođenih".to_owned(),
                language: "hr".to_owned(),
                lines: vec![line("Ime", "Đurđica"), line("Prezime", "Čičak")],
            }],
        }
    }

    fn link(keys: &HashKeys, random: u8) -> String {
        let reference = Reference::from_random([1; 7]);
        link::issue(keys, LinkAction::Proof, &reference, Timestamp::MAX, [random; 16])
    }

    #[test]
    fn only_the_holder_of_the_link_reads_what_will_be_printed() {
        let keys = HashKeys::new(HashKey::new([7; 32]), Vec::new());
        let path = link(&keys, 1);
        let (id, sealed) = proof().seal(&path, [2; 24]).unwrap();
        let holder = link::read(&keys, &path, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(holder.parcel().0, id);
        assert_eq!(Proof::open(&holder, &sealed), Ok(proof()));
        let other = link::read(&keys, &link(&keys, 2), Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(Proof::open(&other, &sealed), Err(ProofError::Damaged));
        assert!(!sealed.windows(5).any(|bytes| bytes == b"titl\""));
    }

    #[test]
    fn an_empty_proof_is_never_sent() {
        let keys = HashKeys::new(HashKey::new([7; 32]), Vec::new());
        let empty = Proof { certificates: Vec::new() };
        assert_eq!(empty.seal(&link(&keys, 1), [2; 24]), Err(ProofError::Empty));
        assert_eq!(proof().seal("no link", [2; 24]), Err(ProofError::NoLink));
    }

    #[test]
    fn nothing_of_it_is_printed() {
        let proof = proof();
        let printed = format!("{:?} {:?} {:?}", proof, proof.certificates, proof.certificates[0].lines);
        assert!(!printed.contains("Đurđica") && !printed.contains("Izvadak"), "{printed}");
    }
}
