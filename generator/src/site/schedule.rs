//! What is published at a moment, and when that will next change.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};

use super::Request;
use crate::config::Config;
use crate::parse::{Document, Kind, KindFields, Moment};

/// Whether a document belongs to the site at the moment of the build.
pub fn is_published(document: &Document, request: &Request) -> bool {
    let front = &document.front;
    is_due(front.draft, visible_from(document), front.expires, request)
}

/// Whether what has these keys is published at the moment of the build.
pub fn is_due(draft: bool, from: Option<Moment>, until: Option<Moment>, request: &Request) -> bool {
    if draft && !request.drafts {
        return false;
    }
    let begun = from.is_none_or(|from| from.instant <= request.now);
    let over = until.is_some_and(|until| until.instant <= request.now);
    (begun || request.drafts) && !over
}

/// `publish`, or the date of an article.
fn visible_from(document: &Document) -> Option<Moment> {
    let front = &document.front;
    let dated = if document.kind == Kind::Article { front.date } else { None };
    front.publish.or(dated)
}

/// The first moment after the build at which a page appears, goes, or an event is over.
pub fn next_change(documents: &[Arc<Document>], config: &Config, request: &Request) -> Option<Timestamp> {
    let new_year = Date::new(request.now.to_zoned_datetime(config.time_zone.clone()).year() + 1, 1, 1)
        .ok()
        .and_then(|day| start_of(day, config));
    documents
        .iter()
        .filter(|document| !document.front.draft || request.drafts)
        .flat_map(|document| {
            let instant = |moment: Option<Moment>| moment.map(|moment| moment.instant);
            [instant(visible_from(document)), instant(document.front.expires), end_of_event(document, config)]
        })
        .chain([new_year])
        .flatten()
        .filter(|moment| *moment > request.now)
        .min()
}

/// When an event starts.
pub fn event_start(document: &Document) -> Option<Timestamp> {
    match &document.front.own {
        KindFields::Event { start, .. } => start.or(document.front.date).map(|moment| moment.instant),
        _ => document.front.date.map(|moment| moment.instant),
    }
}

/// Whether an event's last day is over.
pub fn has_ended(document: &Document, config: &Config, now: Timestamp) -> bool {
    end_of_event(document, config).is_some_and(|end| end <= now)
}

fn end_of_event(document: &Document, config: &Config) -> Option<Timestamp> {
    let KindFields::Event { start, end, .. } = &document.front.own else { return None };
    // Without days of its own, an event is over when the day it was dated with is.
    let last = end.or(*start).or(document.front.date)?;
    start_of(last.day.checked_add(1.day()).ok()?, config)
}

fn start_of(day: Date, config: &Config) -> Option<Timestamp> {
    Some(day.to_zoned_datetime(config.time_zone.clone()).ok()?.timestamp())
}
