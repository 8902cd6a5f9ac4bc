//! What applicants do after the receipt, without script: status, links of letters, one's own record.

mod links;
mod office;
mod own_link;
mod register;
mod status;

use axum::body::Body;
use axum::http::Method;
use functions::link::{self, LinkAction};
use store::Reference;

use crate::browser::{
    CONFIRM, FORM, OWN, Page, Pairs, checked, filled, get, pairs, post, request, send, with,
};
use crate::town::Town;

pub const STATUS: &str = "/usluge/status";
pub const EMAIL: &str = "ana@example.org";

/// Fills in the form and confirms it.
pub async fn submitted(town: &Town, lang: &str) -> Reference {
    submitted_by(town, &with(filled(town), "_lang", lang)).await
}

pub async fn submitted_by(town: &Town, pairs: &Pairs) -> Reference {
    let receipt = post(town, CONFIRM, &checked(town, pairs).await).await;
    let token = receipt.location().strip_prefix("/usluge/potvrda/").unwrap().to_owned();
    token.split('.').next().unwrap().parse().unwrap()
}

pub async fn status(town: &Town, lang: &str, reference: &str, email: &str) -> Page {
    post(town, STATUS, &pairs(&[("_lang", lang), ("reference", reference), ("email", email)])).await
}

/// A link as the office's letters hold it.
pub fn office_link(town: &Town, action: LinkAction, reference: &Reference, random: u8) -> String {
    let expires_at = town.time() + action.life();
    link::issue(&town.service.hashing, action, reference, expires_at, [random; 16])
}

/// Presses the only button of a page, or the one with this step.
pub async fn press(town: &Town, path: &str, step: Option<&str>, more: &[(&str, &str)]) -> Page {
    let mut posted = pairs(&[("_lang", "hr")]);
    posted.extend(pairs(more));
    posted.extend(step.map(|step| ("step".to_owned(), step.to_owned())));
    post(town, path, &posted).await
}

/// Presses, and looks at the page to which the redirect leads.
pub async fn done(town: &Town, path: &str, step: Option<&str>, more: &[(&str, &str)]) -> Page {
    let pressed = press(town, path, step, more).await;
    assert_eq!(pressed.location(), path);
    get(town, path).await
}

/// As [`post`], from a client that says nothing about itself.
pub async fn post_from_nowhere(town: &Town, path: &str, content_type: &str, body: &'static str) -> Page {
    let headers = [("content-type", content_type)];
    send(&town.router, request(Method::POST, path, &headers, Body::from(body))).await
}

pub async fn post_from_elsewhere(town: &Town, path: &str) -> Page {
    let headers = [FORM, ("origin", "https://evil.example")];
    assert_ne!(headers[1], OWN);
    send(&town.router, request(Method::POST, path, &headers, Body::empty())).await
}
