//! Letters by Amazon SES: the whole message as it would go by SMTP, tagged with the outbox id, by which its events name it.

use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::BehaviorVersion;
use aws_sdk_sesv2::config::retry::RetryConfig;
use aws_sdk_sesv2::config::timeout::TimeoutConfig;
use aws_sdk_sesv2::error::SdkError;
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::primitives::Blob;
use aws_sdk_sesv2::types::{Destination, EmailContent, MessageTag, RawMessage};
use mail::{Carrier, Failure};

use crate::Start;

/// The tag of a message, and the key of its events. SES writes a `Message-ID` of its own.
pub(crate) const TAG: &str = "letter";

/// How long one letter may take; a function needs so much time left before it begins another.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// Amazon SES.
pub struct Ses {
    client: Client,
    configuration_set: Option<String>,
}

impl Ses {
    /// Opens no connection yet.
    pub(crate) fn new(start: &Start) -> Self {
        let account = &start.account;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(3))
            .operation_timeout(PATIENCE)
            .build();
        let config = aws_sdk_sesv2::Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(account.region())
            .credentials_provider(account.credentials("settings"))
            .http_client(account.http())
            .timeout_config(timeouts)
            // SES knows no key by which it would recognise a second request; the outbox tries again, and counts.
            .retry_config(RetryConfig::disabled());
        let config = match account.endpoint("SESV2") {
            Some(endpoint) => config.endpoint_url(endpoint),
            None => config,
        };
        Self { client: Client::from_conf(config.build()), configuration_set: start.configuration_set.clone() }
    }
}

#[async_trait]
impl Carrier for Ses {
    async fn hand_over(&self, id: &str, from: &str, to: &str, message: Vec<u8>) -> Result<(), Failure> {
        let unfit = |_| Failure::ForEver("the message cannot be written for SES".to_owned());
        let raw = RawMessage::builder().data(Blob::new(message)).build().map_err(unfit)?;
        let tag = MessageTag::builder().name(TAG).value(id).build().map_err(unfit)?;
        let request = self
            .client
            .send_email()
            .from_email_address(from)
            .destination(Destination::builder().to_addresses(to).build())
            .content(EmailContent::builder().raw(raw).build())
            .email_tags(tag)
            .set_configuration_set_name(self.configuration_set.clone());
        request.send().await.map(drop).map_err(|error| failure(&error))
    }
}

/// What a refusal means, without what SES wrote: it repeats the address.
fn failure(error: &SdkError<SendEmailError>) -> Failure {
    let refused = match error {
        SdkError::ServiceError(refused) => refused.err(),
        SdkError::TimeoutError(_) => return Failure::NoServer("SES is too slow".to_owned()),
        SdkError::DispatchFailure(_) => return Failure::NoServer("SES was not reached".to_owned()),
        _ => return Failure::NoServer("SES gave no answer that can be read".to_owned()),
    };
    let said = |what: &str| format!("SES said {what}");
    match refused {
        SendEmailError::BadRequestException(_) => Failure::ForEver(said("BadRequest")),
        // Also an account that may only write to addresses that it proved: somebody may put that right.
        SendEmailError::MessageRejected(_) => Failure::ForNow(said("MessageRejected")),
        SendEmailError::AccountSuspendedException(_) => Failure::NoServer(said("AccountSuspended")),
        SendEmailError::SendingPausedException(_) => Failure::NoServer(said("SendingPaused")),
        SendEmailError::MailFromDomainNotVerifiedException(_) => {
            Failure::NoServer(said("MailFromDomainNotVerified"))
        }
        SendEmailError::LimitExceededException(_) => Failure::NoServer(said("LimitExceeded")),
        SendEmailError::TooManyRequestsException(_) => Failure::NoServer(said("TooManyRequests")),
        SendEmailError::NotFoundException(_) => Failure::NoServer(said("NotFound")),
        other => Failure::NoServer(said(other.meta().code().unwrap_or("no code"))),
    }
}
