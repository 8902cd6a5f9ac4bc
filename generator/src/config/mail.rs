//! `mail:` of `site.yaml`: who letters come from, and which server takes them.

use std::path::PathBuf;

use mail::{Address, Security};
use serde::Deserialize;
use serde_yaml::Spanned;

use super::PerLanguage;
use crate::diagnostic::{Diagnostic, Place};

/// Who mails come from, and how they leave.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Shown name.
    pub from_name: PerLanguage,
    /// Address.
    pub from_address: Address,
    /// The server that takes them; without one they become files.
    pub server: Option<MailServer>,
    /// The folder in which mail that came back lies, one message per file.
    pub bounces: Option<PathBuf>,
}

/// A mail server, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// Name at the server, and where the password is.
    pub account: Option<(String, PasswordPlace)>,
    /// A certificate in PEM that is trusted beside those of the system.
    pub trusted_certificate: Option<PathBuf>,
}

/// Where a password is. It never stands in `site.yaml`, which is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordPlace {
    /// The first line of a file.
    File(PathBuf),
    /// A variable of the environment.
    Variable(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMail {
    pub(super) from_name: Spanned<PerLanguage>,
    pub(super) from_address: Spanned<String>,
    smtp: Option<Spanned<RawServer>>,
    bounces: Option<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawServer {
    host: String,
    port: Option<u16>,
    #[serde(default)]
    security: RawSecurity,
    user: Option<String>,
    password_file: Option<PathBuf>,
    password_env: Option<String>,
    trusted_certificate: Option<PathBuf>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawSecurity {
    Tls,
    #[default]
    Starttls,
    Loopback,
}

impl RawMail {
    /// Checks what does not depend on the rest of the file; `place` finds a place in it.
    pub(super) fn checked(
        self,
        place: &dyn Fn(&serde_yaml::Location, usize) -> Place,
        found: &mut Vec<Diagnostic>,
    ) -> Option<MailSettings> {
        let written = &self.from_address;
        let from_address = written.value.parse::<Address>();
        if from_address.is_err() {
            let place = place(&written.referenced, written.value.chars().count());
            found.push(bad_sender(place, &written.value));
        }
        let server = self.smtp.and_then(|server| {
            let at = place(&server.referenced, 1);
            match server.value.checked() {
                Ok(server) => Some(server),
                Err((hr, en)) => {
                    found.push(bad_server(at, hr, en));
                    None
                }
            }
        });
        let from_name = self.from_name.value;
        Some(MailSettings { from_name, from_address: from_address.ok()?, server, bounces: self.bounces })
    }
}

impl RawServer {
    fn checked(self) -> Result<MailServer, (&'static str, &'static str)> {
        let plain =
            |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_whitespace() || c.is_control());
        if !plain(&self.host) || self.host.contains(['/', '@']) {
            return Err(("„host” je samo ime poslužitelja", "“host” is just the name of the server"));
        }
        let (security, port) = match self.security {
            RawSecurity::Tls => (Security::Tls, 465),
            RawSecurity::Starttls => (Security::StartTls, 587),
            RawSecurity::Loopback => (Security::Loopback, 25),
        };
        if security == Security::Loopback && !matches!(self.host.as_str(), "localhost" | "127.0.0.1" | "::1")
        {
            return Err((
                "„security: loopback” vrijedi samo za poslužitelj na istom računalu",
                "“security: loopback” is only for a server of the same machine",
            ));
        }
        let account = match (self.user, self.password_file, self.password_env) {
            (None, None, None) => None,
            (Some(user), Some(file), None) => Some((user, PasswordPlace::File(file))),
            (Some(user), None, Some(name)) => Some((user, PasswordPlace::Variable(name))),
            _ => {
                return Err((
                    "uz „user” treba ili „password_file” ili „password_env”, jedno od toga",
                    "“user” needs either “password_file” or “password_env”, one of the two",
                ));
            }
        };
        Ok(MailServer {
            host: self.host,
            port: self.port.unwrap_or(port),
            security,
            account,
            trusted_certificate: self.trusted_certificate,
        })
    }
}

fn bad_sender(place: Place, address: &str) -> Diagnostic {
    Diagnostic::error(
        "bad-sender",
        place,
        format!("„{address}” ne može biti adresa pošiljatelja"),
        format!("“{address}” cannot be the sender’s address"),
    )
    .help("npr. from_address: pisarnica@grad.example", "e.g. from_address: office@town.example")
}

fn bad_server(place: Place, hr: &str, en: &str) -> Diagnostic {
    Diagnostic::error("bad-mail-server", place, hr, en).help(
        "npr. smtp: { host: mail.grad.example, user: pisarnica, password_file: /etc/zavicaj/smtp }",
        "e.g. smtp: { host: mail.town.example, user: office, password_file: /etc/zavicaj/smtp }",
    )
}
