//! Finding records: in parts, by stage and form, by the hash of an address.

use std::sync::Arc;

use super::Case;
use super::arrivals::{FORM, accept_new, arrival, at, head_of, keyed_hash, reference};
use super::changes::change;
use crate::{Arrival, Change, Head, QueueFilter, Set, Stage, Store, StoreError};

const OTHER_FORM: &str = "zahtjev-za-ispravu";

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("an_empty_store_lists_nothing", empty),
        Case::new("records_are_listed_in_parts_oldest_first", in_parts),
        Case::new("records_of_one_moment_are_listed_once_each", one_moment),
        Case::new("records_are_listed_by_stage_and_form", filtered),
        Case::new("a_list_goes_on_when_records_arrive_or_move_meanwhile", moving),
        Case::new("a_place_that_no_list_gave_is_an_error", strange_place),
        Case::new("a_head_is_the_record_without_its_content", head),
        Case::new("records_are_found_by_form_and_contact_newest_first", by_contact),
        Case::new("no_more_than_twenty_records_of_a_contact_are_found", twenty),
        Case::new("a_changed_contact_is_found_under_the_new_hash_only", contact_changed),
    ]
}

/// Goes through a whole list in parts of `limit`.
async fn all(store: &Arc<dyn Store>, filter: &QueueFilter, limit: usize) -> Result<Vec<Head>, StoreError> {
    let mut heads = Vec::new();
    let mut after = None;
    for _ in 0..200 {
        let page = store.list(filter, after.as_deref(), limit).await?;
        assert!(page.heads.len() <= limit, "{} of {limit}", page.heads.len());
        heads.extend(page.heads);
        after = page.next;
        if after.is_none() {
            return Ok(heads);
        }
    }
    Err(StoreError::Failed("the list has no end".to_owned()))
}

fn references(heads: &[Head]) -> Vec<String> {
    heads.iter().map(|head| head.reference.to_string()).collect()
}

fn expected(numbers: &[u8]) -> Vec<String> {
    numbers.iter().map(|number| reference(*number).to_string()).collect()
}

async fn empty(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let page = store.list(&QueueFilter::default(), None, 10).await?;
    assert_eq!((page.heads, page.next), (Vec::new(), None));
    Ok(())
}

async fn in_parts(store: Arc<dyn Store>) -> Result<(), StoreError> {
    // Arrived in another order than that of their references.
    let numbers = [5, 1, 7, 3, 2, 6, 4];
    for (seconds, number) in (1..).zip(numbers) {
        accept_new(&store, &Arrival { received_at: at(seconds), ..arrival(number) }).await?;
    }
    for limit in [1, 2, 3, 6, 7, 8, 100] {
        let heads = all(&store, &QueueFilter::default(), limit).await?;
        assert_eq!(references(&heads), expected(&numbers), "in parts of {limit}");
    }
    Ok(())
}

async fn one_moment(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in 1..=9 {
        accept_new(&store, &Arrival { received_at: at(1), ..arrival(number) }).await?;
    }
    let mut heads = references(&all(&store, &QueueFilter::default(), 2).await?);
    heads.sort();
    let mut all = expected(&[1, 2, 3, 4, 5, 6, 7, 8, 9]);
    all.sort();
    assert_eq!(heads, all);
    Ok(())
}

async fn filtered(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in 1..=12 {
        let form = if number % 2 == 0 { FORM } else { OTHER_FORM }.to_owned();
        let stage = if number % 3 == 0 { Stage::Quarantined } else { Stage::Received };
        accept_new(&store, &Arrival { form, stage, ..arrival(number) }).await?;
    }
    let to_paid = Change { reference: reference(4), stage: Some(Stage::Paid), ..change(1, 100) };
    store.change(&to_paid).await?;
    let filter = |stages: &[Stage], form: Option<&str>| QueueFilter {
        stages: stages.to_vec(),
        form: form.map(str::to_owned),
    };
    for (filter, numbers) in [
        (filter(&[], None), &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12][..]),
        (filter(&[], Some(FORM)), &[2, 4, 6, 8, 10, 12]),
        (filter(&[Stage::Quarantined], None), &[3, 6, 9, 12]),
        (filter(&[Stage::Received], Some(OTHER_FORM)), &[1, 5, 7, 11]),
        (filter(&[Stage::Paid, Stage::Quarantined], Some(FORM)), &[4, 6, 12]),
        (filter(&[Stage::Printed], None), &[]),
        (filter(&[], Some("nema")), &[]),
    ] {
        for limit in [1, 2, 5, 50] {
            let heads = all(&store, &filter, limit).await?;
            assert_eq!(references(&heads), expected(numbers), "{filter:?} in parts of {limit}");
        }
    }
    Ok(())
}

