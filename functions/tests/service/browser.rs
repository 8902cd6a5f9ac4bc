//! Posts what a browser would post, and reads pages as it would.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use tower::ServiceExt as _;

use crate::town::{PUBLIC_URL, Town};

pub type Pairs = Vec<(String, String)>;

pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

pub async fn send(router: &Router, request: Request<Body>) -> Page {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap();
    Page { status: parts.status, headers: parts.headers, body }
}

pub fn request(method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(body.into()).unwrap()
}

pub const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
pub const OWN: (&str, &str) = ("origin", PUBLIC_URL);

pub async fn post(town: &Town, path: &str, pairs: &Pairs) -> Page {
    send(&town.router, request(Method::POST, path, &[FORM, OWN], encoded(pairs))).await
}

/// A post from a network that the host names.
pub async fn post_from(town: &Town, address: &str, path: &str, pairs: &Pairs) -> Page {
    let mut request = request(Method::POST, path, &[FORM, OWN], encoded(pairs));
    request.extensions_mut().insert(functions::ClientAddress(address.parse().unwrap()));
    send(&town.router, request).await
}

pub async fn get(town: &Town, path: &str) -> Page {
    send(&town.router, request(Method::GET, path, &[], Body::empty())).await
}

pub const CHECK: &str = "/usluge/upis/provjera";
pub const CONFIRM: &str = "/usluge/upis/potvrda";

/// What the form's page posts when it is filled in completely.
pub fn filled(town: &Town) -> Pairs {
    let fingerprint = town.service.bundle.borrow().forms["upis"].form.fingerprint();
    pairs(&[
        ("_lang", "hr"),
        ("_fingerprint", &fingerprint),
        ("website_url", ""),
        ("name", "Ana Čičak"),
        ("email", "ana@example.org"),
        ("country", "DE"),
        ("_entries.certificates", "1"),
        ("certificates.0.kind", "birth"),
        ("note", "Molim hitno.\r\nHvala & lijep pozdrav <3"),
    ])
}

pub fn pairs(list: &[(&str, &str)]) -> Pairs {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The same with one value changed (or added).
pub fn with(mut pairs: Pairs, name: &str, value: &str) -> Pairs {
    pairs.retain(|(key, _)| key != name);
    pairs.push((name.to_owned(), value.to_owned()));
    pairs
}

/// Fills in the form, and answers with what the check page would post when "send" is pressed.
pub async fn checked(town: &Town, filled: &Pairs) -> Pairs {
    let page = post(town, CHECK, filled).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.inputs_of(CONFIRM)
}

fn encoded(pairs: &Pairs) -> String {
    let one = |text: &str| {
        let mut out = String::new();
        for byte in text.bytes() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'*' | b'-' | b'.' | b'_' => {
                    out.push(char::from(byte))
                }
                b' ' => out.push('+'),
                other => out.push_str(&format!("%{other:02X}")),
            }
        }
        out
    };
    let parts: Vec<_> = pairs.iter().map(|(name, value)| format!("{}={}", one(name), one(value))).collect();
    parts.join("&")
}

impl Page {
    /// The `Location` of a redirect.
    pub fn location(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.body);
        self.headers["location"].to_str().unwrap()
    }

    /// The hidden inputs of the form that posts to `action`.
    pub fn inputs_of(&self, action: &str) -> Pairs {
        let start = self.body.find(&format!("action=\"{action}\"")).expect("a form with this action");
        let form = self.body[start..].split("</form>").next().unwrap();
        form.split("<input type=\"hidden\"")
            .skip(1)
            .map(|input| (attribute(input, "name"), attribute(input, "value")))
            .collect()
    }

    /// Whether a sentence is on the page, after the escaping of HTML.
    pub fn says(&self, text: &str) -> bool {
        unescaped(&self.body).contains(text)
    }

    /// The part of the page before `text` is left out.
    pub fn link_with(&self, part: &str) -> String {
        let at = self.body.find(&format!("href=\"{part}")).expect("a link");
        self.body[at + 6..].split('"').next().unwrap().to_owned()
    }
}

fn attribute(input: &str, name: &str) -> String {
    let tag = input.split('>').next().unwrap();
    let (_, rest) = tag.split_once(&format!("{name}=\"")).unwrap();
    unescaped(rest.split('"').next().unwrap())
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
