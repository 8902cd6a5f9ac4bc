//! The audit chain of one record: each line holds the hash of the line before.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sealing::{HashKey, HashKeys};

use crate::{AuditEntry, Reference};

/// What stands for "the line before" in the first line.
const NOTHING_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Separates these hashes from every other use of the key, and names the way they are made.
const PURPOSE: &str = "audit line v2";

/// Why an audit chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuditBroken {
    /// A record without a single line.
    #[error("the audit trail is empty")]
    Empty,
    /// This line (counted from 1) is not the one that was written, or a line before it is missing.
    #[error("line {0} of the audit trail is not the one that was written")]
    Line(u64),
    /// This line was signed with a key that is not at hand, so nobody can say whether it holds.
    #[error("line {0} of the audit trail was signed with a key that is not here")]
    KeyMissing(u64),
    /// Each line holds, but the record names another last line: lines at the end are missing or were added.
    #[error("the audit trail does not end with the line that the record names")]
    End,
}

impl AuditEntry {
    /// The first line of a record's chain.
    ///
    /// The hash is HMAC-SHA-256 over a purpose text, reference (compact), sequence, event, time (RFC 3339) and
    /// the hash before, each preceded by its length in bytes as 8 bytes big-endian, so that no two lines share a
    /// reading. Whoever can write the database but has no key cannot make a line.
    pub fn first(key: &HashKey, reference: &Reference, event: &str, at: Timestamp) -> Self {
        Self::line(key, reference, 1, event, at, NOTHING_BEFORE)
    }

    /// The line after this one.
    pub fn next(&self, key: &HashKey, reference: &Reference, event: &str, at: Timestamp) -> Self {
        Self::line(key, reference, self.sequence.saturating_add(1), event, at, &self.hash)
    }

    /// The line with this number, after a line with this hash.
    pub fn line(
        key: &HashKey,
        reference: &Reference,
        sequence: u64,
        event: &str,
        at: Timestamp,
        previous: &str,
    ) -> Self {
        let (number, moment) = (sequence.to_string(), at.to_string());
        let parts = [reference.compact(), &number, event, &moment, previous].map(str::as_bytes);
        Self {
            sequence,
            event: event.to_owned(),
            at,
            previous: previous.to_owned(),
            key_id: key.id().to_owned(),
            hash: HEXLOWER.encode(&key.mac(PURPOSE, &parts)),
        }
    }
}

/// Checks a whole chain, oldest line first, against the hash that the record names as its last.
pub fn verify_audit(
    keys: &HashKeys,
    reference: &Reference,
    entries: &[AuditEntry],
    head: &str,
) -> Result<(), AuditBroken> {
    let mut previous: Option<&AuditEntry> = None;
    for (expected_sequence, entry) in (1_u64..).zip(entries) {
        let key = keys.by_id(&entry.key_id).ok_or(AuditBroken::KeyMissing(expected_sequence))?;
        let expected = match previous {
            None => AuditEntry::first(key, reference, &entry.event, entry.at),
            Some(previous) => previous.next(key, reference, &entry.event, entry.at),
        };
        if *entry != expected {
            return Err(AuditBroken::Line(expected_sequence));
        }
        previous = Some(entry);
    }
    match previous {
        None => Err(AuditBroken::Empty),
        Some(last) if last.hash != head => Err(AuditBroken::End),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> HashKey {
        HashKey::new([7; 32])
    }

    fn keys() -> HashKeys {
        HashKeys::new(key(), Vec::new())
    }

    fn reference() -> Reference {
        Reference::from_random([1, 2, 3, 4, 5, 6, 7])
    }

    fn chain() -> Vec<AuditEntry> {
        let at = |text: &str| text.parse().unwrap();
        let received =
            AuditEntry::first(&key(), &reference(), "received", at("2026-11-23T10:00:00.123456789Z"));
        let opened = received.next(&key(), &reference(), "opened", at("2026-11-24T08:00:00Z"));
        let issued = opened.next(&key(), &reference(), "issued", at("2026-11-25T09:30:00Z"));
        vec![received, opened, issued]
    }

    fn head() -> String {
        chain().last().unwrap().hash.clone()
    }

    #[test]
    fn an_untouched_chain_holds() {
        assert_eq!(verify_audit(&keys(), &reference(), &chain(), &head()), Ok(()));
    }

    #[test]
    fn the_hash_of_a_line_never_changes_between_versions() {
        let line =
            AuditEntry::first(&key(), &reference(), "received", "2026-11-23T10:00:00Z".parse().unwrap());
        assert_eq!(line.hash, "a36bd4c5ff2d483ef682c7a10af8bea605754678013e6f64ce2a35f22dda1f12");
    }

    #[test]
    fn every_changed_part_of_a_line_is_found() {
        let changes: [fn(&mut AuditEntry); 5] = [
            |line| line.sequence = 9,
            |line| line.event = "refused".to_owned(),
            |line| line.at = "2026-11-24T08:00:00.000000001Z".parse().unwrap(),
            |line| line.previous = NOTHING_BEFORE.replace('0', "a"),
            |line| line.hash = NOTHING_BEFORE.replace('0', "b"),
        ];
        for change in changes {
            let mut chain = chain();
            change(&mut chain[1]);
            assert_eq!(verify_audit(&keys(), &reference(), &chain, &head()), Err(AuditBroken::Line(2)));
        }
    }

    #[test]
    fn a_missing_swapped_or_foreign_line_is_found() {
        let mut without_middle = chain();
        without_middle.remove(1);
        assert_eq!(verify_audit(&keys(), &reference(), &without_middle, &head()), Err(AuditBroken::Line(2)));

        let mut swapped = chain();
        swapped.swap(0, 1);
        assert_eq!(verify_audit(&keys(), &reference(), &swapped, &head()), Err(AuditBroken::Line(1)));

        let without_end = &chain()[..2];
        assert_eq!(verify_audit(&keys(), &reference(), without_end, &head()), Err(AuditBroken::End));
        assert_eq!(verify_audit(&keys(), &reference(), &[], &head()), Err(AuditBroken::Empty));

        let other = Reference::from_random([9; 7]);
        assert_eq!(verify_audit(&keys(), &other, &chain(), &head()), Err(AuditBroken::Line(1)));
    }

    #[test]
    fn a_chain_made_with_another_key_is_found() {
        let forged = AuditEntry {
            key_id: key().id().to_owned(),
            ..AuditEntry::first(&HashKey::new([8; 32]), &reference(), "received", chain()[0].at)
        };
        assert_eq!(
            verify_audit(&keys(), &reference(), std::slice::from_ref(&forged), &forged.hash),
            Err(AuditBroken::Line(1))
        );
    }

    #[test]
    fn a_line_of_a_key_that_was_retired_holds_only_with_that_key() {
        let newer = HashKey::new([9; 32]);
        let mut chain = chain();
        let last = chain[2].next(&newer, &reference(), "posted by office", chain[2].at);
        let head = last.hash.clone();
        chain.push(last);
        assert_eq!(verify_audit(&keys(), &reference(), &chain, &head), Err(AuditBroken::KeyMissing(4)));
        let both = HashKeys::new(newer, vec![key()]);
        assert_eq!(verify_audit(&both, &reference(), &chain, &head), Ok(()));
    }
}
