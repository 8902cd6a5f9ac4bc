//! Attachments as objects of a bucket, over the protocol of S3.
//!
//! ```text
//! put      the object, with the tag state=staged     never over another one
//! hold     takes the tag away                        never makes an object
//! read, remove
//! list     below a folder, after a key
//! ```
//!
//! A rule of the bucket removes objects with that tag after some days: what no record came for goes by itself, also
//! where nothing of it is known any more. What is not tagged stays until it is removed, so that a mistake keeps
//! a file instead of losing it. Because `hold` changes an object and never makes one, a removal at the same time
//! cannot leave anything behind (a copy to another place could).
//!
//! Of S3 this takes four requests, so it does without the crate of the whole service, which every function would
//! carry. They are signed by the same crate that the SDK signs with, and go over the same client.

use std::fmt;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{HttpConnector as _, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use store::StoreError;

use crate::client::{Bucket, Credentials};
use crate::transaction::wait_before;

/// How often a request is made before the caller is asked to come back.
const ATTEMPTS: usize = 3;
const CONNECTS_WITHIN: Duration = Duration::from_secs(2);
/// For all of one attempt, a file of four megabytes on its way included.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
/// For all attempts.
const ENDS_WITHIN: Duration = Duration::from_secs(8);
/// No function reads a content, and nobody behind a gateway waits for it: a desk may have a slow line.
const READ_WITHIN: Duration = Duration::from_secs(60);

/// The header and the tag of what no record holds yet; the rule of the bucket names the same.
const STAGED: (&str, &str) = ("x-amz-tagging", "state=staged");

/// The objects of one bucket.
pub(crate) struct Objects {
    /// Everything before the key, with a slash at the end.
    base: String,
    region: String,
    credentials: Credentials,
    /// Made at the first use: reading the system's certificates takes longer than a function's start may.
    connector: OnceLock<Connector>,
}

impl fmt::Debug for Objects {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Objects").field("base", &self.base).finish_non_exhaustive()
    }
}

/// An object as the list of the bucket names it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Listed {
    /// Its key.
    pub(crate) key: String,
    /// When it was written.
    pub(crate) changed_at: Timestamp,
}

/// An answer that came: the status, and the body.
struct Answer {
    status: u16,
    body: Vec<u8>,
}

impl Objects {
    pub(crate) fn new(bucket: &Bucket, region: &str, credentials: &Credentials) -> Self {
        let name = &bucket.name;
        let base = match &bucket.endpoint {
            Some(endpoint) => format!("{}/{name}/", endpoint.trim_end_matches('/')),
            None => format!("https://{name}.s3.{region}.amazonaws.com/"),
        };
        Self { base, region: region.to_owned(), credentials: credentials.clone(), connector: OnceLock::new() }
    }

    /// Writes an object that no record holds yet; one that is there already stays as it is.
    pub(crate) async fn put(&self, key: &str, content: &[u8]) -> Result<(), StoreError> {
        let headers = [STAGED, ("if-none-match", "*"), ("content-type", "application/octet-stream")];
        let answer = self.ask("PUT", key, &headers, content).await?;
        match answer.status {
            200..=299 | 412 => Ok(()),
            _ => Err(answer.error()),
        }
    }

    /// Keeps an object from being removed by the rule; false if it is not there.
    pub(crate) async fn hold(&self, key: &str) -> Result<bool, StoreError> {
        let answer = self.ask("DELETE", &format!("{key}?tagging"), &[], &[]).await?;
        match answer.status {
            200..=299 => Ok(true),
            _ if answer.code() == "NoSuchKey" => Ok(false),
            _ => Err(answer.error()),
        }
    }

    /// The content, if it is there.
    pub(crate) async fn read(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let answer = self.ask("GET", key, &[], &[]).await?;
        match answer.status {
            200..=299 => Ok(Some(answer.body)),
            _ if answer.code() == "NoSuchKey" => Ok(None),
            _ => Err(answer.error()),
        }
    }

    /// Removes an object, if it is there.
    pub(crate) async fn remove(&self, key: &str) -> Result<(), StoreError> {
        let answer = self.ask("DELETE", key, &[], &[]).await?;
        match answer.status {
            200..=299 => Ok(()),
            _ if answer.code() == "NoSuchKey" => Ok(()),
            _ => Err(answer.error()),
        }
    }

