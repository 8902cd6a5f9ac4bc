//! What became of letters after SES took them: those that came back for ever, and those that somebody complained about.

use jiff::Timestamp;
use lambda_http::{Error, LambdaEvent};
use serde_json::{Value, json};
use store::Outbox as _;
use store_dynamodb::DynamoStore;
use tokio::sync::OnceCell;

use crate::ses::TAG;
use crate::{Level, SecretError, Start, host};

/// Takes the events of SES.
pub struct Bounce {
    start: Start,
    store: OnceCell<DynamoStore>,
}

/// A letter that came back. Nothing else of the event is kept: it holds the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// The outbox id.
    pub id: String,
    /// A status code of RFC 3463.
    pub status: String,
}

impl Bounce {
    /// Nothing is asked of AWS yet.
    pub fn new(start: Start) -> Self {
        Self { start, store: OnceCell::new() }
    }

    /// Answers an event of SNS or EventBridge. An error makes Lambda send it again.
    pub async fn answer(&self, event: LambdaEvent<Value>) -> Result<Value, Error> {
        let journal = &self.start.journal;
        let store = self.store.get_or_try_init(|| async {
            Ok::<_, SecretError>(self.start.store(&self.start.secrets.keys().await?))
        });
        let store = store.await.inspect_err(|error| {
            journal.line(Level::Error, "no-keys", json!({ "reason": error.to_string() }));
        })?;
        if event.payload.get("ready").is_some() {
            return Ok(json!({ "ready": host::is_ready(store, journal).await }));
        }
        let mut noted = 0;
        for Returned { id, status } in returned(&event.payload) {
            let known = store.bounced(&id, Timestamp::now(), &status).await.inspect_err(|error| {
                journal.line(Level::Error, "outbox-failed", json!({ "reason": error.to_string() }));
            })?;
            let (level, what) = if known {
                (Level::Warn, "letter-came-back")
            } else {
                (Level::Warn, "unknown-letter-came-back")
            };
            journal.line(level, what, json!({ "id": id, "status": status }));
            noted += u32::from(known);
        }
        Ok(json!({ "noted": noted }))
    }
}

/// The letters that an event is about, if they came back for ever.
pub fn returned(event: &Value) -> Vec<Returned> {
    match event["Records"].as_array() {
        Some(records) => records
            .iter()
            .filter_map(|record| serde_json::from_str(record["Sns"]["Message"].as_str()?).ok())
            .filter_map(|told: Value| letter(&told))
            .collect(),
        None => letter(&event["detail"]).into_iter().collect(),
    }
}

fn letter(told: &Value) -> Option<Returned> {
    // Events of a configuration set and the older notifications of an identity differ in the name.
    let kind = told["eventType"].as_str().or_else(|| told["notificationType"].as_str())?;
    let status = match kind {
        "Bounce" if told["bounce"]["bounceType"] == "Permanent" => {
            let status = told["bounce"]["bouncedRecipients"][0]["status"].as_str();
            status.filter(|status| is_status(status)).unwrap_or("5.0.0")
        }
        // SES took it and then did not send it, because it found something harmful inside.
        "Reject" => "5.7.0",
        // "Delivery not authorized": the person does not want such letters.
        "Complaint" => "5.7.1",
        _ => return None,
    };
    let id = told["mail"]["tags"][TAG][0].as_str()?;
    Some(Returned { id: id.to_owned(), status: status.to_owned() })
}

/// `5.1.1`, and nothing that a server may have written beside it.
fn is_status(text: &str) -> bool {
    text.starts_with('5')
        && text.split('.').count() == 3
        && text
            .split('.')
            .all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
}
