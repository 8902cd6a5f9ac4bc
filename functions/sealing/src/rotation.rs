//! The care of the keys: what there is, a newer one, and taking an old one out.
//!
//! A rotation orphans nothing: the older key stays where it was, behind the newer one. Only retiring takes a key
//! away, and never a private key of the desk.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use crate::disk::{at, exists, lock, make_folder, put_file, put_folder, read_secret, refuse_readable};
use crate::files::{
    DESK, DESK_RECIPIENTS, HASHING, IDENTITY, RECEIPT, RECEIPT_PUBLIC, RECEIPT_PUBLIC_HEAD, SERVICE,
    random_secret, receipt_keys,
};
use crate::ring::{entries, with_newer, without};
use crate::{HashKey, HashKeys, Identity, KeyError, Keys, ReceiptKey, ReceiptPublicKey, Recipient};

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// Keyed hashes and signed links.
    Hashing,
    /// Letters and addresses.
    Service,
    /// Signed receipts.
    Receipt,
    /// Answers.
    Desk,
}

/// One key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyEntry {
    /// What it is for.
    pub kind: KeyKind,
    /// Its public name: an id, or the public key itself (`age1…`).
    pub name: String,
    /// When it was made (RFC 3339), where the file says so.
    pub made: Option<String>,
    /// Whether new things are made with it, or only old ones understood.
    pub is_in_use: bool,
    /// Whether the private half lies in this folder.
    pub is_private_here: bool,
}

/// A folder with keys.
#[derive(Debug, Clone)]
pub struct KeyFolder {
    path: PathBuf,
}

impl KeyKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Hashing, Self::Service, Self::Receipt, Self::Desk];

    /// The word for it on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hashing => "hashing",
            Self::Service => "service",
            Self::Receipt => "receipt",
            Self::Desk => "desk",
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

