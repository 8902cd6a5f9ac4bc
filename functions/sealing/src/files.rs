//! The key files: made once, whole or not at all, and refused when others can read them.
//!
//! ```text
//! keys/service/hashing.key           64 hexadecimal digits a line (HMAC); the first is in use, the others still verify
//! keys/service/identity.age          age identity: opens letters
//! keys/service/desk-recipients.txt   age recipients of the desk: all that the public side needs of it
//! keys/desk/identity.age             age identity: opens answers; belongs on the registrar's machine
//! ```
//!
//! Each folder is prepared beside its place and renamed, so that a stop at any moment leaves none or a whole
//! one. `keys/desk` comes first: `keys/service` exists only when the desk's public key is inside it.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;

use crate::{HashKeys, Identity, KeyTextError, Recipient, SealError, Sealer};

const SERVICE: &str = "service";
const DESK: &str = "desk";
const HASHING: &str = "hashing.key";
const IDENTITY: &str = "identity.age";
const DESK_RECIPIENTS: &str = "desk-recipients.txt";

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
    /// Opens letters of the outbox.
    pub service_identity: Identity,
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
        Ok(Self { hashing, sealer, service_identity, created: false, desk_key })
    }
}

fn create(folder: &Path) -> Result<(), KeyError> {
    make_folder(folder)?;
    let desk = folder.join(DESK);
    if !exists(&desk.join(IDENTITY))? {
        put_folder(&desk, &[(IDENTITY, Identity::generate().file_text())])?;
    }
    let desk_identity = read_secret(&desk.join(IDENTITY), str::parse::<Identity>)?;
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(KeyError::Random)?;
    let recipients = format!(
        "# Public keys of the desk, one a line: answers are sealed to all of them.\n{}\n",
        desk_identity.recipient()
    );
    put_folder(
        &folder.join(SERVICE),
        &[
            (HASHING, format!("{}\n", HEXLOWER.encode(&secret))),
            (IDENTITY, Identity::generate().file_text()),
            (DESK_RECIPIENTS, recipients),
        ],
    )
}

/// Writes a folder beside its place, makes it durable and renames it; one made meanwhile by another start wins.
fn put_folder(place: &Path, files: &[(&str, String)]) -> Result<(), KeyError> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(KeyError::Random)?;
    let staged = place.with_extension(format!("new-{}", HEXLOWER.encode(&random)));
    make_folder(&staged)?;
    for (name, text) in files {
        let path = staged.join(name);
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(at(&path))?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(at(&path))?;
    }
    sync_folder(&staged)?;
    if let Err(source) = fs::rename(&staged, place) {
        fs::remove_dir_all(&staged).map_err(at(&staged))?;
        let made_meanwhile = fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_some());
        return if made_meanwhile { Ok(()) } else { Err(KeyError::Io { path: place.to_owned(), source }) };
    }
    place.parent().map_or(Ok(()), sync_folder)
}

fn make_folder(path: &Path) -> Result<(), KeyError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(at(path))
}

/// A rename lasts only when the folder that holds the name is on the disk too.
fn sync_folder(path: &Path) -> Result<(), KeyError> {
    #[cfg(unix)]
    fs::File::open(path).and_then(|folder| folder.sync_all()).map_err(at(path))?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn read_secret<T, E: ToString>(path: &Path, parse: impl Fn(&str) -> Result<T, E>) -> Result<T, KeyError> {
    refuse_readable(path, 0o600)?;
    let text = fs::read_to_string(path).map_err(at(path))?;
    parse(&text).map_err(|error| KeyError::Unreadable { path: path.to_owned(), reason: error.to_string() })
}

#[cfg(unix)]
fn refuse_readable(path: &Path, wanted: u32) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::metadata(path).map_err(at(path))?.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(KeyError::ReadableByOthers { path: path.to_owned(), mode, wanted })
}

/// Elsewhere the folder's access list decides, which this program does not set.
#[cfg(not(unix))]
fn refuse_readable(path: &Path, _wanted: u32) -> Result<(), KeyError> {
    fs::metadata(path).map(|_| ()).map_err(at(path))
}

fn exists(path: &Path) -> Result<bool, KeyError> {
    path.try_exists().map_err(at(path))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> KeyError + '_ {
    move |source| KeyError::Io { path: path.to_owned(), source }
}
