//! Keys that cannot be had: people lose nothing, and the next request asks again.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::response::Response;
use functions::Service;
use lambda::{Host, Journal, Start};
use lambda_http::request::LambdaRequest;
use serde_json::Value;

use crate::town::{bundle, event};

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn lines(&self) -> Vec<Value> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn registration(service: Service) -> axum::Router {
    functions::form_router(service, "registracija")
}

fn host(folder: &Path, part: fn(Service) -> axum::Router, paper: &Paper) -> Host {
    std::fs::write(folder.join("forms.json"), bundle().to_string()).unwrap();
    let keys = folder.join("keys/service").to_str().unwrap().to_owned();
    let recipient = sealing::Identity::generate().recipient().to_string();
    let variable = |name: &str| {
        let value = match name {
            "ZAVICAJ_DESK_RECIPIENTS" | "ZAVICAJ_SERVICE_RECIPIENT" => recipient.clone(),
            "ZAVICAJ_LOCAL_KEYS" => keys.clone(),
            "ZAVICAJ_DYNAMODB_TABLE" => "submissions".to_owned(),
            // Nobody is there.
            "ZAVICAJ_DYNAMODB_ENDPOINT" => "http://127.0.0.1:9".to_owned(),
            "AWS_REGION" => "eu-central-1".to_owned(),
            "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => "test".to_owned(),
            _ => return None,
        };
        Some(value)
    };
    let journal = Journal::into("registration", Arc::new(Mutex::new(paper.clone())));
    Host::new(Start::new(folder, variable, journal).unwrap(), part)
}

async fn ask(host: &Host, event: Value) -> (u16, String, Response) {
    let event = serde_json::from_value::<LambdaRequest>(event).unwrap();
    let (parts, body) = host.answer(event.into()).await.into_parts();
    let page = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    (parts.status.as_u16(), String::from_utf8(page.into()).unwrap(), Response::from_parts(parts, "".into()))
}

#[tokio::test]
async fn without_keys_a_form_stays_on_the_page_and_is_taken_once_they_are_there() {
    let (folder, paper) = (tempfile::tempdir().unwrap(), Paper::default());
    let host = host(folder.path(), registration, &paper);
    let (status, page, answer) = ask(&host, event("registration/http.json")).await;
    assert_eq!(status, 503);
    assert!(page.contains("service.try_again.title"), "{page}");
    assert!(page.contains("action=\"/usluge/registracija/provjera\""), "{page}");
    assert!(page.contains("value=\"Ana Čičak\""), "{page}");
    assert_eq!(answer.headers()["retry-after"], "10");
    assert_eq!(answer.headers()["cache-control"], "no-store");

    let said = paper.lines();
    assert_eq!((&said[0]["message"], &said[0]["level"]), (&"no-keys".into(), &"ERROR".into()));
    assert!(!format!("{said:?}").contains("Ana"), "{said:?}");

    sealing::Keys::open_or_create(&folder.path().join("keys")).unwrap();
    let (status, page, _) = ask(&host, event("registration/http.json")).await;
    assert_eq!(status, 422, "{page}");
    // They are kept: nobody looks again.
    std::fs::remove_dir_all(folder.path().join("keys")).unwrap();
    assert_eq!(ask(&host, event("registration/http.json")).await.0, 422);
}

#[tokio::test]
async fn without_keys_a_foreign_site_is_refused_all_the_same_and_pages_say_that_they_come_later() {
    let (folder, paper) = (tempfile::tempdir().unwrap(), Paper::default());
    let forms = host(folder.path(), registration, &paper);
    let mut foreign = event("registration/http.json");
    foreign["headers"]["origin"] = "https://evil.example".into();
    foreign["headers"]["sec-fetch-site"] = "cross-site".into();
    assert_eq!(ask(&forms, foreign).await.0, 403);

    let status = host(folder.path(), functions::afterwards_router, &paper);
    let (code, page, _) = ask(&status, event("status/http_get.json")).await;
    assert_eq!(code, 503);
    assert!(page.contains("service.status_unavailable.title"), "{page}");
    let (code, page, _) = ask(&status, event("receipt.json")).await;
    assert_eq!(code, 503);
    assert!(page.contains("service.receipt_unavailable.title"), "{page}");
}

#[tokio::test]
async fn a_function_says_whether_it_is_ready() {
    let (folder, paper) = (tempfile::tempdir().unwrap(), Paper::default());
    let host = host(folder.path(), registration, &paper);
    let mut question = event("status/http_get.json");
    question["rawPath"] = "/usluge/registracija/spremno".into();
    let (status, page, answer) = ask(&host, question.clone()).await;
    assert_eq!((status, page.as_str()), (503, "{\"ready\":false}"));
    assert_eq!(answer.headers()["content-type"], "application/json");
    // With keys, but without a table.
    sealing::Keys::open_or_create(&folder.path().join("keys")).unwrap();
    assert_eq!(ask(&host, question).await.0, 503);
    let said = paper.lines();
    assert_eq!((&said[0]["message"], &said[1]["message"]), (&"no-keys".into(), &"not-ready".into()));
}

#[tokio::test]
async fn every_line_of_the_log_is_an_object_with_the_request_and_the_trace() {
    let (folder, paper) = (tempfile::tempdir().unwrap(), Paper::default());
    let journal = Journal::into("registration", Arc::new(Mutex::new(paper.clone())));
    let mut context = lambda_http::Context::default();
    context.request_id = "c6af9ac6".to_owned();
    context.xray_trace_id =
        Some("Root=1-6922f0a5-25b420912dee103a5db43400;Parent=53995c3f42cd8ad8;Sampled=1".to_owned());
    journal.begin(&context);
    journal.hear(&functions::Event::Accepted { form: "registracija".into(), language: "hr".into() });
    journal.hear(&functions::Event::Refused { status: 429, door: "registracija/potvrda".into() });
    journal.hear(&functions::Event::Refused { status: 404, door: "veza".into() });
    journal.end(2.5, true);
    let lines = paper.lines();
    for line in &lines {
        assert_eq!(line["requestId"], "c6af9ac6");
        assert_eq!(line["traceId"], "1-6922f0a5-25b420912dee103a5db43400");
        assert_eq!(line["function"], "registration");
        assert!(line["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    }
    let metric = |line: usize| lines[line]["_aws"]["CloudWatchMetrics"][0].clone();
    for (line, outcome) in [(0, "accepted"), (1, "refused")] {
        assert_eq!(metric(line)["Dimensions"], serde_json::json!([["form", "outcome"]]));
        assert_eq!(
            (&lines[line]["form"], &lines[line]["outcome"]),
            (&"registracija".into(), &outcome.into())
        );
        assert_eq!(lines[line]["Submissions"], 1);
    }
    assert!(lines[2]["_aws"].is_null(), "{}", lines[2]);
    assert_eq!(
        (&lines[3]["Latency"], &metric(3)["Metrics"][0]["Unit"]),
        (&2.5.into(), &"Milliseconds".into())
    );
    drop(folder);
}
