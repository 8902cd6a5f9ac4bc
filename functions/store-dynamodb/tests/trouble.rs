//! What a real DynamoDB says only now and then, said by a scripted endpoint: conflicts, throttling, lost answers.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail like tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use store::conformance::audit_keys;
use store::{
    Arrival, Doubles, Intake, KeyedHash, NewMessage, Outbox, Outcome, Records, Reference, Stage, StoreError,
};
use store_dynamodb::{Credentials, DynamoStore, Settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What the endpoint does with one request.
#[derive(Clone)]
enum Answer {
    Says(u16, Value),
    /// What a gateway shows when there is no server behind it.
    Page(u16),
    HangsUp,
}

/// One request as it arrived: the operation and the body.
struct Request {
    operation: String,
    body: Value,
}

/// An HTTP endpoint that goes through a script, repeating its last line.
struct Endpoint {
    store: DynamoStore,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Endpoint {
    async fn with(script: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let store = store_at(&format!("http://{}", listener.local_addr().unwrap()));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut script = script.into_iter();
            let mut last = Answer::HangsUp;
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                let request = read_request(&mut connection).await;
                seen.lock().unwrap().push(request);
                last = script.next().unwrap_or(last);
                answer(&mut connection, &last).await;
            }
        });
        Self { store, requests }
    }

    fn operations(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|request| request.operation.clone()).collect()
    }

    /// The different idempotency tokens of all transactions.
    fn tokens(&self) -> BTreeSet<String> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .filter_map(|request| Some(request.body["ClientRequestToken"].as_str()?.to_owned()))
            .collect()
    }

    /// The different counter items of all transactions.
    fn counters(&self) -> BTreeSet<String> {
        let requests = self.requests.lock().unwrap();
        let actions =
            requests.iter().filter_map(|request| request.body["TransactItems"].as_array()).flatten();
        actions.filter_map(|action| Some(action["Update"]["Key"]["pk"]["S"].as_str()?.to_owned())).collect()
    }
}

fn store_at(endpoint: &str) -> DynamoStore {
    let settings = Settings {
        table: "submissions".to_owned(),
        region: "eu-central-1".to_owned(),
        endpoint: Some(endpoint.to_owned()),
        files: None,
        credentials: Credentials {
            access_key_id: "test".to_owned(),
            secret_access_key: "test".to_owned(),
            session_token: None,
        },
    };
    DynamoStore::open(&settings, audit_keys())
}

async fn read_request(connection: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    let head_end = loop {
        assert!(connection.read_buf(&mut bytes).await.unwrap() > 0, "the client hung up");
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let header = |name: &str| {
        let mut headers = head.lines().filter_map(|line| line.split_once(": "));
        headers.find(|header| header.0.eq_ignore_ascii_case(name)).unwrap().1
    };
    let length: usize = header("content-length").parse().unwrap();
    while bytes.len() < head_end + length {
        assert!(connection.read_buf(&mut bytes).await.unwrap() > 0, "the client hung up");
    }
    let operation = header("x-amz-target").rsplit('.').next().unwrap().to_owned();
    Request { operation, body: serde_json::from_slice(&bytes[head_end..]).unwrap() }
}

async fn answer(connection: &mut TcpStream, answer: &Answer) {
    let (status, body) = match answer {
        Answer::Says(status, body) => (status, body.to_string()),
        Answer::Page(status) => (status, "<html><h1>Ana Anić</h1></html>".to_owned()),
        Answer::HangsUp => return,
    };
    let head = format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(body.as_bytes()).await.unwrap();
    connection.shutdown().await.unwrap();
}

fn says(body: Value) -> Answer {
    Answer::Says(200, body)
}

fn error(status: u16, code: &str) -> Answer {
    let message = "quotes Ana Anić";
    Answer::Says(
        status,
        json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message }),
    )
}

/// A cancelled transaction; actions: check key, answers, submission, payload, audit line, message, counter.
fn cancelled(reasons: [&str; 7]) -> Answer {
    let reasons: Vec<_> = reasons.iter().map(|code| json!({ "Code": code })).collect();
    Answer::Says(
        400,
        json!({
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": "Transaction cancelled",
            "CancellationReasons": reasons,
        }),
    )
}

