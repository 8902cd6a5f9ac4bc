//! Attachments: staged, removed, moved into the record by its arrival.

use std::sync::Arc;
use std::time::Duration;

use super::Case;
use super::arrivals::{FORM, accept, accept_new, arrival, assert_holds_only, at, keyed_hash, reference};
use super::changes::read;
use crate::{Arrival, Doubles, FILE_LIMIT_BYTES, FileHead, Outcome, Staged, StagedFile, Store, StoreError};

pub(super) fn cases() -> Vec<Case> {
    vec![
        Case::new("staged_files_are_listed_oldest_first", listed),
        Case::new("a_staged_file_can_be_removed_by_who_knows_its_batch", removed),
        Case::new("staging_the_same_file_again_changes_nothing", staged_again),
        Case::new("a_full_batch_takes_no_more_until_one_is_removed", full),
        Case::new("of_many_files_at_once_a_batch_takes_no_more_than_it_may", crowd),
        Case::new("an_arrival_takes_the_files_that_it_names", taken_along),
        Case::new("a_file_that_is_not_staged_stops_the_arrival", missing),
        Case::new("a_file_belongs_to_one_record_only", one_record),
        Case::new("missing_files_come_after_a_double_and_before_a_taken_reference", order),
        Case::new("a_file_of_any_bytes_and_size_comes_back_identical", any_file),
        Case::new("a_file_over_the_limit_is_an_error", too_large),
    ]
}

/// The file `number` of a batch, staged `number` seconds after noon.
pub(super) fn staged_file(batch: u8, number: u8) -> StagedFile {
    StagedFile {
        batch: keyed_hash(7, batch),
        form: FORM.to_owned(),
        head: FileHead {
            id: format!("{batch:02x}{number:02x}").repeat(8),
            field: "identity".to_owned(),
            kind: "jpeg".to_owned(),
            size_bytes: 1234,
            digest: format!("{number:064x}"),
            staged_at: at(i64::from(number)),
        },
        sealed: vec![number, batch, 0, 255],
    }
}

/// A record (`arrival(number)`) with one file of the batch `number`.
pub(super) async fn attached(store: &Arc<dyn Store>, number: u8) -> Result<StagedFile, StoreError> {
    let file = staged_file(number, 1);
    assert_eq!(store.stage(&file, 5).await?, Staged::Stored);
    let files = Some((file.batch.clone(), vec![file.head.id.clone()]));
    accept_new(store, &Arrival { files, ..arrival(number) }).await?;
    Ok(file)
}

async fn stage_all(store: &Arc<dyn Store>, files: &[StagedFile]) -> Result<(), StoreError> {
    for file in files {
        assert_eq!(store.stage(file, 5).await?, Staged::Stored);
    }
    Ok(())
}

async fn listed(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.staged(&keyed_hash(7, 1)).await?, []);
    let files = [staged_file(1, 3), staged_file(1, 1), staged_file(2, 9), staged_file(1, 2)];
    stage_all(&store, &files).await?;
    let heads = [1, 2, 3].map(|number| staged_file(1, number).head);
    assert_eq!(store.staged(&keyed_hash(7, 1)).await?, heads);
    assert_eq!(store.staged(&keyed_hash(7, 2)).await?, [staged_file(2, 9).head]);
    let mut other_key = keyed_hash(7, 1);
    other_key.key_id = "k2".to_owned();
    assert_eq!(store.staged(&other_key).await?, []);
    Ok(())
}

async fn removed(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let file = staged_file(1, 1);
    stage_all(&store, &[file.clone(), staged_file(1, 2)]).await?;
    assert!(!store.unstage(&keyed_hash(7, 2), &file.head.id).await?, "another batch");
    assert!(!store.unstage(&file.batch, &staged_file(1, 9).head.id).await?, "never staged");
    assert!(store.unstage(&file.batch, &file.head.id).await?);
    assert!(!store.unstage(&file.batch, &file.head.id).await?, "twice");
    assert_eq!(store.staged(&file.batch).await?, [staged_file(1, 2).head]);
    let names_it = Arrival { files: Some((file.batch, vec![file.head.id])), ..arrival(1) };
    assert_eq!(accept(&store, &names_it).await?, Outcome::FilesMissing);
    Ok(())
}

