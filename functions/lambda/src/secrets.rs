//! Where the keys come from: AWS Secrets Manager at the first request, or a folder on a developer's machine.
//!
//! A secret's text is that of its file in `keys/service`, so that `aws secretsmanager put-secret-value --secret-string
//! file://keys/service/identity.age` brings a key of the embedded server along. No key is in a variable: a function's
//! variables are readable for whoever may look at its configuration.

use std::path::PathBuf;
use std::sync::Arc;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};
use sealing::{HashKeys, Identity, ReceiptKey, ReceiptKeys};

use crate::aws::Account;
use crate::settings::StartError;

/// The keys of one function.
pub struct Keys {
    /// For keyed hashes and signed links.
    pub hashing: HashKeys,
    /// Opens what is sealed to the service, where the function may.
    pub identity: Option<Identity>,
    /// Signs receipts, where the function shows them.
    pub receipt: Option<ReceiptKeys>,
    /// What a server of ours before the gateway shows.
    pub edge: Option<Edge>,
}

/// A secret that CloudFront sends along, so that nobody who asks the gateway directly can say who asks. While it is
/// changed it has two values, divided like keys, and CloudFront sends the old one, or both as they stand there.
pub struct Edge(String);

/// The header that holds it.
pub(crate) const EDGE_HEADER: &str = "x-zavicaj-edge";

impl Edge {
    /// Whether one of its values was shown. Both are hashed with a key first, so that the time tells nothing of how much is
    /// right.
    pub(crate) fn is_shown(&self, shown: &[u8], hashing: &HashKeys) -> bool {
        let hash = |text: &[u8]| hashing.current().mac("edge v1", &[text]);
        let (shown, whole) = (hash(shown), self.0.trim());
        let values = whole.split([' ', ',', '\n']).chain([whole]).filter(|value| !value.is_empty());
        values.map(|value| hash(value.as_bytes())).any(|value| value == shown)
    }
}

/// Keys cannot be had at the moment. No value is in the text.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager did not give it.
    #[error("the secret {name} was not given: {reason}")]
    NotGiven {
        /// Its name or ARN.
        name: String,
        /// A code of AWS, or what failed.
        reason: String,
    },
    /// The file.
    #[error("{path}: {source}")]
    File {
        /// Its path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is not what it should be.
    #[error("the secret {name} holds {wanted}")]
    Unreadable {
        /// Its name, ARN or path.
        name: String,
        /// What it should hold, as "no …".
        wanted: &'static str,
    },
}

/// Where to look.
pub struct Secrets {
    place: Place,
    hashing: String,
    identity: Option<String>,
    receipt: Option<String>,
    edge: Option<String>,
}

enum Place {
    Manager(Client),
    Folder(PathBuf),
}

impl Secrets {
    /// Reads where the secrets are; fetches nothing.
    pub(crate) fn from_variables(
        account: &Account,
        given: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        if let Some(folder) = given("ZAVICAJ_LOCAL_KEYS") {
            let named = |name: &str| Some(name.to_owned());
            return Ok(Self {
                place: Place::Folder(folder.into()),
                hashing: "hashing.key".to_owned(),
                identity: named("identity.age"),
                receipt: named("receipt.key"),
                edge: None,
            });
        }
        let name = "ZAVICAJ_HASHING_KEY_SECRET";
        let hashing = given(name).ok_or(StartError::Missing(name))?;
        let config = aws_sdk_secretsmanager::Config::builder()
            .behavior_version(aws_sdk_secretsmanager::config::BehaviorVersion::v2026_01_12())
            .region(account.region())
            .credentials_provider(account.credentials("settings"))
            .http_client(account.http())
            .timeout_config(Account::timeouts())
            .retry_config(Account::retries());
        let config = match account.endpoint("SECRETS_MANAGER") {
            Some(endpoint) => config.endpoint_url(endpoint),
            None => config,
        };
        Ok(Self {
            place: Place::Manager(Client::from_conf(config.build())),
            hashing,
            identity: given("ZAVICAJ_SERVICE_IDENTITY_SECRET"),
            receipt: given("ZAVICAJ_RECEIPT_KEY_SECRET"),
            edge: given("ZAVICAJ_EDGE_KEY_SECRET"),
        })
    }

