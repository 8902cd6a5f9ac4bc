//! The key files: made once, whole or not at all, and refused when others can read them.
//!
//! ```text
//! keys/service/hashing.key           64 hexadecimal digits a line (HMAC); the first is in use, the others still verify
//! keys/service/identity.age          age identities: the first is sealed to, all open letters
//! keys/service/receipt.key           64 hexadecimal digits (Ed25519): signs receipts
//! keys/service/receipt-public.pem    its public half and those of older ones, for everybody
//! keys/service/desk-recipients.txt   age recipients of the desk: all that the public side needs of it
//! keys/desk/identity.age             age identities: open answers; belong on the registrar's machine
//! ```
//!
//! Each folder is prepared beside its place and renamed, so that a stop at any moment leaves none or a whole
//! one. `keys/desk` comes first: `keys/service` exists only when the desk's public key is inside it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use crate::disk::{at, exists, make_folder, put_folder, read_secret, refuse_readable};
use crate::ring::entries;
use crate::{
    HashKeys, Identity, KeyKind, KeyTextError, PublicKeyError, ReceiptKey, ReceiptKeys, ReceiptPublicKey,
    Recipient, SealError, Sealer,
};

pub(crate) const SERVICE: &str = "service";
pub(crate) const DESK: &str = "desk";
pub(crate) const HASHING: &str = "hashing.key";
pub(crate) const IDENTITY: &str = "identity.age";
pub(crate) const RECEIPT: &str = "receipt.key";
pub(crate) const RECEIPT_PUBLIC: &str = "receipt-public.pem";
pub(crate) const DESK_RECIPIENTS: &str = "desk-recipients.txt";

pub(crate) const DESK_RECIPIENTS_HEAD: &str =
    "# Public keys of the desk, one a line: answers are sealed to all of them.\n\n";
pub(crate) const RECEIPT_PUBLIC_HEAD: &str =
    "# Public keys of signed receipts, the newest first: with one of them everybody can check a receipt.\n\n";

/// Where the desk's private key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeskKey {
    /// Still in `keys/desk` of this machine: say at every start that it belongs on the registrar's.
    StillHere,
    /// Not on this machine, as it should be.
    MovedAway,
}

/// What the public side holds.
#[derive(Debug)]
pub struct Keys {
    /// For keyed hashes and signed tokens.
    pub hashing: HashKeys,
    /// Seals what arrives.
    pub sealer: Sealer,
    /// Opens letters of the outbox, those sealed to an older key as well.
    pub service_identity: Identity,
    /// Signs receipts, and checks those that older keys signed.
    pub receipt: ReceiptKeys,
    /// Whether keys were made by this start.
    pub created: bool,
    /// Whether the desk's private key was moved away yet.
    pub desk_key: DeskKey,
}

/// Why the keys cannot be used. Each message names the path and, where there is one, the command that helps.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others on this machine can read a secret.
    #[error("{path} can be read by others on this machine (mode {mode:04o}). Run: chmod {wanted:o} '{path}'")]
    ReadableByOthers {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// The bits that it should have.
        wanted: u32,
    },
    /// The file is not the kind of key that it should be.
    #[error("{path}: {reason}. Restore it from the backup; making a new one would orphan what is stored.")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong, without the content.
        reason: String,
    },
    /// The key that signs receipts came with a later version than the others.
    #[error("{path} is missing. Restore it from the backup; if there never was one, run: zavicaj keys make")]
    NoReceiptKey {
        /// The file.
        path: PathBuf,
    },
    /// There is no such key.
    #[error("there is no {kind} key {name}; zavicaj keys list shows all")]
    Unknown {
        /// Which kind.
        kind: KeyKind,
        /// What was asked for.
        name: String,
    },
    /// The key is the one in use.
    #[error("the {kind} key {name} is in use; make a newer one first: zavicaj keys rotate {kind}")]
    InUse {
        /// Which kind.
        kind: KeyKind,
        /// Its name.
        name: String,
    },
    /// Without it nobody could read what arrives.
    #[error("{name} is the desk's only key; make another first: zavicaj keys rotate desk")]
    OnlyDeskKey {
        /// The public key.
        name: String,
    },
    /// The desk's private keys are on the registrar's machine, so a new one is made there.
    #[error("the desk's keys are not here. On the registrar's machine run: zavicaj keys rotate desk")]
    DeskElsewhere,
    /// The operating system gave no randomness.
    #[error("no randomness from the operating system: {0}")]
    Random(getrandom::Error),
}