    /// The next objects below a folder after a key, in the order of their keys; none when there are no more.
    pub(crate) async fn list(&self, folder: &str, after: &str) -> Result<Vec<Listed>, StoreError> {
        // Nothing in our keys has to be encoded in a query.
        let answer =
            self.ask("GET", &format!("?list-type=2&prefix={folder}&start-after={after}"), &[], &[]).await?;
        match answer.status {
            200..=299 => listed(&String::from_utf8_lossy(&answer.body)),
            _ => Err(answer.error()),
        }
    }

    /// Asks until there is an answer that another attempt would not change. All requests may be repeated.
    async fn ask(
        &self,
        method: &str,
        key: &str,
        headers: &[(&str, &str)],
        content: &[u8],
    ) -> Result<Answer, StoreError> {
        let mut last = Err(unusable());
        let (ends_within, answers_within) = match method {
            "GET" => (READ_WITHIN, READ_WITHIN / 2),
            _ => (ENDS_WITHIN, ANSWERS_WITHIN),
        };
        let begun = Instant::now();
        for attempt in 0..ATTEMPTS {
            wait_before(attempt).await;
            let left = ends_within.saturating_sub(begun.elapsed());
            if left.is_zero() {
                break;
            }
            let request = self.signed(method, key, headers, content, SystemTime::now())?;
            last = tokio::time::timeout(left.min(answers_within), self.send(request))
                .await
                .unwrap_or_else(|_| Err(unusable()));
            match &last {
                Ok(answer) if !matches!(answer.error(), StoreError::Busy(_)) => break,
                _ => {}
            }
        }
        last
    }

    async fn send(&self, request: HttpRequest) -> Result<Answer, StoreError> {
        let connector = self.connector.get_or_init(|| {
            let settings = HttpConnectorSettings::builder().connect_timeout(CONNECTS_WITHIN).build();
            let provider = Provider::Rustls(CryptoMode::Ring);
            Connector::builder().tls_provider(provider).connector_settings(settings).build()
        });
        let response = connector.call(request).await.map_err(|_| unusable())?;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.map_err(|_| unusable())?;
        Ok(Answer { status, body: body.to_bytes().into() })
    }

    fn signed(
        &self,
        method: &str,
        key: &str,
        headers: &[(&str, &str)],
        content: &[u8],
        now: SystemTime,
    ) -> Result<HttpRequest, StoreError> {
        let url = format!("{}{key}", self.base);
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        let identity = self.credentials.of_sdk().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(now)
            .settings(settings)
            .build()
            .map_err(not_built)?
            .into();
        let body = SignableBody::Bytes(content);
        let signable =
            SignableRequest::new(method, &url, headers.iter().copied(), body).map_err(not_built)?;
        let (signature, _) = sign(signable, &parameters).map_err(not_built)?.into_parts();

        let mut request = HttpRequest::empty();
        request.set_method(method).map_err(not_built)?;
        request.set_uri(url).map_err(not_built)?;
        *request.body_mut() = content.to_vec().into();
        let signed = signature.headers().map(|(name, value)| (name.to_owned(), value.to_owned()));
        let given = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        for (name, value) in given.chain(signed) {
            request.headers_mut().try_insert(name, value).map_err(not_built)?;
        }
        Ok(request)
    }
}

impl Answer {
    /// The code in the body of an error.
    fn code(&self) -> String {
        let body = String::from_utf8_lossy(&self.body);
        let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
        let code = code.map_or("", |(code, _)| code);
        // Only what can be a code: a message may quote what was sent.
        code.chars().filter(char::is_ascii_alphanumeric).take(60).collect()
    }

    /// What an answer that is not the expected one means for the caller.
    fn error(&self) -> StoreError {
        let code = self.code();
        let text = format!("S3: {} {code}", self.status).trim_end().to_owned();
        match (self.status, code.as_str()) {
            (507, _) | (_, "QuotaExceeded" | "XMinioStorageFull") => StoreError::Full(text),
            (408 | 409 | 429 | 500..=599, _) | (_, "RequestTimeout" | "SlowDown") => StoreError::Busy(text),
            _ => StoreError::Failed(text),
        }
    }
}

/// The objects in the answer to a list.
fn listed(list: &str) -> Result<Vec<Listed>, StoreError> {
    let within = |text: &str, name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        rest.split_once(&format!("</{name}>")).map(|(value, _)| value.to_owned())
    };
    let objects = list.split("<Contents>").skip(1).map(|object| {
        let changed_at = within(object, "LastModified")?.parse().ok()?;
        // A name that somebody else gave could not be asked for as it is.
        let is_ours =
            |key: &String| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte));
        Some(Listed { key: within(object, "Key").filter(is_ours)?, changed_at })
    });
    let unreadable =
        || StoreError::Failed("S3: the bucket's list holds what no store has written".to_owned());
    objects.collect::<Option<_>>().ok_or_else(unreadable)
}