    /// Fetches all that the function may have, at the same time.
    pub async fn keys(&self) -> Result<Keys, SecretError> {
        let (hashing, identity, receipt, edge) = tokio::try_join!(
            self.text(&self.hashing),
            self.text_if_any(self.identity.as_deref()),
            self.text_if_any(self.receipt.as_deref()),
            self.text_if_any(self.edge.as_deref()),
        )?;
        let hashing = HashKeys::from_text(&lines(&hashing)).ok_or_else(|| {
            let wanted = "no keys of 64 hexadecimal digits";
            SecretError::Unreadable { name: self.hashing.clone(), wanted }
        })?;
        let unreadable = |name: &Option<String>, wanted| SecretError::Unreadable {
            name: name.clone().unwrap_or_default(),
            wanted,
        };
        let identity = identity
            .map(|text| text.parse().map_err(|_| unreadable(&self.identity, "no age identity")))
            .transpose()?;
        let receipt = receipt
            .map(|text| {
                receipt_keys(&text)
                    .ok_or_else(|| unreadable(&self.receipt, "no keys of 64 hexadecimal digits"))
            })
            .transpose()?;
        Ok(Keys { hashing, identity, receipt, edge: edge.map(Edge) })
    }

    async fn text_if_any(&self, name: Option<&str>) -> Result<Option<String>, SecretError> {
        match name {
            Some(name) => self.text(name).await.map(Some),
            None => Ok(None),
        }
    }

    async fn text(&self, name: &str) -> Result<String, SecretError> {
        match &self.place {
            Place::Folder(folder) => {
                let path = folder.join(name);
                std::fs::read_to_string(&path).map_err(|source| SecretError::File { path, source })
            }
            Place::Manager(client) => {
                let not_given = |reason: String| SecretError::NotGiven { name: name.to_owned(), reason };
                let answer = client.get_secret_value().secret_id(name).send().await;
                let answer = answer.map_err(|error| not_given(reason(&error)))?;
                answer.secret_string.ok_or_else(|| not_given("it holds no text".to_owned()))
            }
        }
    }
}

/// A code of AWS, or which step failed; the texts of AWS name accounts and roles.
fn reason<E>(error: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata,
{
    match error {
        SdkError::ServiceError(refused) => refused.err().code().unwrap_or("no code").to_owned(),
        SdkError::TimeoutError(_) => "too slow".to_owned(),
        SdkError::DispatchFailure(_) => "not reached".to_owned(),
        _ => "no answer that can be read".to_owned(),
    }
}

/// A generated secret has no lines; several keys are divided by spaces in it, by lines in a file.
fn lines(text: &str) -> String {
    if text.contains('\n') { text.to_owned() } else { text.replace([' ', ','], "\n") }
}

/// The newest key signs; of older ones only the public halves are published.
fn receipt_keys(text: &str) -> Option<ReceiptKeys> {
    let lines = lines(text);
    let mut keys = lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(ReceiptKey::from_hex)
        .collect::<Option<Vec<_>>>()?
        .into_iter();
    Some(ReceiptKeys::new(keys.next()?, keys.map(|key| key.public()).collect()))
}

impl Keys {
    /// The key that opens letters, for functions that are nothing without it.
    pub fn opener(&self) -> Result<Arc<Identity>, SecretError> {
        self.identity.clone().map(Arc::new).ok_or_else(|| SecretError::Unreadable {
            name: "ZAVICAJ_SERVICE_IDENTITY_SECRET".to_owned(),
            wanted: "no name of a secret",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_secret_shows_where_a_request_came_from() {
        let hashing = HashKeys::from_text(&"ab".repeat(32)).unwrap();
        let edge = Edge("0123abcd\n".to_owned());
        assert!(edge.is_shown(b"0123abcd", &hashing));
        for other in ["", "0123abc", "0123abcde", "0123ABCD"] {
            assert!(!edge.is_shown(other.as_bytes(), &hashing), "{other}");
        }
        let changing = Edge("4567cdef 0123abcd".to_owned());
        for (shown, is_one) in [
            ("0123abcd", true),
            ("4567cdef", true),
            ("4567cdef 0123abcd", true),
            ("0123", false),
            ("", false),
        ] {
            assert_eq!(changing.is_shown(shown.as_bytes(), &hashing), is_one, "{shown}");
        }
    }

    #[test]
    fn older_keys_follow_the_newest_after_a_space_or_on_lines_of_their_own() {
        let (new, old) = ("ab".repeat(32), "cd".repeat(32));
        for text in [format!("{new} {old}"), format!("# made 2026\n{new}\n{old}\n"), format!("{new},{old}")] {
            let keys = receipt_keys(&text).unwrap();
            assert_eq!(keys.current().id(), ReceiptKey::from_hex(&new).unwrap().id());
            assert_eq!(keys.public().count(), 2, "{text}");
        }
        assert!(receipt_keys("").is_none() && receipt_keys("abc").is_none());
    }
}