impl Keys {
    /// Opens the keys in `folder`, and makes them first when there are none. Existing files are never changed.
    pub fn open_or_create(folder: &Path) -> Result<Self, KeyError> {
        let created = !exists(&folder.join(SERVICE))?;
        if created {
            create(folder)?;
        }
        let mut keys = Self::open(folder)?;
        keys.created = created;
        Ok(keys)
    }

    /// Opens keys that must be there.
    pub fn open(folder: &Path) -> Result<Self, KeyError> {
        let service = folder.join(SERVICE);
        refuse_readable(&service, 0o700)?;
        let hashing = read_secret(&service.join(HASHING), |text| {
            HashKeys::from_text(text).ok_or("not keys of 64 hexadecimal digits, one a line")
        })?;
        let service_identity = read_secret(&service.join(IDENTITY), str::parse::<Identity>)?;
        let receipt = receipt_keys(&service)?;
        let path = service.join(DESK_RECIPIENTS);
        let unreadable = |reason: String| KeyError::Unreadable { path: path.clone(), reason };
        let text = fs::read_to_string(&path).map_err(at(&path))?;
        let desk = Recipient::read_all(&text).map_err(|error: KeyTextError| unreadable(error.to_string()))?;
        let sealer = Sealer::new(desk, service_identity.recipient())
            .map_err(|error: SealError| unreadable(error.to_string()))?;

        let desk_identity = folder.join(DESK).join(IDENTITY);
        let desk_key = if exists(&desk_identity)? {
            refuse_readable(&folder.join(DESK), 0o700)?;
            refuse_readable(&desk_identity, 0o600)?;
            DeskKey::StillHere
        } else {
            DeskKey::MovedAway
        };
        Ok(Self { hashing, sealer, service_identity, receipt, created: false, desk_key })
    }
}

fn create(folder: &Path) -> Result<(), KeyError> {
    make_folder(folder)?;
    let desk = folder.join(DESK);
    if !exists(&desk.join(IDENTITY))? {
        put_folder(&desk, &[(IDENTITY, Identity::generate().file_text())])?;
    }
    let desk_identity = read_secret(&desk.join(IDENTITY), str::parse::<Identity>)?;
    let recipients = format!("{DESK_RECIPIENTS_HEAD}{}\n", desk_identity.recipient());
    let receipt = random_secret()?;
    put_folder(
        &folder.join(SERVICE),
        &[
            (HASHING, format!("{}\n", HEXLOWER.encode(&random_secret()?))),
            (IDENTITY, Identity::generate().file_text()),
            (RECEIPT, format!("{}\n", HEXLOWER.encode(&receipt))),
            (RECEIPT_PUBLIC, format!("{RECEIPT_PUBLIC_HEAD}{}", ReceiptKey::new(receipt).public().to_pem())),
            (DESK_RECIPIENTS, recipients),
        ],
    )
}

/// The key that signs, and the public halves of all that ever did.
pub(crate) fn receipt_keys(service: &Path) -> Result<ReceiptKeys, KeyError> {
    let path = service.join(RECEIPT);
    if !exists(&path)? {
        return Err(KeyError::NoReceiptKey { path });
    }
    let current = read_secret(&path, |text| match entries(text).as_slice() {
        [entry] => ReceiptKey::from_hex(&entry.body).ok_or("not a key of 64 hexadecimal digits"),
        _ => Err("not one key of 64 hexadecimal digits"),
    })?;
    let path = service.join(RECEIPT_PUBLIC);
    let text = fs::read_to_string(&path).map_err(at(&path))?;
    let public = ReceiptPublicKey::read_all(&text)
        .map_err(|error: PublicKeyError| KeyError::Unreadable { path, reason: error.to_string() })?;
    let own = current.public();
    Ok(ReceiptKeys::new(current, public.into_iter().filter(|key| *key != own).collect()))
}

pub(crate) fn random_secret() -> Result<[u8; 32], KeyError> {
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(KeyError::Random)?;
    Ok(secret)
}
