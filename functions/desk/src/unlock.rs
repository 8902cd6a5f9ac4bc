//! The registrar's private keys: a plain age identity file, or one that a passphrase protects.

use std::io::Read as _;

pub use age::secrecy::{ExposeSecret, SecretString};
use sealing::{Identity, KeyTextError};

/// Far more than any identity file.
const LONGEST_BYTES: u64 = 64 * 1024;
/// What age takes about a second for on a common machine is 2^18; a file that asks for far more is an attack.
const MOST_WORK_LOG_N: u8 = 22;

/// Why no key was opened. Never holds a part of the file or the passphrase.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnlockError {
    /// The file is protected, and no passphrase was given.
    #[error("the key file is protected by a passphrase")]
    PassphraseNeeded,
    /// Another passphrase, or a damaged file.
    #[error("the passphrase does not open the key file")]
    WrongPassphrase,
    /// Neither an identity file nor a protected one.
    #[error("this is no age identity file: {0}")]
    NoIdentity(#[from] KeyTextError),
}

/// Whether the file is protected by a passphrase (`age -p`), binary or armoured.
pub fn is_protected(file: &[u8]) -> bool {
    file.starts_with(b"age-encryption.org/") || file.starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

/// The text of a key file and the identity in it: comments, then one or several `AGE-SECRET-KEY-1…` lines.
pub fn open(file: &[u8], passphrase: Option<&SecretString>) -> Result<(SecretString, Identity), UnlockError> {
    let text = if is_protected(file) {
        decrypted(file, passphrase.ok_or(UnlockError::PassphraseNeeded)?)?
    } else {
        String::from_utf8_lossy(file).into_owned()
    };
    let identity = text.parse()?;
    Ok((text.into(), identity))
}

fn decrypted(file: &[u8], passphrase: &SecretString) -> Result<String, UnlockError> {
    let wrong = |_| UnlockError::WrongPassphrase;
    let mut key = age::scrypt::Identity::new(passphrase.clone());
    key.set_max_work_factor(MOST_WORK_LOG_N);
    let armoured = age::armor::ArmoredReader::new(file);
    let decryptor = age::Decryptor::new(armoured).map_err(wrong)?;
    let opened = decryptor.decrypt(std::iter::once(&key as &dyn age::Identity)).map_err(wrong)?;
    let mut text = String::new();
    opened.take(LONGEST_BYTES).read_to_string(&mut text).map_err(|_| UnlockError::WrongPassphrase)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use age::secrecy::ExposeSecret as _;

    use super::*;

    /// An artificial key of the age specification's style, made for tests only.
    fn key() -> String {
        age::x25519::Identity::generate().to_string().expose_secret().to_owned()
    }

    fn protected(text: &str, passphrase: &str) -> Vec<u8> {
        let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase.to_owned()));
        recipient.set_work_factor(2);
        let encryptor =
            age::Encryptor::with_recipients(std::iter::once(&recipient as &dyn age::Recipient)).unwrap();
        let mut out = Vec::new();
        let mut writer = encryptor.wrap_output(&mut out).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.finish().unwrap();
        out
    }

    #[test]
    fn a_plain_file_with_comments_and_two_keys_is_read() {
        let text = format!("# made on a day\n{}\n", key());
        assert!(!is_protected(text.as_bytes()));
        let (kept, _) = open(text.as_bytes(), None).unwrap();
        assert_eq!(kept.expose_secret(), text);
    }

    #[test]
    fn a_protected_file_opens_with_its_passphrase_only() {
        let text = key();
        let file = protected(&text, "ispravna lozinka");
        assert!(is_protected(&file));
        let opened = |file: &[u8], passphrase: Option<&str>| {
            let passphrase = passphrase.map(|text| SecretString::from(text.to_owned()));
            open(file, passphrase.as_ref()).map(|(text, _)| text.expose_secret().to_owned())
        };
        assert_eq!(opened(&file, Some("ispravna lozinka")), Ok(text));
        assert_eq!(opened(&file, Some("kriva")), Err(UnlockError::WrongPassphrase));
        assert_eq!(opened(&file, None), Err(UnlockError::PassphraseNeeded));
        assert_eq!(
            opened(&file[..file.len() / 2], Some("ispravna lozinka")),
            Err(UnlockError::WrongPassphrase)
        );
    }

    #[test]
    fn other_files_are_refused_without_being_shown() {
        for text in ["", "# only a comment", "AGE-SECRET-KEY-1NOT", "lozinka123"] {
            let error = open(text.as_bytes(), None).unwrap_err();
            assert!(!error.to_string().contains("lozinka") && !error.to_string().contains("1NOT"), "{error}");
        }
    }
}
