//! Regular work by a schedule: what expired goes, who is due is asked, the audit is signed once a day.

use std::sync::Arc;
use std::time::Duration;

use functions::Random;
use functions::upkeep::{self, PurgeGate, Renewals, Upkept};
use jiff::Timestamp;
use lambda_http::{Error, LambdaEvent};
use serde_json::{Value, json};
use store::Upkeep as _;
use store_dynamodb::DynamoStore;
use tokio::sync::OnceCell;

use crate::deadline::time_is_left;
use crate::{Keys, Level, SecretError, Start, host};

/// Left for a hundred chains of the audit, and for keeping how far it is, when the table is slow.
const SPARE: Duration = Duration::from_secs(60);

/// Does what is due.
pub struct Purge {
    start: Start,
    open: OnceCell<(Keys, DynamoStore)>,
}

impl Purge {
    /// Nothing is asked of AWS yet.
    pub fn new(start: Start) -> Self {
        Self { start, open: OnceCell::new() }
    }

    /// Answers the schedule, once an hour. An error makes Lambda send it again.
    pub async fn answer(&self, event: LambdaEvent<Value>) -> Result<Value, Error> {
        let journal = &self.start.journal;
        let open = self.open.get_or_try_init(|| async {
            let keys = self.start.secrets.keys().await?;
            let store = self.start.store(&keys);
            Ok::<_, SecretError>((keys, store))
        });
        let (keys, store) = open.await.inspect_err(|error| {
            journal.line(Level::Error, "no-keys", json!({ "reason": error.to_string() }));
        })?;
        if event.payload.get("ready").is_some() {
            return Ok(json!({ "ready": host::is_ready(store, journal).await }));
        }
        let identity = keys.opener()?;
        let random: Random = Arc::new(|buffer| getrandom::fill(buffer).is_ok());
        let needs = Renewals {
            store,
            bundle: &self.start.bundle,
            sealer: &self.start.sealer,
            hashing: &keys.hashing,
            identity: &identity,
            random: &random,
        };
        let now = Timestamp::now();
        let days: Vec<_> = store.checkpoints().await?.iter().map(|checkpoint| checkpoint.at).collect();
        let may_erase = PurgeGate::by_record(&days, now);
        let tell = |done: &Upkept| {
            let (level, message) = match done {
                Upkept::HeldUp => (Level::Error, "held-up"),
                Upkept::NoLetter { .. } => (Level::Error, "no-yearly-letter"),
                Upkept::Swept(_) => (Level::Info, "swept"),
                Upkept::Checkpoint { .. } => (Level::Info, "checkpoint"),
                Upkept::Signing { .. } => (Level::Info, "checkpoint-goes-on"),
                Upkept::Erased { .. } => (Level::Info, "erased"),
                Upkept::Asked { .. } => (Level::Info, "asked"),
            };
            let fields = json!({ "what": done.to_string() });
            match level {
                Level::Error => journal.count(level, message, fields, "NotDone"),
                _ => journal.line(level, message, fields),
            }
        };
        let may_go_on = time_is_left(event.context.deadline, SPARE);
        let round = upkeep::round(&needs, may_erase, now, &may_go_on, &tell).await;
        round.inspect_err(|error| {
            journal.line(Level::Error, "upkeep-failed", json!({ "reason": error.to_string() }));
        })?;
        Ok(json!({ "done": true }))
    }
}
