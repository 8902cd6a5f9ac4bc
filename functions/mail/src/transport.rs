//! Where letters go: to a mail server, or into a folder.

use crate::smtp::Smtp;
use crate::{Address, EmlDirectory};

/// Takes letters.
#[derive(Debug, Clone)]
pub enum Transport {
    /// One `.eml` file per letter: for a machine without a mail server.
    Eml(EmlDirectory),
    /// A mail server.
    Smtp(Smtp),
}

/// A letter was not handed over. Reasons say nothing of its content or its address.
pub(crate) enum Failure {
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
            Self::Smtp(server) => server.send(from, to, &message).await,
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

impl From<Smtp> for Transport {
    fn from(server: Smtp) -> Self {
        Self::Smtp(server)
    }
}
