//! Whether letters leave.

use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use super::{Finding, Place, text};
use crate::config::{Config, MailServer};
use crate::source;

const SUBJECT: &str = "mail";
/// A server that takes longer to answer loses letters to their deadline.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn examine(place: &Place) -> Vec<Finding> {
    // What is wrong with site.yaml is told by the settings.
    let config = source::read_config(&place.root).ok().and_then(|file| Config::parse(&file).ok());
    let server = config.and_then(|config| config.mail.server);
    vec![server.map_or_else(|| no_server(place), |server| reached(&server))]
}

fn no_server(place: &Place) -> Finding {
    let folder = place.data.join("mail");
    let lying = std::fs::read_dir(&folder).map_or(0, Iterator::count);
    Finding::warning(
        SUBJECT,
        text(
            format!("poslužitelj e-pošte nije naveden: pisma ostaju u {} ({lying})", folder.display()),
            format!("no mail server is named: letters stay in {} ({lying})", folder.display()),
        ),
        text("navedite ga u site.yaml: mail.smtp", "name one in site.yaml: mail.smtp"),
    )
}

/// Only whether somebody answers: name and password are tried by the first letter.
fn reached(server: &MailServer) -> Finding {
    let (host, port) = (server.host.as_str(), server.port);
    let connected = (host, port).to_socket_addrs().and_then(|addresses| {
        let mut last = std::io::Error::from(std::io::ErrorKind::NotFound);
        for address in addresses {
            match TcpStream::connect_timeout(&address, PATIENCE) {
                Ok(_) => return Ok(()),
                Err(error) => last = error,
            }
        }
        Err(last)
    });
    match connected {
        Ok(()) => Finding::good(
            SUBJECT,
            text(
                format!("poslužitelj e-pošte {host}:{port} odgovara"),
                format!("the mail server {host}:{port} answers"),
            ),
        ),
        Err(error) => Finding::wrong(
            SUBJECT,
            text(
                format!("poslužitelj e-pošte {host}:{port} ne odgovara: {error}"),
                format!("the mail server {host}:{port} does not answer: {error}"),
            ),
            text(
                "provjerite mail.smtp u site.yaml i vatrozid; pisma dotle čekaju, najviše pet dana",
                "check mail.smtp in site.yaml and the firewall; until then letters wait, for five days at most",
            ),
        ),
    }
}