fn arrival() -> Arrival {
    let hash = KeyedHash { key_id: "k1".to_owned(), hash: "ab".repeat(32) };
    Arrival {
        reference: Reference::from_random([1, 2, 3, 4, 5, 6, 7]),
        form: "registracija".to_owned(),
        fingerprint: "0123456789abcdef".to_owned(),
        language: "hr".to_owned(),
        received_at: Timestamp::from_second(1_795_435_200).unwrap(),
        payload: vec![1, 2, 3],
        facets: BTreeMap::new(),
        check_key: hash.clone(),
        answers: hash,
        answers_by_other_keys: Vec::new(),
        doubles: Doubles::RefuseSince(Timestamp::from_second(1_795_348_800).unwrap()),
        retention: "register".to_owned(),
        stage: Stage::Received,
        promised: None,
        contact: None,
        contact_sealed: None,
        renewal_due_at: None,
        doubts: Vec::new(),
        files: None,
        parcels: Vec::new(),
        messages: vec![NewMessage { id: "message".to_owned(), sealed: vec![9] }],
    }
}

const CONFLICT: [&str; 7] = ["None", "None", "None", "None", "None", "None", "TransactionConflict"];
const THROTTLED: [&str; 7] = ["None", "ThrottlingError", "None", "None", "None", "None", "None"];

#[tokio::test]
async fn an_arrival_that_meets_others_is_tried_again_as_a_new_transaction_on_another_counter() {
    let script = vec![cancelled(CONFLICT), cancelled(THROTTLED), says(json!({}))];
    let endpoint = Endpoint::with(script).await;
    assert_eq!(endpoint.store.accept(&arrival()).await.unwrap(), Outcome::Accepted);
    assert_eq!(endpoint.operations().len(), 3);
    assert_eq!(endpoint.tokens().len(), 3);
    assert_eq!(endpoint.counters().len(), 3);
}

#[tokio::test]
async fn an_arrival_that_always_meets_others_is_told_to_come_back() {
    let endpoint = Endpoint::with(vec![cancelled(CONFLICT)]).await;
    let answer = endpoint.store.accept(&arrival()).await;
    assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
    assert_eq!(endpoint.operations().len(), 8);
}

#[tokio::test]
async fn a_refusal_behind_a_conflict_does_not_decide() {
    // Identical confirmations at once: the reference is taken by the twin, whose check key is still being written.
    let first = ["TransactionConflict", "None", "ConditionalCheckFailed", "None", "None", "None", "None"];
    let then = ["ConditionalCheckFailed", "None", "ConditionalCheckFailed", "None", "None", "None", "None"];
    let twin = arrival();
    let check_key = says(json!({ "Item": {
        "reference": { "S": twin.reference.compact() },
        "form": { "S": twin.form },
        "answers": { "M": { "key_id": { "S": twin.answers.key_id }, "hash": { "S": twin.answers.hash } } },
    } }));
    let endpoint = Endpoint::with(vec![cancelled(first), cancelled(then), check_key]).await;
    assert_eq!(endpoint.store.accept(&arrival()).await.unwrap(), Outcome::Replayed(twin.reference));
    assert_eq!(endpoint.operations(), ["TransactWriteItems", "TransactWriteItems", "GetItem"]);
}

#[tokio::test]
async fn an_item_that_is_gone_when_it_is_looked_up_refuses_nothing() {
    let double = ["None", "ConditionalCheckFailed", "None", "None", "None", "None", "None"];
    let endpoint = Endpoint::with(vec![cancelled(double), says(json!({})), says(json!({}))]).await;
    assert_eq!(endpoint.store.accept(&arrival()).await.unwrap(), Outcome::Accepted);
    assert_eq!(endpoint.operations(), ["TransactWriteItems", "GetItem", "TransactWriteItems"]);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_token() {
    let endpoint = Endpoint::with(vec![Answer::HangsUp, says(json!({}))]).await;
    assert_eq!(endpoint.store.accept(&arrival()).await.unwrap(), Outcome::Accepted);
    assert_eq!(endpoint.operations().len(), 2);
    assert_eq!(endpoint.tokens().len(), 1, "another token would make the arrival refuse itself");
}

#[tokio::test]
async fn an_arrival_whose_answers_are_all_lost_is_told_to_come_back() {
    let endpoint = Endpoint::with(vec![Answer::HangsUp]).await;
    let answer = endpoint.store.accept(&arrival()).await;
    assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
}

#[tokio::test]
async fn throttling_that_lasts_is_busy_after_a_few_attempts() {
    let endpoint = Endpoint::with(vec![error(400, "ThrottlingException")]).await;
    let answer = endpoint.store.accept(&arrival()).await;
    assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
    assert_eq!(endpoint.operations().len(), 3);
}

#[tokio::test]
async fn a_page_of_a_gateway_is_busy_and_quotes_nothing() {
    for status in [429, 500, 502, 503, 504] {
        let endpoint = Endpoint::with(vec![Answer::Page(status)]).await;
        let answer = endpoint.store.accept(&arrival()).await;
        assert_eq!(answer, Err(StoreError::Busy(format!("DynamoDB: status {status}"))));
    }
    let endpoint = Endpoint::with(vec![Answer::Page(403)]).await;
    assert_eq!(
        endpoint.store.accept(&arrival()).await,
        Err(StoreError::Failed("DynamoDB: status 403".to_owned()))
    );
}

#[tokio::test]
async fn an_endpoint_that_is_not_there_is_busy() {
    // Port 1 is reserved, and nothing listens there.
    let answer = store_at("http://127.0.0.1:1").receipt(&arrival().reference).await;
    assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
}

#[tokio::test]
async fn an_https_endpoint_is_spoken_to_in_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let store = store_at(&format!("https://{}", listener.local_addr().unwrap()));
    let first_byte = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        connection.read_u8().await.unwrap()
    });
    let answer = store.receipt(&arrival().reference).await;
    assert!(matches!(answer, Err(StoreError::Busy(_))), "{answer:?}");
    let handshake = 22;
    assert_eq!(first_byte.await.unwrap(), handshake);
}