async fn staged_again(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let file = staged_file(1, 1);
    stage_all(&store, std::slice::from_ref(&file)).await?;
    // A repeated request, even where the batch is full by now.
    let mut again = file.clone();
    again.sealed = vec![1; 9];
    again.head.staged_at = at(500);
    assert_eq!(store.stage(&again, 1).await?, Staged::Stored);
    assert_eq!(store.staged(&file.batch).await?, std::slice::from_ref(&file.head));
    let files = Some((file.batch, vec![file.head.id.clone()]));
    accept_new(&store, &Arrival { files, ..arrival(1) }).await?;
    assert_eq!(store.file(&reference(1), &file.head.id).await?, Some(file.sealed));
    Ok(())
}

async fn full(store: Arc<dyn Store>) -> Result<(), StoreError> {
    assert_eq!(store.stage(&staged_file(1, 9), 0).await?, Staged::Full, "none allowed");
    for number in 1..=3 {
        assert_eq!(store.stage(&staged_file(1, number), 3).await?, Staged::Stored);
    }
    assert_eq!(store.stage(&staged_file(1, 4), 3).await?, Staged::Full);
    assert_eq!(store.staged(&keyed_hash(7, 1)).await?.len(), 3);
    assert_eq!(store.stage(&staged_file(2, 1), 3).await?, Staged::Stored, "another batch has room");
    assert!(store.unstage(&keyed_hash(7, 1), &staged_file(1, 2).head.id).await?);
    assert_eq!(store.stage(&staged_file(1, 4), 3).await?, Staged::Stored);
    let heads = [1, 3, 4].map(|number| staged_file(1, number).head);
    assert_eq!(store.staged(&keyed_hash(7, 1)).await?, heads);
    Ok(())
}

async fn crowd(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let tasks: Vec<_> = (1..=12)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for _ in 0..40 {
                    match store.stage(&staged_file(1, number), 5).await {
                        Err(StoreError::Busy(_)) => tokio::time::sleep(Duration::from_millis(50)).await,
                        answer => return answer,
                    }
                }
                store.stage(&staged_file(1, number), 5).await
            })
        })
        .collect();
    let mut stored = 0;
    for task in tasks {
        let answer = task.await.map_err(|_| StoreError::Failed("a task was interrupted".to_owned()))??;
        stored += usize::from(answer == Staged::Stored);
    }
    assert_eq!(stored, 5);
    assert_eq!(store.staged(&keyed_hash(7, 1)).await?.len(), 5);
    Ok(())
}

async fn taken_along(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let files = [1, 2, 3, 4].map(|number| staged_file(1, number));
    stage_all(&store, &files).await?;
    assert_eq!(store.file(&reference(1), &files[0].head.id).await?, None, "not confirmed yet");
    // Named in another order than staged; the third is not named.
    let ids = [3, 0, 1].map(|place: usize| files[place].head.id.clone()).to_vec();
    let arrival = Arrival { files: Some((keyed_hash(7, 1), ids)), ..arrival(1) };
    accept_new(&store, &arrival).await?;

    let expected = [0, 1, 3].map(|place: usize| files[place].head.clone());
    assert_eq!(read(&store, 1).await?.head.files, expected);
    assert_eq!(store.head(&reference(1)).await?.map(|head| head.files), Some(expected.to_vec()));
    for place in [0, 1, 3] {
        let (id, sealed) = (&files[place].head.id, &files[place].sealed);
        assert_eq!(store.file(&reference(1), id).await?.as_ref(), Some(sealed));
        assert_eq!(store.file(&reference(2), id).await?, None, "another record");
        assert!(!store.unstage(&keyed_hash(7, 1), id).await?, "it is no longer staged");
    }
    assert_eq!(store.file(&reference(1), &files[2].head.id).await?, None);
    assert_eq!(store.staged(&keyed_hash(7, 1)).await?, [files[2].head.clone()]);
    assert_eq!(accept(&store, &arrival).await?, Outcome::Replayed(reference(1)), "though its files are gone");
    Ok(())
}

