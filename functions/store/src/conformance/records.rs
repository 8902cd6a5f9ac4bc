//! Reading and counting.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use super::Case;
use super::arrivals::{FORM, accept_new, arrival, reference};
use crate::{Arrival, Store, StoreError};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("an_unknown_reference_has_neither_receipt_nor_record", unknown),
        Case::new("submissions_are_counted_by_form_and_utc_day", counted_by_form_and_day),
    ]
}

async fn unknown(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.receipt(&reference(1)).await?, None);
    assert_eq!(store.read(&reference(1)).await?, None);
    accept_new(&store, &arrival(1)).await?;
    assert_eq!(store.receipt(&reference(2)).await?, None);
    assert_eq!(store.read(&reference(2)).await?, None);
    Ok(())
}

async fn counted_by_form_and_day(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let moment = |text: &str| text.parse::<Timestamp>().unwrap_or_default();
    let day = |text: &str| text.parse::<Date>().unwrap_or_default();
    let arrivals = [
        (FORM, "2026-11-23T00:00:00Z"),
        (FORM, "2026-11-23T23:59:59.999999999Z"),
        (FORM, "2026-11-24T00:00:00Z"),
        ("zahtjev-za-ispravu", "2026-11-23T12:00:00Z"),
    ];
    for (number, (form, received_at)) in (1..).zip(arrivals) {
        let arrival = Arrival { form: form.to_owned(), received_at: moment(received_at), ..arrival(number) };
        accept_new(&store, &arrival).await?;
    }
    assert_eq!(store.count(FORM, day("2026-11-23")).await?, 2);
    assert_eq!(store.count(FORM, day("2026-11-24")).await?, 1);
    assert_eq!(store.count(FORM, day("2026-11-25")).await?, 0);
    assert_eq!(store.count("zahtjev-za-ispravu", day("2026-11-23")).await?, 1);
    assert_eq!(store.count("registracija-", day("2026-11-23")).await?, 0);
    Ok(())
}