#[tokio::test]
async fn other_errors_are_named_by_their_code_and_quote_nothing() {
    for (code, is_full) in
        [("AccessDeniedException", false), ("ItemCollectionSizeLimitExceededException", true)]
    {
        let endpoint = Endpoint::with(vec![error(400, code)]).await;
        let answer = endpoint.store.accept(&arrival()).await.unwrap_err();
        assert_eq!(matches!(answer, StoreError::Full(_)), is_full, "{answer:?}");
        let shown = format!("{answer} {answer:?}");
        assert!(shown.contains(code) && !shown.contains("Ana"), "{shown}");
        assert_eq!(endpoint.operations().len(), 1, "{code} is not asked for again");
    }
}

#[tokio::test]
async fn what_was_claimed_before_an_error_still_reaches_the_worker() {
    let waiting =
        |id: &str| json!({ "pk": { "S": format!("outbox#{id}") }, "next_attempt_at": { "N": "1" } });
    let none = says(json!({ "Items": [] }));
    let script = vec![
        says(json!({ "Items": [waiting("one"), waiting("two")] })),
        none.clone(),
        none.clone(),
        none,
        says(json!({ "Attributes": { "sealed": { "B": "CQ==" }, "attempt": { "N": "1" } } })),
        error(400, "AccessDeniedException"),
    ];
    let endpoint = Endpoint::with(script).await;
    let now = Timestamp::from_second(1_795_435_200).unwrap();
    let claimed = endpoint.store.claim(now, Duration::from_secs(60), 10).await.unwrap();
    assert_eq!(claimed.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["one"]);
}

#[tokio::test]
async fn a_count_that_came_in_parts_is_put_together() {
    let part = |accepted: u32| json!({ "submissions": [{ "accepted": { "N": accepted.to_string() } }] });
    let left = json!({ "submissions": { "Keys": [{ "pk": { "S": "count#01" }, "sk": { "S": "count" } }] } });
    let script = vec![
        says(json!({ "Responses": part(3), "UnprocessedKeys": left })),
        says(json!({ "Responses": part(4), "UnprocessedKeys": {} })),
    ];
    let endpoint = Endpoint::with(script).await;
    let day = "2026-11-23".parse().unwrap();
    assert_eq!(endpoint.store.count("registracija", day).await.unwrap(), 7);

    let never = Endpoint::with(vec![says(json!({ "Responses": part(3), "UnprocessedKeys": left }))]).await;
    let answer = never.store.count("registracija", day).await;
    assert!(matches!(answer, Err(StoreError::Busy(_))), "a part is not taken for the whole: {answer:?}");
}

#[tokio::test]
async fn a_record_of_an_unexpected_shape_is_named_corrupt() {
    let endpoint = Endpoint::with(vec![says(json!({ "Item": { "form": { "N": "1" } } }))]).await;
    let answer = endpoint.store.receipt(&arrival().reference).await.unwrap_err();
    assert_eq!(
        answer.to_string(),
        "the store holds something unexpected: DynamoDB: the attribute form is missing or has another shape"
    );
}
