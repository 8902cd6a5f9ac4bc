//! Letters: the first attempt when the table's stream tells of them, later ones every minute from the outbox.
//!
//! ```text
//! stream of the table ─► ids of new messages ─► mail::Worker::these ─► the first that is not done: batchItemFailures
//! schedule ────────────► what is due by now  ─► mail::Worker::due, until nothing is due or the time is over
//! ```
//!
//! Both take a message by the lease that the embedded server takes, so that they never meet over one. Who is killed
//! with a letter in hand leaves it leased; the schedule has it again when the lease is over.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use lambda_http::{Error, LambdaEvent};
use mail::{Delivery, Report, Transport, Unrecorded, Worker};
use sealing::Identity;
use serde_json::{Value, json};
use store_dynamodb::DynamoStore;
use tokio::sync::OnceCell;

use crate::deadline::time_is_left;
use crate::ses::{PATIENCE, Ses};
use crate::{Journal, Level, SecretError, Start, host};

/// Left for reporting when the time is nearly over.
const SPARE: Duration = Duration::from_secs(5);

/// The attempt about an hour after the first: somebody should look why letters do not leave.
const LATE: u32 = 8;

/// Sends letters.
pub struct Notify {
    start: Start,
    transport: Transport,
    open: OnceCell<Open>,
    /// Which letters SES has while the table does not know it: known as long as the instance lives.
    unrecorded: Unrecorded,
}

struct Open {
    store: DynamoStore,
    service: Arc<Identity>,
}

impl Notify {
    /// Sends by SES.
    pub fn new(start: Start) -> Self {
        let transport = Transport::Carrier(Arc::new(Ses::new(&start)));
        Self { start, transport, open: OnceCell::new(), unrecorded: Unrecorded::default() }
    }

    /// Answers an event of the stream or of the schedule. An error makes Lambda send it again.
    pub async fn answer(&self, event: LambdaEvent<Value>) -> Result<Value, Error> {
        let open = self.open.get_or_try_init(|| async {
            let keys = self.start.secrets.keys().await?;
            Ok::<_, SecretError>(Open { store: self.start.store(&keys), service: keys.opener()? })
        });
        let open = open.await.inspect_err(|error| {
            self.journal().line(Level::Error, "no-keys", json!({ "reason": error.to_string() }));
        })?;
        if event.payload.get("ready").is_some() {
            return Ok(json!({ "ready": host::is_ready(&open.store, self.journal()).await }));
        }
        let worker = Worker {
            outbox: &open.store,
            service: &open.service,
            sender: &self.start.bundle.sender,
            transport: &self.transport,
            unrecorded: &self.unrecorded,
        };
        let time_is_left = time_is_left(event.context.deadline, PATIENCE + SPARE);
        match event.payload.get("Records").and_then(Value::as_array) {
            Some(records) => Ok(self.first_attempts(&worker, &messages(records), &time_is_left).await),
            None => self.what_is_due(&worker, &time_is_left).await,
        }
    }

    async fn first_attempts(
        &self,
        worker: &Worker<'_, DynamoStore>,
        messages: &[(String, String)],
        time_is_left: &(dyn Fn() -> bool + Sync),
    ) -> Value {
        let ids: Vec<_> = messages.iter().map(|(id, _)| id.clone()).collect();
        let batch = worker.these(&ids, Timestamp::now(), &mut jitter, time_is_left).await;
        self.tell(&batch.report);
        if let Some(error) = batch.trouble {
            self.journal().line(Level::Error, "outbox-failed", json!({ "reason": error.to_string() }));
        }
        // The stream begins again with the first that is named, and sends all that follow it.
        let again: Vec<_> = messages
            .get(batch.done)
            .map(|(_, number)| json!({ "itemIdentifier": number }))
            .into_iter()
            .collect();
        json!({ "batchItemFailures": again })
    }

    async fn what_is_due(
        &self,
        worker: &Worker<'_, DynamoStore>,
        time_is_left: &(dyn Fn() -> bool + Sync),
    ) -> Result<Value, Error> {
        let mut sent = 0;
        loop {
            let report =
                worker.due(Timestamp::now(), &mut jitter, time_is_left).await.inspect_err(|error| {
                    self.journal().line(
                        Level::Error,
                        "outbox-failed",
                        json!({ "reason": error.to_string() }),
                    );
                })?;
            self.tell(&report);
            let now = report.0.iter().filter(|(_, delivery)| *delivery == Delivery::Sent).count();
            sent += now;
            if now == 0 || !time_is_left() {
                return Ok(json!({ "sent": sent }));
            }
        }
    }

    fn tell(&self, report: &Report) {
        for (id, delivery) in &report.0 {
            match delivery {
                Delivery::Sent => self.journal().line(Level::Info, "letter-sent", json!({ "id": id })),
                Delivery::Postponed { attempt, next, reason } => {
                    let fields =
                        json!({ "id": id, "attempt": attempt, "next": next.to_string(), "reason": reason });
                    match *attempt {
                        LATE.. => {
                            self.journal().count(Level::Error, "letter-late", fields, "LettersLate");
                        }
                        _ => self.journal().line(Level::Warn, "letter-postponed", fields),
                    }
                }
                Delivery::GivenUp { reason } => {
                    let fields = json!({ "id": id, "reason": reason });
                    self.journal().count(Level::Error, "letter-given-up", fields, "LettersGivenUp");
                }
            }
        }
    }

    fn journal(&self) -> &Journal {
        &self.start.journal
    }
}

/// Ids of the messages that a batch of the stream tells of, each with the number by which the stream knows it.
pub fn messages(records: &[Value]) -> Vec<(String, String)> {
    records
        .iter()
        .filter(|record| {
            record["eventName"] == "INSERT" && record["dynamodb"]["Keys"]["sk"]["S"] == "message"
        })
        .filter_map(|record| {
            let id = record["dynamodb"]["Keys"]["pk"]["S"].as_str()?.strip_prefix("outbox#")?;
            let number = record["dynamodb"]["SequenceNumber"].as_str()?;
            Some((id.to_owned(), number.to_owned()))
        })
        .collect()
}

/// From 0 to 1. Not for secrets: spreads retries only.
fn jitter() -> f64 {
    let mut bytes = [0_u8; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}