async fn moving(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in 1..=6 {
        accept_new(&store, &arrival(number)).await?;
    }
    let filter = QueueFilter { stages: vec![Stage::Received], form: None };
    let mut seen = Vec::new();
    let mut after = None;
    while seen.len() < 3 {
        let page = store.list(&filter, after.as_deref(), 3 - seen.len()).await?;
        seen.extend(page.heads);
        after = page.next;
        assert!(after.is_some(), "there are more");
    }
    assert_eq!(references(&seen), expected(&[1, 2, 3]));
    // The last one seen moves away, one that is still to come moves away, and a new one arrives.
    for number in [3, 5] {
        let moves = Change { reference: reference(number), stage: Some(Stage::Asked), ..change(1, 100) };
        store.change(&moves).await?;
    }
    accept_new(&store, &arrival(7)).await?;
    let mut rest = Vec::new();
    while let Some(place) = after {
        let page = store.list(&filter, Some(&place), 2).await?;
        rest.extend(page.heads);
        after = page.next;
    }
    assert_eq!(references(&rest), expected(&[4, 6, 7]));
    Ok(())
}

async fn strange_place(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    for place in ["", "x", "1.2", "'; DROP TABLE record; --", "ž.ž"] {
        let answer = store.list(&QueueFilter::default(), Some(place), 10).await;
        assert!(matches!(answer, Err(StoreError::Failed(_))), "{place:?}: {answer:?}");
    }
    Ok(())
}

async fn head(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.head(&reference(1)).await?, None);
    let mut arrival = arrival(1);
    arrival.contact = Some(keyed_hash(3, 1));
    arrival.contact_sealed = Some(vec![0, 255]);
    arrival.doubts = vec!["fast".to_owned()];
    accept_new(&store, &arrival).await?;
    assert_eq!(store.head(&reference(1)).await?, Some(head_of(&arrival)));
    assert_eq!(store.head(&reference(2)).await?, None);
    let listed = store.list(&QueueFilter::default(), None, 10).await?.heads;
    assert_eq!(listed, [head_of(&arrival)]);
    Ok(())
}

async fn by_contact(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let of = |number, contact, form: &str| Arrival { contact, form: form.to_owned(), ..arrival(number) };
    let mut other_key = keyed_hash(3, 1);
    other_key.key_id = "k2".to_owned();
    for arrival in [
        of(4, Some(keyed_hash(3, 1)), FORM),
        of(2, Some(keyed_hash(3, 2)), FORM),
        of(9, Some(keyed_hash(3, 1)), FORM),
        of(3, Some(keyed_hash(3, 1)), OTHER_FORM),
        of(5, None, FORM),
        of(6, Some(other_key.clone()), FORM),
        of(1, Some(keyed_hash(3, 1)), FORM),
    ] {
        accept_new(&store, &arrival).await?;
    }
    let found = store.by_contact(FORM, &keyed_hash(3, 1)).await?;
    assert_eq!(found, [reference(9), reference(4), reference(1)]);
    assert_eq!(store.by_contact(FORM, &keyed_hash(3, 2)).await?, [reference(2)]);
    assert_eq!(store.by_contact(OTHER_FORM, &keyed_hash(3, 1)).await?, [reference(3)]);
    assert_eq!(store.by_contact(FORM, &other_key).await?, [reference(6)]);
    assert_eq!(store.by_contact(FORM, &keyed_hash(3, 9)).await?, []);
    Ok(())
}

async fn twenty(store: Arc<dyn Store>) -> Result<(), StoreError> {
    for number in 1..=23 {
        accept_new(&store, &Arrival { contact: Some(keyed_hash(3, 1)), ..arrival(number) }).await?;
    }
    let expected: Vec<_> = (4..=23).rev().map(reference).collect();
    assert_eq!(store.by_contact(FORM, &keyed_hash(3, 1)).await?, expected);
    Ok(())
}

async fn contact_changed(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &Arrival { contact: Some(keyed_hash(3, 1)), ..arrival(1) }).await?;
    store.change(&Change { contact: Set::To(keyed_hash(3, 2)), ..change(1, 100) }).await?;
    assert_eq!(store.by_contact(FORM, &keyed_hash(3, 1)).await?, []);
    assert_eq!(store.by_contact(FORM, &keyed_hash(3, 2)).await?, [reference(1)]);
    Ok(())
}
