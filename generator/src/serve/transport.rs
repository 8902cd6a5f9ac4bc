//! The way letters leave: the mail server of `site.yaml`, or files.

use std::fs;
use std::io;
use std::path::Path;

use mail::{Account, EmlDirectory, Smtp, SmtpSettings, Transport};

use super::Options;
use crate::config::{Config, MailServer, MailSettings, PasswordPlace};
use crate::records::Variable;

/// A mail server cannot be used. Nothing secret is in the text.
#[derive(Debug, thiserror::Error)]
pub(super) enum TransportError {
    #[error("site.yaml cannot be read")]
    Settings,
    #[error("{path}: {source}")]
    File { path: String, source: io::Error },
    #[error("{0}: others than its owner may read it; chmod 600")]
    Open(String),
    #[error("{0} holds no password")]
    NoPassword(String),
    #[error(transparent)]
    Server(#[from] mail::SmtpError),
}

/// Reads the settings anew, so that a corrected password needs no restart. Only in production letters leave: whoever
/// tries a form at an editor's desk writes to nobody.
pub(super) fn transport(options: &Options) -> Result<Transport, TransportError> {
    let root = &options.build.root;
    let settings = settings(options)?;
    let transport = match settings.server.as_ref().filter(|_| options.production) {
        None => EmlDirectory::new(options.data.join("mail")).into(),
        Some(server) => smtp(server, settings.from_address.domain(), root, options.variable)?.into(),
    };
    Ok(transport)
}

/// `mail:` of `site.yaml`.
pub(super) fn settings(options: &Options) -> Result<MailSettings, TransportError> {
    let file = crate::source::read_config(&options.build.root).map_err(|_| TransportError::Settings)?;
    Config::parse(&file).map(|config| config.mail).map_err(|_| TransportError::Settings)
}

fn smtp(
    server: &MailServer,
    greeting: &str,
    root: &Path,
    variable: Variable,
) -> Result<Smtp, TransportError> {
    let account = match &server.account {
        None => None,
        Some((user, place)) => {
            Some(Account { user: user.clone(), password: password(place, root, variable)? })
        }
    };
    let trusted = match &server.trusted_certificate {
        None => None,
        Some(path) => Some(fs::read(root.join(path)).map_err(|source| unreadable(path, source))?),
    };
    Ok(Smtp::new(&SmtpSettings {
        host: server.host.clone(),
        port: server.port,
        security: server.security,
        account,
        trusted,
        patience: Smtp::PATIENCE,
        greeting: greeting.to_owned(),
    })?)
}

fn password(place: &PasswordPlace, root: &Path, variable: Variable) -> Result<String, TransportError> {
    let (shown, text) = match place {
        PasswordPlace::Variable(name) => (name.clone(), variable(name).unwrap_or_default()),
        PasswordPlace::File(path) => {
            let whole = root.join(path);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt as _;
                let mode =
                    fs::metadata(&whole).map_err(|source| unreadable(path, source))?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(TransportError::Open(path.display().to_string()));
                }
            }
            let text = fs::read_to_string(&whole).map_err(|source| unreadable(path, source))?;
            (path.display().to_string(), text)
        }
    };
    match text.lines().next().map(str::trim_end) {
        Some(password) if !password.is_empty() => Ok(password.to_owned()),
        _ => Err(TransportError::NoPassword(shown)),
    }
}

fn unreadable(path: &Path, source: io::Error) -> TransportError {
    TransportError::File { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nothing(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn a_password_comes_from_a_private_file_or_a_variable_and_is_in_no_error() {
        let town = tempfile::tempdir().unwrap();
        let file = PasswordPlace::File("smtp".into());
        let missing = password(&file, town.path(), nothing).unwrap_err().to_string();
        assert!(missing.starts_with("smtp: "), "{missing}");
        fs::write(town.path().join("smtp"), "tajna\n").unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |mode| {
                fs::set_permissions(town.path().join("smtp"), fs::Permissions::from_mode(mode)).unwrap();
            };
            mode(0o644);
            let open = password(&file, town.path(), nothing).unwrap_err().to_string();
            assert_eq!(open, "smtp: others than its owner may read it; chmod 600");
            mode(0o600);
        }
        assert_eq!(password(&file, town.path(), nothing).unwrap(), "tajna");
        let variable = PasswordPlace::Variable("SMTP".to_owned());
        assert_eq!(password(&variable, town.path(), |_| Some("druga".to_owned())).unwrap(), "druga");
        let none = password(&variable, town.path(), nothing).unwrap_err().to_string();
        assert_eq!(none, "SMTP holds no password");
    }
}
