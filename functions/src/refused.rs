//! Refusals in the operator's log: that somebody knocks where nothing opens, and how often.
//!
//! Only which door and which answer: a token, a reference, an address of a person never gets there.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;

use crate::bundle::RESERVED_FORM_IDS;
use crate::{Bundle, Event, Service};

/// Passes a request on, and tells the log when it was refused.
pub(crate) async fn log(State(service): State<Service>, request: Request, next: Next) -> Response {
    let door = door(&service.bundle(), request.uri().path());
    let response = next.run(request).await;
    if is_refusal(response.status(), &door) {
        service.log(&Event::Refused { status: response.status().as_u16(), door });
    }
    response
}

/// Which door a path leads to: the name of a page, or a form and its step; "-" where there is none.
fn door(bundle: &Bundle, path: &str) -> String {
    let mut parts = path.strip_prefix("/usluge/").unwrap_or_default().split('/');
    let (name, step) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if RESERVED_FORM_IDS.contains(&name) {
        name.to_owned()
    } else if bundle.forms.contains_key(name) && matches!(step, "provjera" | "prilozi" | "potvrda") {
        format!("{name}/{step}")
    } else {
        "-".to_owned()
    }
}

/// An answer that wanted something put right (422) is none, but where it says "no such request".
fn is_refusal(status: StatusCode, door: &str) -> bool {
    status.is_client_error() && (status != StatusCode::UNPROCESSABLE_ENTITY || door == "status")
}
