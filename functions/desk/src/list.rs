//! The queue as a registrar reads it: nothing in it was sealed.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use store::{Head, QueueFilter, Stage, Store};

use crate::DeskError;

/// How many records are read at once.
const PAGE: usize = 100;
/// How many failed letters are looked at; more than a town can have in hand.
const FAILED_LETTERS: usize = 1_000;

/// One record of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// As the applicant reads it.
    pub reference: String,
    /// The form's id.
    pub form: String,
    /// Where it stands.
    pub stage: Stage,
    /// Since when.
    pub stage_since: Timestamp,
    /// When it arrived.
    pub received_at: Timestamp,
    /// What was promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promised: Option<Date>,
    /// Whether the promise is broken: the day is over and the work is not.
    pub overdue: bool,
    /// BCP 47 tag of the applicant's language.
    pub language: String,
    /// Countable values.
    pub facets: BTreeMap<String, String>,
    /// Why somebody should look twice, as codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<String>,
    /// How many attachments there are.
    pub files: usize,
    /// Whether a letter of the record could not be delivered.
    pub letter_failed: bool,
}

/// The records that a filter chooses, oldest first, up to `limit`.
pub async fn list(
    store: &dyn Store,
    filter: &QueueFilter,
    limit: usize,
    today: Date,
) -> Result<Vec<Row>, DeskError> {
    let failed: BTreeSet<_> =
        store.failed(FAILED_LETTERS).await?.into_iter().map(|message| message.reference).collect();
    let mut rows = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store.list(filter, after.as_deref(), PAGE.min(limit - rows.len())).await?;
        rows.extend(page.heads.iter().map(|head| row(head, failed.contains(&head.reference), today)));
        after = page.next;
        if after.is_none() || rows.len() >= limit {
            return Ok(rows);
        }
    }
}

/// Stages in which the office has something to do.
pub fn open_stages() -> Vec<Stage> {
    Stage::ALL.into_iter().filter(|stage| !stage.is_final() && *stage != Stage::Entered).collect()
}

fn row(head: &Head, letter_failed: bool, today: Date) -> Row {
    Row {
        reference: head.reference.to_string(),
        form: head.form.clone(),
        stage: head.stage,
        stage_since: head.stage_since,
        received_at: head.received_at,
        promised: head.promised,
        overdue: is_overdue(head, today),
        language: head.language.clone(),
        facets: head.facets.clone(),
        doubts: head.doubts.clone(),
        files: head.files.len(),
        letter_failed,
    }
}

/// While the applicant has to do something, the office keeps its promise.
fn is_overdue(head: &Head, today: Date) -> bool {
    let waits_for_applicant =
        matches!(head.stage, Stage::Unconfirmed | Stage::Asked | Stage::ProofSent | Stage::PaymentDue);
    let works = !head.stage.is_final() && head.stage != Stage::Entered && !waits_for_applicant;
    works && head.promised.is_some_and(|promised| promised < today)
}
