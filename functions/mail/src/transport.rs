//! Where letters go: to a mail server, into a folder, or to a service that somebody else knows how to ask.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

#[cfg(feature = "smtp")]
use crate::smtp::Smtp;
use crate::{Address, EmlDirectory, eml};

/// Takes letters.
#[derive(Clone)]
pub enum Transport {
    /// One `.eml` file per letter: for a machine without a mail server.
    Eml(EmlDirectory),
    /// A mail server.
    #[cfg(feature = "smtp")]
    Smtp(Smtp),
    /// A service of a host.
    Carrier(Arc<dyn Carrier>),
}

/// Hands messages over to a service.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Hands one over; whoever takes it may call it by `id` later. Addresses are in ASCII, as in the message.
    async fn hand_over(&self, id: &str, from: &str, to: &str, message: Vec<u8>) -> Result<(), Failure>;
}

/// A letter was not handed over. Reasons say nothing of its content or its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// This letter, this time.
    ForNow(String),
    /// Nobody gets a letter at the moment.
    NoServer(String),
    /// This letter can never be sent.
    ForEver(String),
}

impl Transport {
    pub(crate) async fn send(
        &self,
        id: &str,
        from: &Address,
        to: &Address,
        message: Vec<u8>,
    ) -> Result<(), Failure> {
        match self {
            #[cfg(feature = "smtp")]
            Self::Smtp(server) => server.send(from, to, &message).await,
            Self::Carrier(carrier) => {
                let ascii =
                    |address| eml::in_ascii(address).map_err(|error| Failure::ForEver(error.to_string()));
                carrier.hand_over(id, &ascii(from)?, &ascii(to)?, message).await
            }
            Self::Eml(folder) => {
                let (folder, id) = (folder.clone(), id.to_owned());
                match tokio::task::spawn_blocking(move || folder.write(&id, &message)).await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => {
                        Err(Failure::NoServer(format!("the .eml file could not be written: {error}")))
                    }
                    Err(_) => Err(Failure::ForNow("writing the .eml file was interrupted".to_owned())),
                }
            }
        }
    }
}

impl From<EmlDirectory> for Transport {
    fn from(folder: EmlDirectory) -> Self {
        Self::Eml(folder)
    }
}

#[cfg(feature = "smtp")]
impl From<Smtp> for Transport {
    fn from(server: Smtp) -> Self {
        Self::Smtp(server)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Eml(folder) => formatter.debug_tuple("Eml").field(folder).finish(),
            #[cfg(feature = "smtp")]
            Self::Smtp(server) => formatter.debug_tuple("Smtp").field(server).finish(),
            Self::Carrier(_) => formatter.write_str("Carrier(…)"),
        }
    }
}
