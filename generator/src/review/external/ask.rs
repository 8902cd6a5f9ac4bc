//! One question to one server.

use std::net::SocketAddr;
use std::sync::Arc;

use ureq::config::Config;
use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};
use url::Url;

use super::{Rules, Verdict, address};

/// How a page is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Its head only.
    Head,
    /// All of it; the body is not read.
    Get,
}

/// The head of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) location: Option<String>,
    /// Seconds; a date is none.
    pub(super) retry_after_s: Option<u64>,
}

/// Asks servers.
pub(super) struct Asker {
    agent: Agent,
}

impl Asker {
    pub(super) fn new(rules: &Rules) -> Self {
        let config = Config::builder()
            .user_agent(format!("zavicaj/{} (+{})", env!("CARGO_PKG_VERSION"), rules.public_url))
            .accept("*/*")
            .http_status_as_error(false)
            // Each step is looked at.
            .max_redirects(0)
            .max_redirects_will_error(false)
            // What a name leads to is decided here; a proxy would decide it elsewhere.
            .proxy(None)
            .timeout_global(Some(rules.patience))
            // Every question has a connection of its own: none is kept that leads to an address of before.
            .max_idle_connections(0)
            .tls_config(tls())
            .build();
        let resolver = Public { all: rules.private_addresses, names: DefaultResolver::default() };
        Self { agent: Agent::with_parts(config, DefaultConnector::default(), resolver) }
    }

    /// The head of the answer, or what came instead of one.
    pub(super) fn ask(&self, method: Method, url: &Url) -> Result<Answer, Verdict> {
        let answer = match method {
            Method::Head => self.agent.head(url.as_str()).call(),
            Method::Get => self.agent.get(url.as_str()).call(),
        };
        let answer = answer.map_err(|error| verdict(&error))?;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        Ok(Answer {
            status: answer.status().as_u16(),
            location: header("location").map(str::to_owned),
            retry_after_s: header("retry-after").and_then(|value| value.trim().parse().ok()),
        })
    }
}

/// The certificates that the system trusts, as for mail.
fn tls() -> TlsConfig {
    let system = rustls_native_certs::load_native_certs().certs;
    let certificates: Vec<Certificate<'static>> =
        system.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect();
    TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}

fn verdict(error: &Error) -> Verdict {
    match error {
        Error::HostNotFound => Verdict::NoHost,
        Error::Timeout(_) => Verdict::Silent,
        Error::Rustls(_) | Error::Tls(_) => Verdict::Untrusted,
        Error::BadUri(_) | Error::Http(_) => Verdict::Unreadable,
        Error::Other(other) if other.is::<NotPublic>() => Verdict::Private,
        Error::Other(other) if other.is::<NoSuchName>() => Verdict::NoHost,
        Error::Io(error)
            if matches!(error.kind(), std::io::ErrorKind::TimedOut | std::io::ErrorKind::WouldBlock) =>
        {
            Verdict::Silent
        }
        // What goes wrong while a connection is made secure arrives as an error of reading.
        Error::Io(error) if error.get_ref().is_some_and(|inside| inside.is::<rustls::Error>()) => {
            Verdict::Untrusted
        }
        _ => Verdict::Broken,
    }
}

/// Names that lead to the public internet only. It decides when the connection is made, about the very addresses that
/// it is made to: a name that changes its mind between a look and a question gains nothing.
#[derive(Debug)]
struct Public {
    all: bool,
    names: DefaultResolver,
}

#[derive(Debug, thiserror::Error)]
#[error("not an address of the public internet")]
struct NotPublic;

#[derive(Debug, thiserror::Error)]
#[error("no such name")]
struct NoSuchName;

impl Resolver for Public {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.names.resolve(uri, config, timeout).map_err(|error| match error {
            // The system's answer has no kind of its own in the standard library.
            Error::Io(_) => Error::Other(Box::new(NoSuchName)),
            other => other,
        })?;
        let is_public = |address: &SocketAddr| address::is_public(address.ip());
        if self.all || found.iter().all(is_public) {
            Ok(found)
        } else {
            Err(Error::Other(Box::new(NotPublic)))
        }
    }
}
