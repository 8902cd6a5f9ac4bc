//! Sealing bytes to public keys and opening them with an identity, in the age v1 format.

use std::fmt;
use std::io::{Read as _, Write as _};
use std::str::FromStr;

use age::secrecy::ExposeSecret as _;

/// A public key: whoever has it can seal, and read nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(age::x25519::Recipient);

/// A private key and those that it replaced: it opens what was sealed to any of them. It has no printable value.
#[derive(Clone)]
pub struct Identity {
    current: age::x25519::Identity,
    older: Vec<age::x25519::Identity>,
}

/// The text is no age key of the expected kind. It never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyTextError {
    /// Not `age1…`.
    #[error("not an age recipient (one line that starts with age1)")]
    Recipient,
    /// Not `AGE-SECRET-KEY-1…`.
    #[error("not an age identity (one line that starts with AGE-SECRET-KEY-1)")]
    Identity,
}

/// Sealing failed; nothing of the content is in the message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sealing failed: {0}")]
pub struct SealError(String);

impl SealError {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

/// Sealed bytes could not be opened: damaged, or sealed to another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed bytes are damaged or were sealed to another key")]
pub struct UnsealError;

/// Seals what arrives: answers to the desk, addresses for mail to the service.
#[derive(Clone)]
pub struct Sealer {
    desk: Vec<Recipient>,
    service: Recipient,
}

impl Sealer {
    /// A sealer; without any recipient of the desk nobody could ever read an answer, so there must be one.
    pub fn new(desk: Vec<Recipient>, service: Recipient) -> Result<Self, SealError> {
        if desk.is_empty() {
            return Err(SealError("the desk has no public key".to_owned()));
        }
        Ok(Self { desk, service })
    }

    /// Seals to every public key of the desk; each of its private keys opens it.
    pub fn seal_for_desk(&self, content: &[u8]) -> Result<Vec<u8>, SealError> {
        seal(&self.desk, content)
    }

    /// Seals to the service's own key.
    pub fn seal_for_service(&self, content: &[u8]) -> Result<Vec<u8>, SealError> {
        seal(std::slice::from_ref(&self.service), content)
    }
}

fn seal(recipients: &[Recipient], content: &[u8]) -> Result<Vec<u8>, SealError> {
    let failed = |error: &dyn fmt::Display| SealError(error.to_string());
    let recipients = recipients.iter().map(|recipient| &recipient.0 as &dyn age::Recipient);
    let encryptor = age::Encryptor::with_recipients(recipients).map_err(|error| failed(&error))?;
    let mut sealed = Vec::with_capacity(content.len() + 256);
    let mut writer = encryptor.wrap_output(&mut sealed).map_err(|error| failed(&error))?;
    writer.write_all(content).map_err(|error| failed(&error))?;
    writer.finish().map_err(|error| failed(&error))?;
    Ok(sealed)
}

impl Identity {
    /// A new private key from the operating system's randomness.
    pub fn generate() -> Self {
        Self { current: age::x25519::Identity::generate(), older: Vec::new() }
    }

    /// The public key that belongs to the newest.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.current.to_public())
    }

    /// The public keys of all, the newest first.
    pub fn recipients(&self) -> impl Iterator<Item = Recipient> {
        self.all().map(|identity| Recipient(identity.to_public()))
    }

    /// Opens what was sealed to one of the recipients.
    pub fn unseal(&self, sealed: &[u8]) -> Result<Vec<u8>, UnsealError> {
        let identities = self.all().map(|identity| identity as &dyn age::Identity);
        let mut reader = age::Decryptor::new_buffered(sealed)
            .and_then(|decryptor| decryptor.decrypt(identities))
            .map_err(|_| UnsealError)?;
        let mut content = Vec::with_capacity(sealed.len());
        reader.read_to_end(&mut content).map_err(|_| UnsealError)?;
        Ok(content)
    }

    /// The same without the key of this recipient; nothing where no other is left.
    pub fn without(&self, recipient: &Recipient) -> Option<Self> {
        let mut left = self.all().filter(|identity| identity.to_public() != recipient.0).cloned();
        let current = left.next()?;
        Some(Self { current, older: left.collect() })
    }

    /// The text of an age identity file, as the standard tools read it.
    pub(crate) fn file_text(&self) -> String {
        self.all()
            .map(|key| format!("# public key: {}\n{}\n", key.to_public(), key.to_string().expose_secret()))
            .collect()
    }

    fn all(&self) -> impl Iterator<Item = &age::x25519::Identity> {
        std::iter::once(&self.current).chain(&self.older)
    }
}

impl FromStr for Identity {
    type Err = KeyTextError;

