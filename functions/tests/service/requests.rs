//! What is refused before anything is read: origin, content type, size, encoding, method, address.

use std::io;

use axum::body::{Body, Bytes};
use axum::http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Full};

use crate::browser::{CHECK, CONFIRM, FORM, OWN, Page, checked, filled, get, post, request, send};
use crate::town::Town;

async fn post_with(town: &Town, headers: &[(&str, &str)], body: impl Into<Body>) -> Page {
    send(&town.router, request(Method::POST, CHECK, headers, body)).await
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_with_the_way_to_ours() {
    let town = Town::new();
    for headers in [
        [FORM, ("origin", "https://evil.example")],
        [FORM, ("origin", "http://www.grad.example")],
        [FORM, ("sec-fetch-site", "cross-site")],
        [FORM, ("sec-fetch-site", "same-site")],
    ] {
        let page = post_with(&town, &headers, "name=Ana").await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{headers:?}");
        assert!(page.says("Obrazac nije poslan s naše stranice"), "{}", page.body);
        assert!(page.says("The form was not sent from our site"), "in every language: {}", page.body);
        assert!(
            page.body.contains("href=\"/obrasci/upis/\"") && page.body.contains("href=\"/de/obrasci/upis/\"")
        );
        assert!(!page.says("Ana"), "what another site sent is not shown");
    }
}

#[tokio::test]
async fn our_own_pages_and_clients_without_a_browser_are_taken() {
    let town = Town::new();
    for headers in [
        vec![FORM, OWN],
        vec![FORM],
        vec![FORM, ("sec-fetch-site", "same-origin")],
        vec![FORM, ("host", "localhost:4000"), ("origin", "http://localhost:4000")],
    ] {
        let page = post_with(&town, &headers, "").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{headers:?}");
    }
}

#[tokio::test]
async fn a_browser_that_hides_the_origin_keeps_the_values_and_can_send_again() {
    let town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    let hidden = [FORM, ("origin", "null")];
    let body: Vec<_> =
        confirmation.iter().map(|(name, value)| format!("{name}={}", value.replace('&', "%26"))).collect();
    let page = send(&town.router, request(Method::POST, CONFIRM, &hidden, body.join("&"))).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.says("Vaš preglednik nije rekao s koje stranice šaljete"), "{}", page.body);
    assert_eq!(town.stored().await, 0);
    assert_eq!(page.inputs_of(CONFIRM), confirmation, "everything is kept");
    post(&town, CONFIRM, &page.inputs_of(CONFIRM)).await.location();
}

#[tokio::test]
async fn only_the_content_type_of_plain_forms_is_taken() {
    let town = Town::new();
    for kind in ["multipart/form-data; boundary=x", "application/json", "text/plain"] {
        let page = post_with(&town, &[("content-type", kind), OWN], "{}").await;
        assert_eq!(page.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
        assert!(page.says("Podatke ne možemo pročitati") && page.says("We cannot read what was sent"));
    }
    assert_eq!(post_with(&town, &[OWN], "").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn what_is_too_large_is_said_so() {
    let town = Town::new();
    let long = format!("note={}", "a".repeat(256 * 1024));
    let many = "a=1&".repeat(3_000);
    for body in [long, many] {
        let page = post_with(&town, &[FORM, OWN], body).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert!(page.says("Poslano je previše podataka"));
    }
    let said = [FORM, OWN, ("content-length", "99999999")];
    assert_eq!(post_with(&town, &said, "").await.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn what_is_not_readable_text_is_said_so() {
    let town = Town::new();
    for body in [b"name=%E4".as_slice(), b"name=\xff", b"name=%4", b"%=x"] {
        let page = post_with(&town, &[FORM, OWN], body.to_vec()).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.says("Na putu do nas oštećeni su ili prekinuti."));
    }
}

/// A body that ends with an error of the server that reads it.
fn ending_with(kind: io::ErrorKind) -> Body {
    let begun = Full::new(Bytes::from("name=Ana")).map_err(|never| -> io::Error { match never {} });
    Body::new(begun.with_trailers(std::future::ready(Some(Err(io::Error::from(kind))))))
}

#[tokio::test]
async fn a_body_that_never_ends_or_breaks_off_is_said_so() {
    let town = Town::new();
    let file = ("content-type", "multipart/form-data; boundary=x");
    for (path, kind) in [(CHECK, FORM), (CONFIRM, FORM), ("/usluge/upis/prilozi", file)] {
        let sent = |error| send(&town.router, request(Method::POST, path, &[kind, OWN], ending_with(error)));
        let slow = sent(io::ErrorKind::TimedOut).await;
        assert_eq!(slow.status, StatusCode::REQUEST_TIMEOUT, "{path}");
        assert!(
            slow.says("Slanje je trajalo predugo") && slow.says("Sending took too long"),
            "{}",
            slow.body
        );
        assert!(slow.headers.contains_key("content-security-policy"));
        let broken = sent(io::ErrorKind::UnexpectedEof).await;
        assert_eq!(broken.status, StatusCode::BAD_REQUEST, "{path}");
    }
    assert_eq!(town.stored().await, 0);
}

#[tokio::test]
async fn an_address_that_nothing_has_is_a_page_of_the_site() {
    let town = Town::new();
    for path in [
        "/usluge/",
        "/usluge/nema/provjera",
        "/usluge/upis",
        "/usluge/upis/provjera/",
        "/usluge/potvrda/x",
        "/usluge/potvrda/%FF",
    ] {
        let page = get(&town, path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.body.contains("<html lang=\"hr\">"), "{path}: {}", page.body);
    }
    let page = post(&town, "/usluge/nema/provjera", &Vec::new()).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_address_for_posting_says_so_and_leads_to_the_form() {
    let town = Town::new();
    for path in [CHECK, CONFIRM] {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let page = send(&town.router, request(method, path, &[], Body::empty())).await;
            assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(page.headers["allow"], "POST");
            assert!(page.body.contains("href=\"/obrasci/upis/\""), "{}", page.body);
        }
    }
}

#[tokio::test]
async fn every_answer_bears_the_safety_headers() {
    let town = Town::new();
    let confirmation = checked(&town, &filled(&town)).await;
    let confirmed = post(&town, CONFIRM, &confirmation).await;
    let receipt = get(&town, confirmed.location()).await;
    for page in [
        confirmed,
        receipt,
        post(&town, CHECK, &filled(&town)).await,
        post(&town, CHECK, &Vec::new()).await,
        get(&town, "/usluge/nema").await,
        get(&town, CHECK).await,
        post_with(&town, &[], "").await,
    ] {
        let header = |name| page.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-robots-tag"), "noindex");
        let policy = header("content-security-policy");
        for rule in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(rule), "{rule}: {policy}");
        }
        assert!(!page.headers.contains_key("set-cookie"));
    }
}
