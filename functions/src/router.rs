//! The addresses under `/usluge/`.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::pages::Frame;
use crate::receipt_page::KEYS_PATH;
use crate::request::{Segment, not_found};
use crate::{Bundle, Event, Service, answer, applicant, attach, check, confirm, receipt, refused};

/// All forms of the bundle, and what applicants do afterwards. Mount it for everything under `/usluge/`; it sees the whole path.
pub fn router(service: Service) -> Router {
    let forms = Router::new()
        .route("/usluge/{form}/provjera", post(check::handle).fallback(wrong_method))
        .route("/usluge/{form}/prilozi", post(attach::handle).fallback(wrong_method))
        .route("/usluge/{form}/potvrda", post(confirm::handle).fallback(wrong_method));
    with_receipt(applicant::routes(forms), service)
}

/// One form of the bundle, and the receipts: what one function of the distributed engine serves.
pub fn router_of(service: Service, form: &'static str) -> Router {
    let mine = move || async move { Segment(form.to_owned()) };
    let check = move |state, request| async move { check::handle(state, mine().await, request).await };
    let attach = move |state, request| async move { attach::handle(state, mine().await, request).await };
    let confirm = move |state, request| async move { confirm::handle(state, mine().await, request).await };
    let wrong = move |state| async move { wrong_method(state, mine().await).await };
    let router = with_receipt(
        Router::new()
            .route(&format!("/usluge/{form}/provjera"), post(check).fallback(wrong))
            .route(&format!("/usluge/{form}/prilozi"), post(attach).fallback(wrong))
            .route(&format!("/usluge/{form}/potvrda"), post(confirm).fallback(wrong)),
        service,
    );
    // The gateway in front of a function speaks HTTPS only.
    router.layer(map_response(async |response: Response| answer::with_https(response)))
}

fn with_receipt(router: Router<Service>, service: Service) -> Router {
    let (panicked, watched) = (service.clone(), service.clone());
    router
        .route("/usluge/potvrda/{token}", get(receipt::handle).fallback(no_receipt_by_this_method))
        .route("/usluge/potvrda/{token}/potvrda.txt", get(receipt::file).fallback(no_receipt_by_this_method))
        .route(KEYS_PATH, get(receipt::public_keys).fallback(no_receipt_by_this_method))
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