async fn missing(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let file = staged_file(1, 1);
    stage_all(&store, std::slice::from_ref(&file)).await?;
    let names = |batch, ids: &[&str]| {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        Arrival { files: Some((batch, ids)), ..arrival(1) }
    };
    let id = file.head.id.as_str();
    let other_form = Arrival { form: "zahtjev-za-ispravu".to_owned(), ..names(keyed_hash(7, 1), &[id]) };
    for arrival in [
        names(keyed_hash(7, 1), &[id, &staged_file(1, 2).head.id]),
        names(keyed_hash(7, 2), &[id]),
        other_form,
    ] {
        assert_eq!(accept(&store, &arrival).await?, Outcome::FilesMissing);
        assert_eq!(store.staged(&file.batch).await?, std::slice::from_ref(&file.head), "still staged");
        assert_eq!(store.read(&reference(1)).await?, None);
    }
    // Nothing was used up: without the file, the same confirmation is accepted.
    let without = Arrival { files: Some((file.batch.clone(), Vec::new())), ..arrival(1) };
    accept_new(&store, &without).await?;
    assert_eq!(read(&store, 1).await?.head.files, []);
    assert_holds_only(&store, &[&without], &arrival(2)).await
}

async fn one_record(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let file = attached(&store, 1).await?;
    let files = Some((file.batch.clone(), vec![file.head.id.clone()]));
    assert_eq!(accept(&store, &Arrival { files, ..arrival(2) }).await?, Outcome::FilesMissing);
    assert_eq!(store.stage(&file, 5).await?, Staged::Stored, "a late repetition changes nothing");
    assert_eq!(store.staged(&file.batch).await?, []);
    assert_eq!(store.file(&reference(1), &file.head.id).await?, Some(file.sealed));
    Ok(())
}

async fn order(store: Arc<dyn Store>) -> Result<(), StoreError> {
    accept_new(&store, &arrival(1)).await?;
    let files = Some((keyed_hash(7, 1), vec![staged_file(1, 1).head.id]));
    let all = Arrival { answers: arrival(1).answers, reference: reference(1), files, ..arrival(2) };
    assert_eq!(accept(&store, &all).await?, Outcome::Double(reference(1)));
    let insists = Arrival { doubles: Doubles::Accept, ..all };
    assert_eq!(accept(&store, &insists).await?, Outcome::FilesMissing);
    let without = Arrival { files: None, ..insists };
    assert_eq!(accept(&store, &without).await?, Outcome::ReferenceTaken);
    Ok(())
}

async fn any_file(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let every_byte: Vec<u8> = (0..=255).collect();
    let sized = |size| every_byte.iter().copied().cycle().take(size).collect::<Vec<_>>();
    let contents = [Vec::new(), sized(256), sized(350 * 1024 + 1), sized(1_000_000), sized(FILE_LIMIT_BYTES)];
    let files: Vec<_> =
        (1..).zip(contents).map(|(number, sealed)| StagedFile { sealed, ..staged_file(1, number) }).collect();
    stage_all(&store, &files).await?;
    let ids = files.iter().map(|file| file.head.id.clone()).collect();
    accept_new(&store, &Arrival { files: Some((keyed_hash(7, 1), ids)), ..arrival(1) }).await?;
    for file in files {
        let found = store.file(&reference(1), &file.head.id).await?;
        assert!(found.as_ref() == Some(&file.sealed), "file of {} bytes", file.sealed.len());
    }
    Ok(())
}

async fn too_large(store: Arc<dyn Store>) -> Result<(), StoreError> {
    let large = StagedFile { sealed: vec![7; FILE_LIMIT_BYTES + 1], ..staged_file(1, 1) };
    let answer = store.stage(&large, 5).await;
    assert!(matches!(answer, Err(StoreError::Failed(_))), "{answer:?}");
    assert_eq!(store.staged(&large.batch).await?, []);
    Ok(())
}
