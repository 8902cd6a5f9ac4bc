//! Where the table is and who asks: settings as values, and the client they make.

use std::fmt;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Region, RuntimeComponents, SharedHttpClient};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpConnector};

/// Everything that a client must know, read from nowhere: the caller gives it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The table's name.
    pub table: String,
    /// AWS region, for example `eu-central-1`.
    pub region: String,
    /// The URL of a DynamoDB-compatible engine; AWS of the region if absent.
    pub endpoint: Option<String>,
    /// Where attachments lie; in the table itself if absent.
    pub files: Option<Bucket>,
    /// Who asks.
    pub credentials: Credentials,
}

/// A bucket of objects, behind the protocol of S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The bucket's name. It keeps no old versions, or an erased file would stay.
    pub name: String,
    /// The URL of an engine that speaks S3's protocol; AWS of the region if absent.
    pub endpoint: Option<String>,
}

/// An access key; its `Debug` shows no secret.
#[derive(Clone)]
pub struct Credentials {
    /// The key's id.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
    /// Given with temporary keys, as functions get them.
    pub session_token: Option<String>,
}

impl Credentials {
    /// As the SDK and its signing take them.
    pub(crate) fn of_sdk(&self) -> aws_sdk_dynamodb::config::Credentials {
        let Self { access_key_id, secret_access_key, session_token } = self;
        // A function's keys live longer than the function's instance.
        let expiry = None;
        aws_sdk_dynamodb::config::Credentials::new(
            access_key_id,
            secret_access_key,
            session_token.clone(),
            expiry,
            "settings",
        )
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Credentials").finish_non_exhaustive()
    }
}

/// A setting that is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the variable {0} is not set")]
pub struct SettingsError(pub &'static str);

impl Settings {
    /// Reads settings from variables: `ZAVICAJ_DYNAMODB_TABLE`, `ZAVICAJ_DYNAMODB_ENDPOINT` (may be absent),
    /// `ZAVICAJ_S3_BUCKET` (attachments lie in the table if absent), `ZAVICAJ_S3_ENDPOINT` (may be absent), and
    /// what AWS Lambda sets itself: `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN` (may be absent). `variable` looks one up; an empty one counts as absent.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, SettingsError> {
        let optional = |name| variable(name).filter(|value| !value.is_empty());
        let required = |name| optional(name).ok_or(SettingsError(name));
        Ok(Self {
            table: required("ZAVICAJ_DYNAMODB_TABLE")?,
            region: required("AWS_REGION")?,
            endpoint: optional("ZAVICAJ_DYNAMODB_ENDPOINT"),
            files: optional("ZAVICAJ_S3_BUCKET")
                .map(|name| Bucket { name, endpoint: optional("ZAVICAJ_S3_ENDPOINT") }),
            credentials: Credentials {
                access_key_id: required("AWS_ACCESS_KEY_ID")?,
                secret_access_key: required("AWS_SECRET_ACCESS_KEY")?,
                session_token: optional("AWS_SESSION_TOKEN"),
            },
        })
    }

    /// A client for these settings; opens no connection yet.
    pub fn client(&self) -> Client {
        self.client_over(http())
    }

    /// The same over connections that other clients of AWS use as well.
    ///
    /// A function has 28 of the 30 seconds that an API gateway waits, or people would read the gateway's own words. At
    /// worst, where nothing answers: 7 for secrets, 2 for counting, and 18 for an arrival with its files.
    pub(crate) fn client_over(&self, http: SharedHttpClient) -> Client {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(2))
            .operation_attempt_timeout(Duration::from_secs(4))
            .operation_timeout(Duration::from_secs(9))
            .build();
        let mut config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(self.region.clone()))
            .credentials_provider(self.credentials.of_sdk())
            .http_client(http)
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .timeout_config(timeouts);
        if let Some(endpoint) = &self.endpoint {
            config = config.endpoint_url(endpoint);
        }
        Client::from_conf(config.build())
    }
}

/// Connections for clients of AWS; none is open yet, and the system's certificates are read at the first use.
///
/// The SDK would read them for each client when it is made, and once more when it is used: half of a function's start.
pub fn http() -> SharedHttpClient {
    let https =
        aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    SharedHttpClient::new(AtFirstUse(https))
}

/// Leaves out what the inner one does for each client that is made.
#[derive(Debug)]
struct AtFirstUse(SharedHttpClient);

impl HttpClient for AtFirstUse {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variable(name: &str) -> Option<String> {
        let value = match name {
            "ZAVICAJ_DYNAMODB_TABLE" => "submissions",
            "AWS_REGION" => "eu-central-1",
            "AWS_ACCESS_KEY_ID" => "key-id",
            "AWS_SECRET_ACCESS_KEY" => "very-secret",
            "AWS_SESSION_TOKEN" => "",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn settings_come_from_the_variables_of_a_function() {
        let settings = Settings::from_variables(variable).unwrap();
        assert_eq!((settings.table.as_str(), settings.region.as_str()), ("submissions", "eu-central-1"));
        assert_eq!((settings.endpoint, settings.files), (None, None));
        assert_eq!(settings.credentials.session_token, None);
    }

    #[test]
    fn attachments_have_a_bucket_where_one_is_named() {
        let with_bucket = |name: &str| match name {
            "ZAVICAJ_S3_BUCKET" => Some("files".to_owned()),
            "ZAVICAJ_S3_ENDPOINT" => Some("http://127.0.0.1:9000".to_owned()),
            name => variable(name),
        };
        let files = Settings::from_variables(with_bucket).unwrap().files.unwrap();
        assert_eq!(
            (files.name.as_str(), files.endpoint.as_deref()),
            ("files", Some("http://127.0.0.1:9000"))
        );
    }

    #[test]
    fn a_missing_variable_is_named() {
        let without_key = |name: &str| variable(name).filter(|_| name != "AWS_SECRET_ACCESS_KEY");
        let error = Settings::from_variables(without_key).unwrap_err();
        assert_eq!(error.to_string(), "the variable AWS_SECRET_ACCESS_KEY is not set");
    }

    #[test]
    fn settings_are_shown_without_secrets() {
        let shown = format!("{:?}", Settings::from_variables(variable).unwrap());
        assert!(!shown.contains("secret") && !shown.contains("key-id"), "{shown}");
    }
}