fn unusable() -> StoreError {
    StoreError::Busy("S3: no usable answer".to_owned())
}

fn not_built<E>(_: E) -> StoreError {
    StoreError::Failed("a request could not be built".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documented() -> Objects {
        let credentials = Credentials {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
            session_token: None,
        };
        let bucket = Bucket { name: "examplebucket".to_owned(), endpoint: None };
        let objects = Objects::new(&bucket, "us-east-1", &credentials);
        // The examples use the name without a region.
        Objects { base: "https://examplebucket.s3.amazonaws.com/".to_owned(), ..objects }
    }

    fn signature(method: &str, key: &str, headers: &[(&str, &str)], content: &[u8]) -> String {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_369_353_600);
        let request = documented().signed(method, key, headers, content, now).unwrap();
        let authorization = request.headers().get("authorization").unwrap().to_owned();
        authorization.rsplit('=').next().unwrap().to_owned()
    }

    #[test]
    fn requests_are_signed_as_the_examples_of_the_protocol_are() {
        assert_eq!(
            signature("GET", "test.txt", &[("range", "bytes=0-9")], b""),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
        );
        let headers =
            [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")];
        assert_eq!(
            signature("PUT", "test%24file.text", &headers, b"Welcome to Amazon S3."),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"
        );
        assert_eq!(
            signature("GET", "?lifecycle", &[], b""),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"
        );
    }

    #[test]
    fn every_class_of_answers_has_its_error_and_quotes_only_the_code() {
        let error = |status, code: &str| {
            let body = format!("<Error><Code>{code}</Code><Message>Ana</Message></Error>").into_bytes();
            Answer { status, body }.error()
        };
        assert_eq!(error(503, "SlowDown"), StoreError::Busy("S3: 503 SlowDown".to_owned()));
        assert!(matches!(error(400, "RequestTimeout"), StoreError::Busy(_)));
        assert!(matches!(error(500, "InternalError"), StoreError::Busy(_)));
        assert!(matches!(error(409, "OperationAborted"), StoreError::Busy(_)));
        assert!(matches!(error(507, "XMinioStorageFull"), StoreError::Full(_)));
        assert_eq!(error(403, "AccessDenied"), StoreError::Failed("S3: 403 AccessDenied".to_owned()));
        assert!(matches!(error(404, "NoSuchBucket"), StoreError::Failed(_)));
        assert_eq!(error(404, "Ana Anić"), StoreError::Failed("S3: 404 AnaAni".to_owned()));
        let nothing = Answer { status: 502, body: Vec::new() }.error();
        assert_eq!(nothing, StoreError::Busy("S3: 502".to_owned()));
    }

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        let object = |key: &str, at: &str| {
            format!("<Contents><Key>{key}</Key><LastModified>{at}</LastModified><Size>4</Size></Contents>")
        };
        let list = |objects: &[String]| {
            listed(&format!("<ListBucketResult>{}</ListBucketResult>", objects.concat()))
        };
        let [one, two] = ["files/a-1", "files/b_2"].map(|key| object(key, "2026-11-27T08:00:00.000Z"));
        let found = list(&[one.clone(), two]).unwrap();
        assert_eq!(found.iter().map(|it| it.key.as_str()).collect::<Vec<_>>(), ["files/a-1", "files/b_2"]);
        assert_eq!(found[1].changed_at, "2026-11-27T08:00:00Z".parse().unwrap());
        assert_eq!(list(&[]), Ok(Vec::new()));
        for wrong in [object("files/a&amp;b", "2026-11-27T08:00:00Z"), object("files/c", "yesterday")] {
            assert!(matches!(list(&[one.clone(), wrong]), Err(StoreError::Failed(_))));
        }
    }

    #[test]
    fn an_endpoint_is_followed_by_the_bucket_and_aws_is_led_by_it() {
        let at = |endpoint: Option<&str>| {
            let bucket = Bucket { name: "files".to_owned(), endpoint: endpoint.map(str::to_owned) };
            Objects::new(&bucket, "eu-central-1", &documented().credentials).base
        };
        assert_eq!(at(Some("http://127.0.0.1:9000/")), "http://127.0.0.1:9000/files/");
        assert_eq!(at(None), "https://files.s3.eu-central-1.amazonaws.com/");
    }
}
