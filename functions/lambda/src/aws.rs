//! What all clients of AWS share: region, credentials, connections, time limits.

use std::time::Duration;

use aws_sdk_secretsmanager::config::retry::RetryConfig;
use aws_sdk_secretsmanager::config::timeout::TimeoutConfig;
use aws_sdk_secretsmanager::config::{Credentials, Region, SharedHttpClient};
use store_dynamodb::Settings;

/// Who asks, and where.
pub struct Account {
    settings: Settings,
    endpoints: Endpoints,
    http: SharedHttpClient,
}

struct Endpoints(Vec<(&'static str, String)>);

/// Services whose endpoint may be another one, by the variables that AWS's own tools read.
const SERVICES: [(&str, &str); 2] =
    [("SECRETS_MANAGER", "AWS_ENDPOINT_URL_SECRETS_MANAGER"), ("SESV2", "AWS_ENDPOINT_URL_SESV2")];

impl Account {
    /// Opens no connection yet.
    pub(crate) fn new(settings: Settings, given: impl Fn(&str) -> Option<String>) -> Self {
        let endpoints = SERVICES
            .into_iter()
            .filter_map(|(service, variable)| {
                Some((service, given(variable).or_else(|| given("AWS_ENDPOINT_URL"))?))
            })
            .collect();
        Self { settings, endpoints: Endpoints(endpoints), http: store_dynamodb::http() }
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn region(&self) -> Region {
        Region::new(self.settings.region.clone())
    }

    /// A function's keys live longer than the function's instance.
    pub(crate) fn credentials(&self, source: &'static str) -> Credentials {
        let keys = &self.settings.credentials;
        let (id, secret, token) = (&keys.access_key_id, &keys.secret_access_key, &keys.session_token);
        Credentials::new(id, secret, token.clone(), None, source)
    }

    pub(crate) fn http(&self) -> SharedHttpClient {
        self.http.clone()
    }

    pub(crate) fn endpoint(&self, service: &str) -> Option<&str> {
        self.endpoints.0.iter().find(|(name, _)| *name == service).map(|(_, url)| url.as_str())
    }

    /// Short enough that a person gets an answer before the gateway gives up.
    pub(crate) fn timeouts() -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(2))
            .operation_attempt_timeout(Duration::from_secs(3))
            .operation_timeout(Duration::from_secs(7))
            .build()
    }

    pub(crate) fn retries() -> RetryConfig {
        RetryConfig::standard().with_max_attempts(3)
    }
}
