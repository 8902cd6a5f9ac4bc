//! Recorded events of every kind of door that AWS has: API Gateway's REST and HTTP APIs, a load balancer, a function
//! URL. Persons and addresses are made up.

use std::net::IpAddr;

use axum::body::Body;
use axum::http::Request;
use functions::ClientAddress;
use serde_json::Value;

use crate::town::{Part, body, bundle, event, function_of, invoke};

/// By the folder under tests/events.
const FUNCTIONS: [(&str, Part); 3] = [
    ("registration", Part::Form("registracija")),
    ("certificate_request", Part::Form("zahtjev-za-ispravu")),
    ("status", Part::Afterwards),
];

fn recorded(function: &str) -> Vec<(String, Value)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/events").join(function);
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), event(&format!("{function}/{name}")))).collect()
}

fn read(event: &Value, servers_before: usize) -> Request<Body> {
    let event = serde_json::from_value::<lambda_http::request::LambdaRequest>(event.clone()).unwrap();
    lambda::request(event.into(), servers_before)
}

fn client(event: &Value, servers_before: usize) -> Option<String> {
    let request = read(event, servers_before);
    request.extensions().get::<ClientAddress>().map(|ClientAddress(address)| address.to_string())
}

#[test]
fn every_function_has_events_of_every_kind() {
    for (function, part) in FUNCTIONS {
        let names: Vec<_> = recorded(function).into_iter().map(|(name, _)| name).collect();
        for kind in ["rest", "http", "balancer", "url"] {
            assert!(names.contains(&format!("{kind}.json")), "{function}: {kind}");
            let second = if part == Part::Afterwards { "get" } else { "multipart" };
            assert!(names.contains(&format!("{kind}_{second}.json")), "{function}: {kind}");
        }
    }
}

#[tokio::test]
async fn every_kind_of_event_gets_the_same_answer() {
    for (function, part) in FUNCTIONS {
        let host = function_of(bundle(), part);
        for (name, event) in recorded(function) {
            let answer = invoke(&host, event).await;
            let status = answer["statusCode"].as_u64().unwrap();
            let page = body(&answer);
            match (part, name.contains("multipart"), name.contains("_get")) {
                (Part::Afterwards, _, true) => {
                    assert_eq!(status, 200, "{name}: {page}");
                    assert!(page.contains("name=\"reference\""), "{name}: {page}");
                }
                (Part::Afterwards, ..) => {
                    assert_eq!(status, 422, "{function}/{name}: {page}");
                    assert!(page.contains("value=\"ana@example.org\""), "{name}: {page}");
                }
                // The letters of the name came through whichever encoding the body had.
                (_, false, _) => {
                    assert_eq!(status, 422, "{function}/{name}: {page}");
                    assert!(
                        page.contains("value=\"Ana Čičak\"") && page.contains("Red 2 &amp; &lt;kraj&gt;")
                    );
                }
                // Read as what it is: the fields without the page's own.
                (_, true, _) => {
                    assert_eq!(status, 422, "{function}/{name}: {page}");
                    assert!(page.contains("value=\"Ana\""), "{name}: {page}");
                }
            }
            let headers = if answer["headers"]["cache-control"].is_null() {
                &answer["multiValueHeaders"]
            } else {
                &answer["headers"]
            };
            assert!(headers["cache-control"].to_string().contains("no-store"), "{name}: {answer}");
        }
    }
}

#[test]
fn the_visitors_address_is_the_one_that_aws_saw_and_not_the_one_that_somebody_wrote() {
    for (function, _) in FUNCTIONS {
        for (name, mut event) in recorded(function) {
            assert_eq!(client(&event, 0).as_deref(), Some("192.0.2.7"), "{function}/{name}");
            // A longer list is not another visitor.
            for headers in ["headers", "multiValueHeaders"] {
                let lists = event[headers].as_object_mut().into_iter().flatten();
                for (_, value) in lists.filter(|(name, _)| name.eq_ignore_ascii_case("x-forwarded-for")) {
                    match value {
                        Value::Array(all) => all.insert(0, "203.0.113.99".into()),
                        one => *one = format!("203.0.113.99, {}", one.as_str().unwrap()).into(),
                    }
                }
            }
            assert_eq!(client(&event, 0).as_deref(), Some("192.0.2.7"), "{function}/{name}");
        }
    }
}

#[test]
fn behind_a_server_of_ours_the_visitor_stands_before_it_in_the_list() {
    let mut event = event("registration/http.json");
    // CloudFront appends the visitor, API Gateway appends CloudFront.
    event["headers"]["x-forwarded-for"] = "203.0.113.66, 192.0.2.7, 198.51.100.9".into();
    event["requestContext"]["http"]["sourceIp"] = "198.51.100.9".into();
    assert_eq!(client(&event, 1).as_deref(), Some("192.0.2.7"));
    assert_eq!(client(&event, 0).as_deref(), Some("198.51.100.9"));
    // Nobody can say.
    event["headers"]["x-forwarded-for"] = "198.51.100.9".into();
    assert_eq!(client(&event, 1), None);
    event["headers"]["x-forwarded-for"] = "unknown, 198.51.100.9".into();
    assert_eq!(client(&event, 1), None);
    event["headers"]["x-forwarded-for"] = "2001:db8::7, 198.51.100.9".into();
    assert_eq!(
        client(&event, 1).map(|address| address.parse().unwrap()),
        Some(IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 7]))
    );
}

#[test]
fn the_stage_of_an_api_is_no_part_of_the_path() {
    for (function, _) in FUNCTIONS {
        for (name, event) in recorded(function) {
            assert!(read(&event, 0).uri().path().starts_with("/usluge/"), "{function}/{name}");
        }
    }
    let mut event = event("registration/rest.json");
    event["queryStringParameters"] = serde_json::json!({ "zapis": "a-b" });
    event["multiValueQueryStringParameters"] = serde_json::json!({ "zapis": ["a-b"] });
    let request = read(&event, 0);
    assert_eq!(request.uri().path_and_query().unwrap(), "/usluge/registracija/provjera?zapis=a-b");
}
