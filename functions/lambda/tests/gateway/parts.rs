//! Who serves which address: together the functions are the embedded server, and no address has two.

use axum::body::Body;
use axum::http::Request;
use functions::addresses;
use lambda_http::tower::ServiceExt as _;

use crate::town::{Part, bundle, function_of};

/// Addresses of the embedded server, with the forms of the bundle in the place of `{form}`.
fn whole() -> Vec<String> {
    let forms = ["registracija", "zahtjev-za-ispravu"];
    addresses::all()
        .iter()
        .flat_map(|pattern| {
            let times = if pattern.contains("{form}") { &forms[..] } else { &forms[..1] };
            times.iter().map(|form| pattern.replace("{form}", form))
        })
        .collect()
}

#[test]
fn the_functions_together_have_every_address_of_the_server_once() {
    let (mut all, mut wanted) =
        (Part::ALL.into_iter().flat_map(Part::addresses).collect::<Vec<_>>(), whole());
    all.sort();
    wanted.sort();
    assert_eq!(all, wanted);
    assert!(wanted.iter().any(|address| address == "/usluge/veza/{token}"), "{wanted:?}");
}

#[tokio::test]
async fn each_address_is_answered_by_one_function_and_unknown_to_the_others() {
    let functions: Vec<_> = Part::ALL.into_iter().map(|part| (part, function_of(bundle(), part))).collect();
    for address in whole() {
        // No address takes this method, so that only what is there says so.
        let path = address.replace("{token}", "x");
        let mut takers = Vec::new();
        for (part, function) in &functions {
            let request = Request::builder().method("DELETE").uri(&path).body(Body::empty()).unwrap();
            let answer = function.router.clone().oneshot(request).await.unwrap();
            match answer.status().as_u16() {
                405 => takers.push(*part),
                404 => {}
                other => panic!("{path}: {other}"),
            }
        }
        assert_eq!(takers.len(), 1, "{path} is served by {takers:?}");
        assert!(takers[0].addresses().contains(&address), "{path}");
    }
}

#[test]
fn every_part_has_its_binary() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin");
    let all: String = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect();
    for part in Part::ALL {
        let wanted = match part {
            Part::Form(form) => format!("functions::form_router(service, \"{form}\")"),
            Part::Afterwards => "functions::afterwards_router".to_owned(),
        };
        assert!(all.contains(&wanted), "{part:?}");
    }
    assert_eq!(all.matches("lambda::serve(").count(), Part::ALL.len());
}
