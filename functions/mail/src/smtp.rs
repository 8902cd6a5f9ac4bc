//! The transport of a town with a mail server: SMTP over TLS, every certificate checked.

use std::fmt;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::Address;
use crate::transport::Failure;

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314), port 465.
    Tls,
    /// Begins in the clear, and goes on only with TLS: port 587.
    StartTls,
    /// None; only to a mail server of the same machine.
    Loopback,
}

/// The account at the mail server. The password is never printed.
#[derive(Clone)]
pub struct Account {
    /// Name at the server.
    pub user: String,
    /// Its password.
    pub password: String,
}

/// Which server takes the letters.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// Its name: the certificate has to bear it.
    pub host: String,
    /// Port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Who sends; none at servers that know the machine.
    pub account: Option<Account>,
    /// A certificate in PEM that is trusted beside those of the system.
    pub trusted: Option<Vec<u8>>,
    /// How long the handing over of one letter may take, connection included; [`Smtp::PATIENCE`] but in tests.
    pub patience: Duration,
    /// What this machine calls itself in the greeting: the domain of the sender's address.
    pub greeting: String,
}

/// The settings cannot be used. Nothing secret is in the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SmtpError {
    /// Not encrypted to another machine.
    #[error("mail may go without TLS only to a server of the same machine, not to {0}")]
    InTheClear(String),
    /// The certificate file.
    #[error("the trusted certificate cannot be read: {0}")]
    Certificate(String),
    /// The name of the server.
    #[error("a TLS connection to {0} cannot be prepared: {1}")]
    Tls(String, String),
}

/// A mail server that takes letters.
#[derive(Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    patience: Duration,
}

impl Smtp {
    /// Shorter than the time for which a worker holds a letter: a slow server makes no doubles.
    pub const PATIENCE: Duration = Duration::from_secs(90);

    /// Prepares the connection; nothing is sent yet.
    pub fn new(settings: &SmtpSettings) -> Result<Self, SmtpError> {
        let host = &settings.host;
        let tls = match settings.security {
            Security::Tls => Tls::Wrapper(parameters(settings)?),
            Security::StartTls => Tls::Required(parameters(settings)?),
            Security::Loopback if is_loopback(host) => Tls::None,
            Security::Loopback => return Err(SmtpError::InTheClear(host.clone())),
        };
        // "Dangerous" is the builder's name for its state without TLS, which is set here.
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(settings.port)
            .tls(tls)
            .hello_name(ClientId::Domain(settings.greeting.clone()))
            .timeout(Some(settings.patience));
        if let Some(account) = &settings.account {
            builder = builder.credentials(Credentials::new(account.user.clone(), account.password.clone()));
        }
        Ok(Self { transport: builder.build(), patience: settings.patience })
    }

    pub(crate) async fn send(&self, from: &Address, to: &Address, message: &[u8]) -> Result<(), Failure> {
        let parsed = |address: &Address| address.reveal().parse::<lettre::Address>();
        let envelope = parsed(from)
            .and_then(|from| Ok((from, parsed(to)?)))
            .map_err(|_| Failure::ForEver("the address cannot be written in an envelope".to_owned()))
            .and_then(|(from, to)| {
                Envelope::new(Some(from), vec![to])
                    .map_err(|_| Failure::ForEver("the envelope cannot be written".to_owned()))
            })?;
        match tokio::time::timeout(self.patience, self.transport.send_raw(&envelope, message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(failure(&error)),
            Err(_) => Err(Failure::NoServer("the mail server is too slow".to_owned())),
        }
    }
}

fn parameters(settings: &SmtpSettings) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.trusted {
        let certificate =
            Certificate::from_pem(pem).map_err(|error| SmtpError::Certificate(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build().map_err(|error| SmtpError::Tls(settings.host.clone(), error.to_string()))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// What a refusal means, without what the server wrote: servers repeat the address.
fn failure(error: &lettre::transport::smtp::Error) -> Failure {
    let Some(status) = error.status() else {
        // The library's own words; they hold no part of the letter.
        return Failure::NoServer(format!("the mail server was not reached: {error}"));
    };
    let status = status.to_string();
    let said = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let reason = match enhanced(&said) {
        Some(enhanced) => format!("the mail server said {status} {enhanced}"),
        None => format!("the mail server said {status}"),
    };
    // RFC 5321: the server closes (421). RFC 4954: the account is refused, not the letter, and somebody may put the
    // password right.
    let everybody = matches!(status.as_str(), "421" | "454" | "530" | "534" | "535" | "538");
    match (everybody, error.is_permanent()) {
        (true, _) => Failure::NoServer(reason),
        (false, true) => Failure::ForEver(reason),
        (false, false) => Failure::ForNow(reason),
    }
}

/// The enhanced status code (RFC 3463) at the beginning of a reply.
pub(crate) fn enhanced(reply: &str) -> Option<&str> {
    let code = reply.split_whitespace().next()?;
    let mut parts = code.split('.');
    let class = matches!(parts.next()?, "2" | "4" | "5");
    let detail = |part: Option<&str>| {
        part.is_some_and(|part| {
            (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let (subject, exact) = (detail(parts.next()), detail(parts.next()));
    (class && subject && exact && parts.next().is_none()).then_some(code)
}

impl fmt::Debug for Account {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Account(…)")
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Smtp(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_status_code_is_taken_from_what_a_server_says() {
        assert_eq!(enhanced("5.1.1 <ana@example.org> unknown"), Some("5.1.1"));
        assert_eq!(enhanced("4.7.650 later"), Some("4.7.650"));
        for reply in ["", "ana@example.org", "5.1", "5.1.1.1", "9.1.1", "5.1234.1", "5..1"] {
            assert_eq!(enhanced(reply), None, "{reply}");
        }
    }

    #[test]
    fn another_machine_gets_nothing_in_the_clear() {
        let settings = |host: &str| SmtpSettings {
            host: host.into(),
            port: 25,
            security: Security::Loopback,
            account: Some(Account { user: "grad".into(), password: "tajna".into() }),
            trusted: None,
            patience: Smtp::PATIENCE,
            greeting: "grad.example".into(),
        };
        assert!(Smtp::new(&settings("127.0.0.1")).is_ok());
        assert!(Smtp::new(&settings("::1")).is_ok());
        let refused = Smtp::new(&settings("mail.grad.example")).unwrap_err();
        assert_eq!(refused, SmtpError::InTheClear("mail.grad.example".into()));
        let printed = format!("{:?}", settings("localhost"));
        assert!(!printed.contains("tajna"), "{printed}");
    }
}
