//! The audit chain of one record: each line holds the hash of the line before.

use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::{AuditEntry, Reference};

/// What stands for "the line before" in the first line.
const NOTHING_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Separates these hashes from every other use of SHA-256, and names the way they are made.
const PURPOSE: &str = "zavicaj audit line 1";

/// Why an audit chain does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuditBroken {
    /// A record without a single line.
    #[error("the audit trail is empty")]
    Empty,
    /// This line (counted from 1) is not the one that was written, or a line before it is missing.
    #[error("line {0} of the audit trail is not the one that was written")]
    Line(u64),
    /// Each line holds, but the record names another last line: lines at the end are missing or were added.
    #[error("the audit trail does not end with the line that the record names")]
    End,
}

impl AuditEntry {
    /// The first line of a record's chain.
    ///
    /// The hash is SHA-256 over a purpose text, reference (compact), sequence, event, time (RFC 3339) and the
    /// hash before, each preceded by its length in bytes as 8 bytes big-endian, so that no two lines share a
    /// reading.
    pub fn first(reference: &Reference, event: &str, at: Timestamp) -> Self {
        Self::line(reference, 1, event, at, NOTHING_BEFORE)
    }

    /// The line after this one.
    pub fn next(&self, reference: &Reference, event: &str, at: Timestamp) -> Self {
        Self::line(reference, self.sequence.saturating_add(1), event, at, &self.hash)
    }

    fn line(reference: &Reference, sequence: u64, event: &str, at: Timestamp, previous: &str) -> Self {
        let mut hasher = Sha256::new();
        for part in [PURPOSE, reference.compact(), &sequence.to_string(), event, &at.to_string(), previous] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
        Self {
            sequence,
            event: event.to_owned(),
            at,
            previous: previous.to_owned(),
            hash: HEXLOWER.encode(&hasher.finalize()),
        }
    }
}

/// Checks a whole chain, oldest line first, against the hash that the record names as its last.
pub fn verify_audit(reference: &Reference, entries: &[AuditEntry], head: &str) -> Result<(), AuditBroken> {
    let mut previous: Option<&AuditEntry> = None;
    for (expected_sequence, entry) in (1_u64..).zip(entries) {
        let expected = match previous {
            None => AuditEntry::first(reference, &entry.event, entry.at),
            Some(previous) => previous.next(reference, &entry.event, entry.at),
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

    fn reference() -> Reference {
        Reference::from_random([1, 2, 3, 4, 5, 6, 7])
    }

    fn chain() -> Vec<AuditEntry> {
        let at = |text: &str| text.parse().unwrap();
        let received = AuditEntry::first(&reference(), "received", at("2026-11-23T10:00:00.123456789Z"));
        let opened = received.next(&reference(), "opened", at("2026-11-24T08:00:00Z"));
        let issued = opened.next(&reference(), "issued", at("2026-11-25T09:30:00Z"));
        vec![received, opened, issued]
    }

    fn head() -> String {
        chain().last().unwrap().hash.clone()
    }

    #[test]
    fn an_untouched_chain_holds() {
        assert_eq!(verify_audit(&reference(), &chain(), &head()), Ok(()));
    }

    #[test]
    fn the_hash_of_a_line_never_changes_between_versions() {
        let line = AuditEntry::first(&reference(), "received", "2026-11-23T10:00:00Z".parse().unwrap());
        assert_eq!(line.hash, "574c35f1359ecd429af71dd0a008b876129df40e2d0ee43394edfc048916f655");
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
            assert_eq!(verify_audit(&reference(), &chain, &head()), Err(AuditBroken::Line(2)));
        }
    }

    #[test]
    fn a_missing_swapped_or_foreign_line_is_found() {
        let mut without_middle = chain();
        without_middle.remove(1);
        assert_eq!(verify_audit(&reference(), &without_middle, &head()), Err(AuditBroken::Line(2)));

        let mut swapped = chain();
        swapped.swap(0, 1);
        assert_eq!(verify_audit(&reference(), &swapped, &head()), Err(AuditBroken::Line(1)));

        let without_end = &chain()[..2];
        assert_eq!(verify_audit(&reference(), without_end, &head()), Err(AuditBroken::End));
        assert_eq!(verify_audit(&reference(), &[], &head()), Err(AuditBroken::Empty));

        let other = Reference::from_random([9; 7]);
        assert_eq!(verify_audit(&other, &chain(), &head()), Err(AuditBroken::Line(1)));
    }
}
