//! The way of a form through a function, as API Gateway (HTTP API, payload 2.0) sends it.

use functions::Bundle;

use crate::town::{Function, Part, body, bundle, event, function_of, invoke, registration, with_body};

#[tokio::test]
async fn a_base64_body_is_read_with_all_its_letters() {
    for name in ["check.json", "check_text_body.json"] {
        let answer = invoke(&registration(), event(name)).await;
        assert_eq!(answer["statusCode"], 422, "{answer}");
        assert_eq!(answer["headers"]["content-type"], "text/html; charset=utf-8");
        assert_eq!(answer["headers"]["cache-control"], "no-store");
        let page = body(&answer);
        assert!(page.contains("service.notice.form_changed"), "{page}");
        assert!(page.contains("value=\"Ana Čičak\"") && page.contains("Red 2 &amp; &lt;kraj&gt;"), "{page}");
    }
}

#[tokio::test]
async fn a_submission_goes_from_check_to_receipt() {
    let path = sent_to(&registration()).await;
    // A bundle from before there was a setting.
    assert_eq!(path.split(['/', '.']).nth(3).unwrap().len(), 8, "{path}");
}

#[tokio::test]
async fn the_bundle_says_how_long_references_are() {
    let mut bundle = bundle();
    bundle["reference_length"] = 12.into();
    let path = sent_to(&function_of(bundle, Part::Form("registracija"))).await;
    assert_eq!(path.split(['/', '.']).nth(3).unwrap().len(), 12, "{path}");
}

#[test]
fn a_bundle_with_references_of_no_known_length_is_refused() {
    let mut bundle = bundle();
    bundle["reference_length"] = 9.into();
    let said = Bundle::from_json(bundle.to_string().as_bytes()).err().unwrap().to_string();
    assert!(said.contains("8, 12 or 16 characters, not 9"), "{said}");
}

/// The address of the receipt, which opens.
pub async fn sent_to(function: &Function) -> String {
    let fingerprint = function.bundle.forms["registracija"].form.fingerprint();
    let mut pairs =
        vec![("_lang", "hr"), ("_fingerprint", fingerprint.as_str()), ("name", "Ana Čičak"), ("note", "a")];
    let checked = invoke(function, with_body(event("check.json"), &pairs)).await;
    assert_eq!(checked["statusCode"], 200, "{checked}");
    let key = body(&checked).split("name=\"_key\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    pairs.push(("_key", key));
    let confirmed = invoke(function, with_body(event("confirm.json"), &pairs)).await;
    assert_eq!(confirmed["statusCode"], 303, "{confirmed}");
    let path = confirmed["headers"]["location"].as_str().unwrap();

    // From the table alone: the other function never heard of this one.
    let mut read = event("receipt.json");
    read["rawPath"] = path.into();
    read["requestContext"]["http"]["path"] = path.into();
    assert_eq!(invoke(function, read.clone()).await["statusCode"], 404, "receipts are another function's");
    let receipt = invoke(&function.beside(Part::Afterwards), read).await;
    assert_eq!(receipt["statusCode"], 200, "{receipt}");
    assert!(body(&receipt).contains("service.receipt.title"));
    path.to_owned()
}

#[tokio::test]
async fn files_are_refused_clearly() {
    let answer = invoke(&registration(), event("multipart.json")).await;
    assert_eq!(answer["statusCode"], 415);
    assert!(body(&answer).contains("service.content_type.title"));
}

#[tokio::test]
async fn a_function_serves_its_own_form_only() {
    let answer = invoke(&registration(), event("other_form.json")).await;
    assert_eq!(answer["statusCode"], 404);
}