impl KeyFolder {
    /// The folder that holds `service` and, until it is moved, `desk`.
    pub fn new(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Makes what is missing, as the first start does; answers with the kinds that were made.
    pub fn make(&self, now: &str) -> Result<Vec<KeyKind>, KeyError> {
        make_folder(&self.path)?;
        let _turn = lock(&self.path)?;
        let had_desk = exists(&self.desk_identity())?;
        let service = self.path.join(SERVICE);
        if exists(&service)? {
            if exists(&service.join(RECEIPT))? {
                return Ok(Vec::new());
            }
            self.newer_receipt(now)?;
            return Ok(vec![KeyKind::Receipt]);
        }
        Keys::open_or_create(&self.path)?;
        Ok(KeyKind::ALL.into_iter().filter(|kind| *kind != KeyKind::Desk || !had_desk).collect())
    }

    /// All keys, by kind, the newest first.
    pub fn list(&self) -> Result<Vec<KeyEntry>, KeyError> {
        let mut list = Vec::new();
        let service = self.path.join(SERVICE);
        let own = if exists(&self.desk_identity())? { self.desk_keys()? } else { Vec::new() };
        if exists(&service)? {
            // What cannot be opened as a whole is not listed as if it were good.
            let keys = Keys::open(&self.path)?;
            let made = self.made(&service.join(HASHING))?;
            let hashing = keys.hashing.all().map(|key| key.id().to_owned()).zip(made).enumerate();
            list.extend(hashing.map(|(place, (name, made))| ring_entry(KeyKind::Hashing, name, made, place)));
            let made = self.made(&service.join(IDENTITY))?;
            let letters = keys.service_identity.recipients().map(|key| key.to_string()).zip(made).enumerate();
            list.extend(letters.map(|(place, (name, made))| ring_entry(KeyKind::Service, name, made, place)));
            for (key, made) in self.published()? {
                let is_in_use = key == keys.receipt.current().public();
                list.push(KeyEntry {
                    kind: KeyKind::Receipt,
                    name: key.id(),
                    made,
                    is_in_use,
                    is_private_here: is_in_use,
                });
            }
            for (name, made) in self.desk_recipients()? {
                list.push(KeyEntry {
                    kind: KeyKind::Desk,
                    is_in_use: true,
                    is_private_here: own.iter().any(|(key, _)| *key == name),
                    name,
                    made,
                });
            }
        }
        for (name, made) in own {
            if !list.iter().any(|entry| entry.kind == KeyKind::Desk && entry.name == name) {
                // Without a service folder this is the registrar's machine: what is sealed to is not known here.
                let is_in_use = false;
                list.push(KeyEntry { kind: KeyKind::Desk, name, made, is_in_use, is_private_here: true });
            }
        }
        Ok(list)
    }

    /// Makes a newer key; answers with its public name. The older one stays.
    pub fn rotate(&self, kind: KeyKind, now: &str) -> Result<String, KeyError> {
        if kind == KeyKind::Desk {
            make_folder(&self.path)?;
        }
        let _turn = lock(&self.path)?;
        match kind {
            KeyKind::Hashing => {
                let path = self.service_file(HASHING)?;
                let secret = random_secret()?;
                self.put_newer(&path, &HEXLOWER.encode(&secret), now)?;
                Ok(HashKey::new(secret).id().to_owned())
            }
            KeyKind::Service => {
                let path = self.service_file(IDENTITY)?;
                let identity = Identity::generate();
                self.put_newer(&path, &identity.file_text(), now)?;
                Ok(identity.recipient().to_string())
            }
            KeyKind::Receipt => {
                self.service_file(RECEIPT)?;
                self.newer_receipt(now)
            }
            KeyKind::Desk => self.newer_desk(now),
        }
    }

    /// Seals what arrives from now on to this public key of the desk as well. False if it was done before.
    pub fn add_desk_recipient(&self, recipient: &Recipient, now: &str) -> Result<bool, KeyError> {
        let _turn = lock(&self.path)?;
        self.add_recipient(recipient, now)
    }

    /// Takes a key out. What only it opens or verifies is lost: say that to the operator before.
    pub fn retire(&self, kind: KeyKind, name: &str) -> Result<(), KeyError> {
        let _turn = lock(&self.path)?;
        let unknown = || KeyError::Unknown { kind, name: name.to_owned() };
        let (path, names): (_, Vec<String>) = match kind {
            KeyKind::Hashing => {
                let path = self.service_file(HASHING)?;
                let ring = read_secret(&path, |text| HashKeys::from_text(text).ok_or("no keys"))?;
                let names = ring.all().map(|key| key.id().to_owned()).collect();
                (path, names)
            }
            KeyKind::Service => {
                let path = self.service_file(IDENTITY)?;
                let ring = read_secret(&path, str::parse::<Identity>)?;
                let names = ring.recipients().map(|key| key.to_string()).collect();
                (path, names)
            }
            KeyKind::Receipt => {
                let names = self.published()?.into_iter().map(|(key, _)| key.id()).collect();
                (self.service_file(RECEIPT_PUBLIC)?, names)
            }
            KeyKind::Desk => {
                let names = self.desk_recipients()?.into_iter().map(|(name, _)| name).collect();
                (self.service_file(DESK_RECIPIENTS)?, names)
            }
        };
        let place = names.iter().position(|known| known == name).ok_or_else(unknown)?;
        let is_in_use = match kind {
            KeyKind::Hashing | KeyKind::Service => place == 0,
            KeyKind::Receipt => receipt_keys(&self.path.join(SERVICE))?.current().id() == name,
            KeyKind::Desk => false,
        };
        if is_in_use {
            return Err(KeyError::InUse { kind, name: name.to_owned() });
        }
        if kind == KeyKind::Desk && names.len() == 1 {
            return Err(KeyError::OnlyDeskKey { name: name.to_owned() });
        }
        let text = fs::read_to_string(&path).map_err(at(&path))?;
        put_file(&path, &without(&text, place))
    }

    fn newer_receipt(&self, now: &str) -> Result<String, KeyError> {
        let service = self.path.join(SERVICE);
        let secret = random_secret()?;
        let key = ReceiptKey::new(secret);
        let path = service.join(RECEIPT_PUBLIC);
        let known = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => RECEIPT_PUBLIC_HEAD.to_owned(),
            Err(error) => return Err(at(&path)(error)),
        };
        // The public half first: a stop in between publishes a key too many, and no receipt without one.
        put_file(&path, &with_newer(&known, &key.public().to_pem(), now))?;
        put_file(&service.join(RECEIPT), &format!("# made {now}\n{}\n", HEXLOWER.encode(&secret)))?;
        Ok(key.id())
    }

