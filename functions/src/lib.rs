//! The HTTP handlers of the forms: one router for the local server, the Lambda functions and tests.
//!
//! ```text
//! POST /usluge/<form>/provjera ─► request: origin, body, trap ─► Submission
//!      check    forms::validate   ─► 422 the form with every violation │ 200 "check your answers" + check key
//! POST /usluge/<form>/prilozi  ─► request with one file
//!      attach   attachments::clean, sealed, staged ─► the page for files │ the check page, when all are there
//! POST /usluge/<form>/potvrda  ─► request ─► Submission
//!      confirm  validate again, check key, ONE store transaction ─► 303 receipt │ 409 look again │ 503 try again
//! GET  /usluge/potvrda/<token> ─► receipt  signed token ─► reference and what happens next; changes nothing
//! ```
//!
//! Everything that a page needs comes from the [`Bundle`] that the generator writes. Clear answers live in
//! memory for one request; what is stored was sealed before.

pub mod abuse;
mod answer;
mod answers_copy;
mod applicant;
mod arrival;
mod attach;
mod attached;
mod body;
mod bundle;
mod check;
mod check_key;
mod client;
mod closed;
mod confirm;
mod contact;
mod event;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod letters;
pub mod link;
pub mod local_time;
mod multipart;
mod notice;
mod origin;
mod pages;
mod payment;
mod proof;
mod qr;
mod receipt;
mod receipt_page;
mod refused;
mod request;
mod router;
mod service;
mod shell;
mod signed_receipt;
pub mod strings_needed;
pub mod upkeep;
mod zone;

pub use answer::{HTTPS_FOR_A_YEAR, ISOLATION};
pub use bundle::{Bundle, BundleError, BundleForm, PAGES, RESERVED_FORM_IDS, Scripts, page_path};
pub use client::ClientAddress;
pub use closed::closed;
pub use contact::{Contact, ContactError};
pub use event::Event;
pub use link::LinkAction;
pub use notice::{Notice, NoticeError};
pub use payment::{Payment, PaymentError, is_iban};
pub use proof::{Proof, ProofCertificate, ProofError, ProofLine};
pub use router::{addresses, afterwards_router, form_router, router};
pub use service::{Clock, Log, Random, Service};
pub use shell::{Shell, ShellError};
pub use signed_receipt::{Receipt, ReceiptRefusal, SignedReceipt};
