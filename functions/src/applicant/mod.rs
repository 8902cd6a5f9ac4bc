//! What people do after the receipt: look where their request is, and do what the town waits for.
//!
//! ```text
//! GET, POST /usluge/status        reference + address ─► lookup: the same work for every miss ─► what is known
//! GET       /usluge/veza/<token>  link ─► open: signature, expiry, record, whether it was used ─► a page with a button
//! POST      /usluge/veza/<token>  open ─► act: ONE conditional change of the store ─► 303 to the same page
//! GET, POST /usluge/moj-upis      address ─► a link to one's own record, by mail; the answer tells nothing
//! ```
//!
//! A link from a letter does nothing when it is opened (programs that look through mail open all of them), and once
//! what it is for. Nothing here shows an answer of a form: the public side cannot read them.

pub(crate) mod act;
mod ask;
mod attempts;
mod erase;
mod export;
mod links;
mod lookup;
mod open;
mod own;
mod pages;
mod posted;
pub(crate) mod replace;
mod status;
mod status_page;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;

use crate::pages::Frame;
use crate::router::Addresses;
use crate::{Bundle, Service, body};

/// The address from which a link to one's own record is asked for.
pub(crate) const OWN_RECORD: &str = "/usluge/moj-upis";

/// The event of the audit line of a letter with such a link. Whoever knows an address can ask for it, so it is no sign
/// of the person.
pub(crate) const EVENT_OWN_LINK: &str = "own_record_link by applicant";

/// Adds the addresses of this module.
pub(crate) fn routes(addresses: Addresses) -> Addresses {
    addresses
        .with("/usluge/status", get(status::form).post(status::show).fallback(wrong_method))
        .with("/usluge/veza/{token}", get(links::show).post(links::act).fallback(wrong_method))
        .with(OWN_RECORD, get(ask::form).post(ask::send).fallback(wrong_method))
}

async fn wrong_method(State(service): State<Service>) -> Response {
    let bundle = service.bundle();
    let frame = Frame { bundle: &bundle, form: None, lang: &bundle.default_language };
    frame.says_in_all_languages(StatusCode::METHOD_NOT_ALLOWED, "wrong_method")
}

/// The language that the address names (`?lang=de`); the default one, where it names none of the site's.
fn asked_language<'a>(bundle: &'a Bundle, query: &RawQuery) -> &'a str {
    let raw = query.0.as_deref().and_then(|query| body::parse(query.as_bytes()).ok());
    bundle.language(raw.as_ref().and_then(|raw| raw.get("lang")))
}
