//! The addresses under `/usluge/`.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::pages::Frame;
use crate::receipt_page::KEYS_PATH;
use crate::request::{Segment, not_found};
use crate::{Bundle, Event, Service, answer, applicant, attach, check, confirm, receipt, refused};

/// Everything under `/usluge/`; it sees the whole path.
pub fn router(service: Service) -> Router {
    framed(Addresses::all(), service)
}

/// One form, from the check of answers to the receipt's address: what one function of the distributed engine serves.
///
/// Each function asks for its own part by a name of its own, so that it holds no code of the others.
pub fn form_router(service: Service, form: &'static str) -> Router {
    behind_https(framed(Addresses::none().with_form(form), service))
}

/// What comes after a form: receipts, where a request is, links from letters. Also the page for addresses that nothing has.
pub fn afterwards_router(service: Service) -> Router {
    behind_https(framed(receipts(applicant::routes(Addresses::none())), service))
}

/// The patterns of the addresses: of all, of one form, of what comes after a form.
pub mod addresses {
    use super::{Addresses, applicant, receipts};

    /// Of the embedded server: `/usluge/{form}/provjera`.
    pub fn all() -> Vec<String> {
        Addresses::all().patterns
    }

    /// Of [`super::form_router`].
    pub fn of_form(form: &'static str) -> Vec<String> {
        Addresses::none().with_form(form).patterns
    }

    /// Of [`super::afterwards_router`].
    pub fn afterwards() -> Vec<String> {
        receipts(applicant::routes(Addresses::none())).patterns
    }
}

/// Handlers, and the patterns under which they were added.
pub(crate) struct Addresses {
    router: Router<Service>,
    patterns: Vec<String>,
}

impl Addresses {
    fn none() -> Self {
        Self { router: Router::new(), patterns: Vec::new() }
    }

    fn all() -> Self {
        let forms = Self::none()
            .with("/usluge/{form}/provjera", post(check::handle).fallback(wrong_method))
            .with("/usluge/{form}/prilozi", post(attach::handle).fallback(wrong_method))
            .with("/usluge/{form}/potvrda", post(confirm::handle).fallback(wrong_method));
        receipts(applicant::routes(forms))
    }

    pub(crate) fn with(mut self, pattern: &str, handlers: MethodRouter<Service>) -> Self {
        self.patterns.push(pattern.to_owned());
        Self { router: self.router.route(pattern, handlers), ..self }
    }

    fn with_form(self, form: &'static str) -> Self {
        let mine = move || async move { Segment(form.to_owned()) };
        let check = move |state, request| async move { check::handle(state, mine().await, request).await };
        let attach = move |state, request| async move { attach::handle(state, mine().await, request).await };
        let confirm =
            move |state, request| async move { confirm::handle(state, mine().await, request).await };
        let wrong = move |state| async move { wrong_method(state, mine().await).await };
        self.with(&format!("/usluge/{form}/provjera"), post(check).fallback(wrong))
            .with(&format!("/usluge/{form}/prilozi"), post(attach).fallback(wrong))
            .with(&format!("/usluge/{form}/potvrda"), post(confirm).fallback(wrong))
    }
}

fn receipts(addresses: Addresses) -> Addresses {
    addresses
        .with("/usluge/potvrda/{token}", get(receipt::handle).fallback(no_receipt_by_this_method))
        .with("/usluge/potvrda/{token}/potvrda.txt", get(receipt::file).fallback(no_receipt_by_this_method))
        .with(KEYS_PATH, get(receipt::public_keys).fallback(no_receipt_by_this_method))
}

fn framed(addresses: Addresses, service: Service) -> Router {
    let (panicked, watched) = (service.clone(), service.clone());
    addresses
        .router
        .fallback(nothing_here)
        .with_state(service)
        .layer(CatchPanicLayer::custom(move |_| {
            panicked.log(&Event::Panicked);
            let bundle = panicked.bundle();
            let frame = Frame { bundle: &bundle, form: None, lang: &bundle.default_language };
            frame.says_in_all_languages(StatusCode::INTERNAL_SERVER_ERROR, "internal")
        }))
        .layer(from_fn_with_state(watched, refused::log))
        .layer(map_response(async |response: Response| answer::with_safety_headers(response)))
}

/// The gateway in front of a function speaks HTTPS only.
fn behind_https(router: Router) -> Router {
    router.layer(map_response(async |response: Response| answer::with_https(response)))
}

async fn nothing_here(State(service): State<Service>) -> Response {
    not_found(&service.bundle())
}

/// Somebody reloaded or typed an address that takes posts only: the page leads to the form. The router adds
/// the `Allow` header.
async fn wrong_method(State(service): State<Service>, Segment(form): Segment) -> Response {
    let bundle = service.bundle();
    if !bundle.forms.contains_key(&form) {
        return not_found(&bundle);
    }
    method_not_allowed(&bundle, Some(&form))
}

async fn no_receipt_by_this_method(State(service): State<Service>) -> Response {
    method_not_allowed(&service.bundle(), None)
}

fn method_not_allowed(bundle: &Bundle, form: Option<&str>) -> Response {
    let frame = Frame { bundle, form, lang: &bundle.default_language };
    frame.says_in_all_languages(StatusCode::METHOD_NOT_ALLOWED, "wrong_method")
}
