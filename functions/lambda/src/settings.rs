//! From a function's variables to its service: read once at start, every mistake named by its variable.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use functions::abuse::{Guard, Load};
use functions::{Bundle, BundleError, Service};
use sealing::{HashKeys, KeyTextError, ReceiptKey, ReceiptKeys, Recipient, SealError, Sealer};
use store_dynamodb::{DynamoStore, Settings, SettingsError};
use tokio::sync::watch;

/// So many requests of one network in a minute: a hall full of people, not a program.
const MOST_PER_MINUTE: u32 = 60;

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
    /// The secret that signs receipts is not 64 hexadecimal digits.
    #[error("ZAVICAJ_RECEIPT_KEY holds no keys of 64 hexadecimal digits")]
    ReceiptKey,
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

    let receipt = given("ZAVICAJ_RECEIPT_KEY").map(|keys| receipt_keys(&keys).ok_or(StartError::ReceiptKey));
    let load = match given("ZAVICAJ_PROOF_OF_WORK").as_deref().map(str::trim) {
        Some("always") => Load::Always,
        _ => Load::Never,
    };

    let audit = hashing.derive("audit");
    let store = DynamoStore::open(&Settings::from_variables(&variable)?, audit);
    // The sender is dropped: a function's bundle never changes, a new one comes with a new deployment.
    let (_, receiver) = watch::channel(Arc::new(bundle));
    let sealer = Sealer::new(desk, mail)?;
    Ok(Service {
        receipt_keys: receipt.transpose()?.map(Arc::new),
        guard: Arc::new(Guard::shared(MOST_PER_MINUTE, load)),
        ..Service::new(receiver, Arc::new(store), sealer, hashing, Arc::new(crate::log::write))
    })
}

/// The newest key signs; of older ones only the public halves are published.
fn receipt_keys(text: &str) -> Option<ReceiptKeys> {
    let keys: Option<Vec<_>> =
        text.split([' ', ',', '\n']).filter(|key| !key.is_empty()).map(ReceiptKey::from_hex).collect();
    let mut keys = keys?.into_iter();
    Some(ReceiptKeys::new(keys.next()?, keys.map(|key| key.public()).collect()))
}

fn read(folder: &Path, name: &str) -> Result<String, StartError> {
    let path = folder.join(name);
    fs::read_to_string(&path).map_err(|source| StartError::File { path, source })
}
