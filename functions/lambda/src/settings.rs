//! From a function's variables to what it starts with: read once, every mistake named by its variable.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use functions::abuse::{Guard, Load};
use functions::{Bundle, BundleError, Service};
use sealing::{KeyTextError, Recipient, SealError, Sealer};
use store_dynamodb::{Clients, DynamoStore, Settings, SettingsError};
use tokio::sync::watch;

use crate::aws::Account;
use crate::{Journal, Keys, Secrets};

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
    /// A variable holds something else than it should.
    #[error("{variable}: {wanted}")]
    Unreadable {
        /// The variable.
        variable: &'static str,
        /// What it should hold.
        wanted: &'static str,
    },
    /// A public key cannot be read.
    #[error("{variable}: {reason}")]
    Recipient {
        /// The variable.
        variable: &'static str,
        /// What is wrong.
        reason: KeyTextError,
    },
    /// There is nobody to seal to.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The bundle cannot be used.
    #[error(transparent)]
    Bundle(#[from] BundleError),
}

/// All that a function has before its first request: clients without a connection, and no secret.
pub struct Start {
    pub(crate) account: Account,
    pub(crate) bundle: Arc<Bundle>,
    pub(crate) sealer: Sealer,
    pub(crate) secrets: Secrets,
    pub(crate) journal: Journal,
    /// How many servers of ours stand between the visitor and the gateway.
    pub(crate) servers_before: usize,
    /// The configuration set under which SES tells what became of a letter.
    pub(crate) configuration_set: Option<String>,
    clients: Clients,
    load: fn() -> Load,
}

impl Start {
    /// `folder` is where the binary lies, `variable` looks up a variable.
    pub fn new(
        folder: &Path,
        variable: impl Fn(&str) -> Option<String>,
        journal: Journal,
    ) -> Result<Self, StartError> {
        let given = |name: &str| {
            variable(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
        };
        let bundle = given("ZAVICAJ_BUNDLE").map_or_else(|| folder.join("forms.json"), PathBuf::from);
        let bundle = fs::read(&bundle).map_err(|source| StartError::File { path: bundle, source })?;
        let bundle = Bundle::from_json(&bundle)?;

        let desk = match given("ZAVICAJ_DESK_RECIPIENTS") {
            Some(keys) => keys.replace([' ', ','], "\n"),
            None => read(folder, "desk-recipients.txt")?,
        };
        let desk = Recipient::read_all(&desk)
            .map_err(|reason| StartError::Recipient { variable: "ZAVICAJ_DESK_RECIPIENTS", reason })?;
        let name = "ZAVICAJ_SERVICE_RECIPIENT";
        let mail = given(name)
            .ok_or(StartError::Missing(name))?
            .parse()
            .map_err(|reason| StartError::Recipient { variable: name, reason })?;
        let load: fn() -> Load = match given("ZAVICAJ_PROOF_OF_WORK").as_deref() {
            Some("always") => || Load::Always,
            _ => || Load::Never,
        };
        let name = "ZAVICAJ_SERVERS_BEFORE";
        let servers_before = given(name).map_or(Ok(0), |number| number.parse());
        let servers_before = servers_before.map_err(|_| StartError::Unreadable {
            variable: name,
            wanted: "a number: 1 behind CloudFront",
        })?;
        let account = Account::new(Settings::from_variables(&variable)?, given);
        Ok(Self {
            secrets: Secrets::from_variables(&account, given)?,
            clients: Clients::new(account.settings(), account.http()),
            configuration_set: given("ZAVICAJ_SES_CONFIGURATION_SET"),
            sealer: Sealer::new(desk, mail)?,
            bundle: Arc::new(bundle),
            account,
            journal,
            servers_before,
            load,
        })
    }

    /// The store, which needs a key for its audit.
    pub(crate) fn store(&self, keys: &Keys) -> DynamoStore {
        DynamoStore::over(&self.clients, keys.hashing.derive("audit"))
    }

    /// What the handlers work with.
    pub(crate) fn service(&self, keys: Keys) -> Service {
        // The sender is dropped: a function's bundle never changes, a new one comes with a new deployment.
        let (_, bundle) = watch::channel(Arc::clone(&self.bundle));
        let journal = self.journal.clone();
        let log = Arc::new(move |event: &functions::Event| journal.hear(event));
        let store = Arc::new(self.store(&keys));
        Service {
            identity: keys.identity.map(Arc::new),
            receipt_keys: keys.receipt.map(Arc::new),
            guard: Arc::new(Guard::shared(MOST_PER_MINUTE, (self.load)())),
            ..Service::new(bundle, store, self.sealer.clone(), keys.hashing, log)
        }
    }
}

fn read(folder: &Path, name: &str) -> Result<String, StartError> {
    let path = folder.join(name);
    fs::read_to_string(&path).map_err(|source| StartError::File { path, source })
}