    fn newer_desk(&self, now: &str) -> Result<String, KeyError> {
        let place = self.desk_identity();
        let has_service = exists(&self.path.join(SERVICE))?;
        let identity = Identity::generate();
        if exists(&place)? {
            self.put_newer(&place, &identity.file_text(), now)?;
        } else if has_service {
            return Err(KeyError::DeskElsewhere);
        } else {
            let text = format!("# made {now}\n{}", identity.file_text());
            put_folder(&self.path.join(DESK), &[(IDENTITY, text)])?;
        }
        // The private half is safe by now, so what is sealed to the public one can be opened.
        if has_service {
            self.add_recipient(&identity.recipient(), now)?;
        }
        Ok(identity.recipient().to_string())
    }

    fn add_recipient(&self, recipient: &Recipient, now: &str) -> Result<bool, KeyError> {
        let name = recipient.to_string();
        if self.desk_recipients()?.iter().any(|(known, _)| *known == name) {
            return Ok(false);
        }
        let path = self.service_file(DESK_RECIPIENTS)?;
        self.put_newer(&path, &name, now)?;
        Ok(true)
    }

    fn put_newer(&self, path: &Path, body: &str, now: &str) -> Result<(), KeyError> {
        let text = fs::read_to_string(path).map_err(at(path))?;
        put_file(path, &with_newer(&text, body, now))
    }

    /// A file of the service, once all of its keys were found good.
    fn service_file(&self, name: &str) -> Result<PathBuf, KeyError> {
        Keys::open(&self.path)?;
        Ok(self.path.join(SERVICE).join(name))
    }

    fn desk_identity(&self) -> PathBuf {
        self.path.join(DESK).join(IDENTITY)
    }

    fn desk_keys(&self) -> Result<Vec<(String, Option<String>)>, KeyError> {
        let path = self.desk_identity();
        refuse_readable(&self.path.join(DESK), 0o700)?;
        let ring = read_secret(&path, str::parse::<Identity>)?;
        Ok(ring.recipients().map(|key| key.to_string()).zip(self.made(&path)?).collect())
    }

    fn desk_recipients(&self) -> Result<Vec<(String, Option<String>)>, KeyError> {
        let path = self.path.join(SERVICE).join(DESK_RECIPIENTS);
        let text = fs::read_to_string(&path).map_err(at(&path))?;
        Ok(entries(&text).into_iter().map(|entry| (entry.body, entry.made.map(str::to_owned))).collect())
    }

    fn published(&self) -> Result<Vec<(ReceiptPublicKey, Option<String>)>, KeyError> {
        let path = self.path.join(SERVICE).join(RECEIPT_PUBLIC);
        let text = fs::read_to_string(&path).map_err(at(&path))?;
        let keys = ReceiptPublicKey::read_all(&text)
            .map_err(|error| KeyError::Unreadable { path, reason: error.to_string() })?;
        Ok(keys
            .into_iter()
            .zip(entries(&text).into_iter().map(|entry| entry.made.map(str::to_owned)))
            .collect())
    }

    fn made(&self, path: &Path) -> Result<Vec<Option<String>>, KeyError> {
        let text = fs::read_to_string(path).map_err(at(path))?;
        Ok(entries(&text).into_iter().map(|entry| entry.made.map(str::to_owned)).collect())
    }
}

fn ring_entry(kind: KeyKind, name: String, made: Option<String>, place: usize) -> KeyEntry {
    KeyEntry { kind, name, made, is_in_use: place == 0, is_private_here: true }
}
