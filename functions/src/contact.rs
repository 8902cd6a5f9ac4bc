//! Where letters about a record go: sealed to the service key, found again by a keyed hash.

use std::fmt;

use data_encoding::HEXLOWER;
use forms::email;
use mail::Address;
use sealing::{HashKey, Identity, SealError, Sealer};
use serde::{Deserialize, Serialize};
use store::KeyedHash;

/// An address, the name with which letters greet, and the language in which they are written.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Where letters go.
    pub email: Address,
    /// Empty where the form asks for none.
    pub name: String,
    /// BCP 47 tag.
    pub language: String,
}

/// Sealed bytes hold no contact that this key opens. Nothing of their content is in the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the contact cannot be opened: it is damaged, or was sealed to another key")]
pub struct ContactError;

impl Contact {
    /// The contact as JSON, sealed to the service key.
    pub fn seal(&self, sealer: &Sealer) -> Result<Vec<u8>, SealError> {
        sealer.seal_for_service(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Opens what [`Contact::seal`] made.
    pub fn open(identity: &Identity, sealed: &[u8]) -> Result<Self, ContactError> {
        let bytes = identity.unseal(sealed).map_err(|_| ContactError)?;
        serde_json::from_slice(&bytes).map_err(|_| ContactError)
    }

    /// The hash under which the records of an address are found: one for each form, so that nobody who reads the
    /// store can tell that two forms were sent by one person.
    ///
    /// Spellings of one address have one hash; what is no address has one as well, for the same work.
    pub fn hash(key: &HashKey, form: &str, email: &str) -> KeyedHash {
        let hash = key.mac("contact v1", &[form.as_bytes(), folded(email).as_bytes()]);
        KeyedHash { key_id: key.id().to_owned(), hash: HEXLOWER.encode(&hash) }
    }
}

/// Trimmed, in lower case, the domain by IDNA. Mail servers that tell `Ana@` from `ana@` are a thing of books.
fn folded(text: &str) -> String {
    let text = text.trim();
    email::read(text).map_or_else(|_| text.to_owned(), |email| email.sent()).to_lowercase()
}

impl fmt::Debug for Contact {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Contact").field("language", &self.language).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact() -> Contact {
        Contact {
            email: "ana@example.org".parse().unwrap(),
            name: "Ana Čičak".to_owned(),
            language: "hr".to_owned(),
        }
    }

    #[test]
    fn only_the_service_reads_where_letters_go() {
        let (desk, service) = (Identity::generate(), Identity::generate());
        let sealer = Sealer::new(vec![desk.recipient()], service.recipient()).unwrap();
        let sealed = contact().seal(&sealer).unwrap();
        assert_eq!(Contact::open(&service, &sealed), Ok(contact()));
        assert_eq!(Contact::open(&desk, &sealed), Err(ContactError));
        let letter = sealer.seal_for_service(b"{}").unwrap();
        assert_eq!(Contact::open(&service, &letter), Err(ContactError));
    }

    #[test]
    fn spellings_of_one_address_have_one_hash() {
        let key = HashKey::new([7; 32]);
        let hash = |email| Contact::hash(&key, "registracija", email);
        for spelled in [" ana@example.org ", "Ana@Example.ORG", "ANA@EXAMPLE.ORG\u{a0}"] {
            assert_eq!(hash(spelled), hash("ana@example.org"), "{spelled}");
        }
        assert_eq!(hash("info@Bücher.example"), hash("info@xn--bcher-kva.example"));
        assert_ne!(hash("ana@example.org"), hash("ana@example.com"));
        assert_ne!(hash("ana"), hash(""), "what is no address is hashed as it is");
    }

    #[test]
    fn two_forms_of_one_person_cannot_be_linked() {
        let key = HashKey::new([7; 32]);
        let email = "ana@example.org";
        assert_ne!(
            Contact::hash(&key, "registracija", email).hash,
            Contact::hash(&key, "zahtjev-za-ispravu", email).hash
        );
        assert_ne!(
            Contact::hash(&key, "registracija", email).hash,
            Contact::hash(&HashKey::new([8; 32]), "registracija", email).hash
        );
    }

    #[test]
    fn a_contact_is_never_printed() {
        let printed = format!("{:?} {:#?}", contact(), contact());
        assert!(!printed.contains("ana") && !printed.contains("Ana"), "{printed}");
    }
}
