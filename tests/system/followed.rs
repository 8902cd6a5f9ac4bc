//! An editor who saves in every way there is; the long form is `tests/run watch`.

use tests::followed::followed;

#[test]
fn after_a_hundred_edits_of_every_kind_what_is_published_equals_a_fresh_build() {
    let pauses_ms = [0, 5, 40, 0, 120, 15, 0, 60];
    assert_eq!(followed(0x5eed, &pauses_ms, |done, _| done < 100), 100);
}
