//! From a function's variables to its service: read once at start, every mistake named by its variable.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use functions::{Bundle, BundleError, Service};
use sealing::{HashKeys, KeyTextError, Recipient, SealError, Sealer};
use store_dynamodb::{DynamoStore, Settings, SettingsError};
use tokio::sync::watch;

/// Why a function cannot start. No value of a secret is in the text.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file is missing or cannot be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A required variable is missing.
    #[error(transparent)]
    Store(#[from] SettingsError),
    /// A required variable is missing.
    #[error("the variable {0} is not set")]
    Missing(&'static str),
    /// A public key cannot be read.
    #[error("{variable}: {reason}")]
    Recipient {
        /// The variable.
        variable: &'static str,
        /// What is wrong.
        reason: KeyTextError,
    },
    /// The secrets for keyed hashes are not 64 hexadecimal digits each.
    #[error("ZAVICAJ_HASHING_KEY holds no keys of 64 hexadecimal digits")]
    HashingKey,
    /// There is nobody to seal to.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The bundle cannot be used.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

/// The service of a function: `folder` is where its binary lies, `variable` looks up a variable.
pub fn service(folder: &Path, variable: impl Fn(&str) -> Option<String>) -> Result<Service, StartError> {
    let given = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
    let bundle = given("ZAVICAJ_BUNDLE").map_or_else(|| folder.join("forms.json"), PathBuf::from);
    let bundle = fs::read(&bundle).map_err(|source| StartError::File { path: bundle, source })?;
    let bundle = Bundle::from_json(&bundle)?;

    let desk = match given("ZAVICAJ_DESK_RECIPIENTS") {
        Some(keys) => keys.replace([' ', ','], "\n"),
        None => read(folder, "desk-recipients.txt")?,
    };
    let desk = Recipient::read_all(&desk)
        .map_err(|reason| StartError::Recipient { variable: "ZAVICAJ_DESK_RECIPIENTS", reason })?;
    let variable_name = "ZAVICAJ_SERVICE_RECIPIENT";
    let mail = given(variable_name)
        .ok_or(StartError::Missing(variable_name))?
        .trim()
        .parse()
        .map_err(|reason| StartError::Recipient { variable: variable_name, reason })?;
    let hashing = match given("ZAVICAJ_HASHING_KEY") {
        Some(keys) => keys.replace([' ', ','], "\n"),
        None => read(folder, "hashing.key")?,
    };
    let hashing = HashKeys::from_text(&hashing).ok_or(StartError::HashingKey)?;

    let audit = hashing.derive("audit");
    let store = DynamoStore::open(&Settings::from_variables(&variable)?, audit);
    // The sender is dropped: a function's bundle never changes, a new one comes with a new deployment.
    let (_, receiver) = watch::channel(Arc::new(bundle));
    Ok(Service::new(
        receiver,
        Arc::new(store),
        Sealer::new(desk, mail)?,
        hashing,
        Arc::new(crate::log::write),
    ))
}

fn read(folder: &Path, name: &str) -> Result<String, StartError> {
    let path = folder.join(name);
    fs::read_to_string(&path).map_err(|source| StartError::File { path, source })
}