    /// Reads an age identity file: one `AGE-SECRET-KEY-1…` a line, the newest first; `#` starts a comment line.
    fn from_str(text: &str) -> Result<Self, KeyTextError> {
        let mut keys = lines(text).map(|line| line.parse().map_err(|_| KeyTextError::Identity));
        let current = keys.next().ok_or(KeyTextError::Identity)??;
        Ok(Self { current, older: keys.collect::<Result<_, _>>()? })
    }
}

impl Recipient {
    /// Reads an age recipients file: one `age1…` a line, `#` starts a comment line.
    pub fn read_all(text: &str) -> Result<Vec<Self>, KeyTextError> {
        lines(text).map(str::parse).collect()
    }
}

impl FromStr for Recipient {
    type Err = KeyTextError;

    fn from_str(text: &str) -> Result<Self, KeyTextError> {
        text.parse().map(Self).map_err(|_| KeyTextError::Recipient)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Recipient({})", self.0)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Identity(of {})", self.recipient())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Sealer").field("desk", &self.desk).field("service", &self.service).finish()
    }
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_desk_reads_answers_and_only_the_service_reads_letters() {
        let (desk, deputy, service) = (Identity::generate(), Identity::generate(), Identity::generate());
        let sealer = Sealer::new(vec![desk.recipient(), deputy.recipient()], service.recipient()).unwrap();
        let answers = sealer.seal_for_desk("odgovori: čćžšđ".as_bytes()).unwrap();
        let letter = sealer.seal_for_service(b"letter").unwrap();
        for reader in [&desk, &deputy] {
            assert_eq!(reader.unseal(&answers).unwrap(), "odgovori: čćžšđ".as_bytes());
            assert_eq!(reader.unseal(&letter), Err(UnsealError));
        }
        assert_eq!(service.unseal(&answers), Err(UnsealError));
        assert_eq!(service.unseal(&letter).unwrap(), b"letter");
    }

    #[test]
    fn one_changed_byte_anywhere_is_noticed() {
        let desk = Identity::generate();
        let sealer = Sealer::new(vec![desk.recipient()], desk.recipient()).unwrap();
        let sealed = sealer.seal_for_desk(b"answers").unwrap();
        for place in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[place] ^= 1;
            assert_eq!(desk.unseal(&damaged), Err(UnsealError), "byte {place}");
        }
        assert_eq!(desk.unseal(&sealed[..sealed.len() - 1]), Err(UnsealError));
    }

    #[test]
    fn what_was_sealed_to_an_older_key_is_still_opened_until_that_key_is_gone() {
        let (newer, older) = (Identity::generate(), Identity::generate());
        let text = format!("{}{}", newer.file_text(), older.file_text());
        let ring: Identity = text.parse().unwrap();
        assert_eq!(ring.recipient(), newer.recipient(), "the first is in use");
        assert_eq!(ring.recipients().collect::<Vec<_>>(), [newer.recipient(), older.recipient()]);
        let seal = |identity: &Identity| seal(&[identity.recipient()], b"letter").unwrap();
        for sealed in [seal(&newer), seal(&older)] {
            assert_eq!(ring.unseal(&sealed).unwrap(), b"letter");
        }
        let left = ring.without(&older.recipient()).unwrap();
        assert_eq!(left.unseal(&seal(&older)), Err(UnsealError));
        assert_eq!(left.unseal(&seal(&newer)).unwrap(), b"letter");
        assert!(left.without(&newer.recipient()).is_none());
        assert_eq!(ring.file_text().parse::<Identity>().unwrap().recipients().count(), 2);
    }

    #[test]
    fn sealing_to_nobody_is_refused() {
        assert!(Sealer::new(Vec::new(), Identity::generate().recipient()).is_err());
    }

    #[test]
    fn a_private_key_is_never_printed() {
        let identity = Identity::generate();
        let printed = format!("{identity:?}");
        assert!(printed.contains("age1") && !printed.contains("SECRET"), "{printed}");
        let error = "AGE-SECRET-KEY-1WRONG".parse::<Identity>().unwrap_err().to_string();
        assert!(!error.contains("WRONG"), "{error}");
    }

    #[test]
    fn files_of_the_age_tools_are_read() {
        let identity = Identity::generate();
        let text = format!("# created: 2026-11-23T18:00:00+01:00\n{}", identity.file_text());
        assert_eq!(text.parse::<Identity>().unwrap().recipient(), identity.recipient());
        let recipients = format!("# registrar\n{}\n\n  {}\n", identity.recipient(), identity.recipient());
        assert_eq!(Recipient::read_all(&recipients).unwrap().len(), 2);
        assert_eq!(Recipient::read_all("age1wrong"), Err(KeyTextError::Recipient));
    }
}
