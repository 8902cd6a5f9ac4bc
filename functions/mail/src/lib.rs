//! Letters to applicants: composed when a submission is accepted, sent later from the outbox.
//!
//! ```text
//! content/poruke/<name>.yaml ─Message::from_yaml (feature yaml)─► Message ─► Messages (in the form bundle)
//! Messages::letter(LetterKind, Values, Address) ─rows─► text and HTML ─► Letter ─► sealed to the service key ─► outbox
//! outbox ─Worker (feature eml)─► Letter ─eml::format─► RFC 5322 bytes ─► Transport: <id>.eml, SMTP (feature smtp), a Carrier
//! folder of returned mail ─bounce::read (feature smtp)─► collect_returned ─► Outbox::bounced
//! ```
//!
//! A letter never holds answers: its texts have placeholders for the few values that may be in a mail.

mod address;
mod kind;
mod layout;
mod letter;
mod message;
mod placeholder;
mod rows;

#[cfg(feature = "smtp")]
pub mod bounce;
#[cfg(feature = "eml")]
mod directory;
#[cfg(feature = "eml")]
pub mod eml;
#[cfg(feature = "smtp")]
mod returned;
#[cfg(feature = "smtp")]
mod smtp;
#[cfg(feature = "eml")]
mod transport;
#[cfg(feature = "eml")]
mod worker;
#[cfg(feature = "yaml")]
mod yaml;
#[cfg(feature = "yaml")]
mod yaml_problems;

pub use address::{Address, AddressError};
#[cfg(feature = "eml")]
pub use directory::EmlDirectory;
pub use kind::LetterKind;
pub use letter::{Letter, LetterError, Sender};
pub use message::{ComposeError, Message, Messages};
pub use placeholder::Values;
#[cfg(feature = "smtp")]
pub use returned::{Returned, ReturnedError, collect_returned};
#[cfg(feature = "smtp")]
pub use smtp::{Account, Security, Smtp, SmtpError, SmtpSettings};
#[cfg(feature = "eml")]
pub use transport::{Carrier, Failure, Transport};
#[cfg(feature = "eml")]
pub use worker::{Batch, Delivery, Report, Unrecorded, Worker};
