//! Where letters about a record go: sealed to the service key, found again by a keyed hash.

use std::fmt;

use data_encoding::HEXLOWER;
use forms::{Answers, Form, email};
use mail::Address;
use sealing::{HashKey, HashKeys, Identity, SealError, Sealer};
use serde::{Deserialize, Serialize};
use store::KeyedHash;

const PURPOSE: &str = "contact v1";

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
    /// The contact that answers give, if the form asks for an address and one was given.
    pub fn of(form: &Form, answers: &Answers, language: &str) -> Option<Self> {
        let said = answers.contact(form)?;
        // What a form accepts as an address is one: both follow one rule.
        Some(Self { email: said.email.parse().ok()?, name: said.name, language: language.to_owned() })
    }

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
        let hash = key.mac(PURPOSE, &[form.as_bytes(), folded(email).as_bytes()]);
        KeyedHash { key_id: key.id().to_owned(), hash: HEXLOWER.encode(&hash) }
    }

    /// Whether this hash is that of an address, whichever key made it. The work is the same without a hash.
    pub fn is_behind(keys: &HashKeys, form: &str, email: &str, hash: Option<&KeyedHash>) -> bool {
        let known = hash.and_then(|hash| {
            let tag: [u8; 32] = HEXLOWER.decode(hash.hash.as_bytes()).ok()?.try_into().ok()?;
            Some((keys.by_id(&hash.key_id)?, tag))
        });
        let (key, tag) = known.unwrap_or((keys.current(), [0; 32]));
        key.verify(PURPOSE, &[form.as_bytes(), folded(email).as_bytes()], &tag) && known.is_some()
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
    fn a_hash_of_a_key_that_was_replaced_still_finds_its_address() {
        let (old, new) = (HashKey::new([7; 32]), HashKey::new([8; 32]));
        let hash = Contact::hash(&old, "registracija", "ana@example.org");
        let keys = HashKeys::new(new, vec![old]);
        let is_behind = |form, email, hash| Contact::is_behind(&keys, form, email, hash);
        assert!(is_behind("registracija", "Ana@example.org", Some(&hash)));
        assert!(!is_behind("registracija", "iva@example.org", Some(&hash)));
        assert!(!is_behind("zahtjev-za-ispravu", "ana@example.org", Some(&hash)));
        assert!(!is_behind("registracija", "ana@example.org", None));
        let unreadable = KeyedHash { hash: "x".to_owned(), ..hash.clone() };
        assert!(!is_behind("registracija", "ana@example.org", Some(&unreadable)));
    }

    #[test]
    fn a_contact_is_never_printed() {
        let printed = format!("{:?} {:#?}", contact(), contact());
        assert!(!printed.contains("ana") && !printed.contains("Ana"), "{printed}");
    }
}
