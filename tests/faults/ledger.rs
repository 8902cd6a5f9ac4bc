//! What people were told against what the registrar finds: neither less nor more.

use std::collections::BTreeSet;

use store::Records as _;
use tests::Office;
use tests::office::wait_for;

use crate::crowd::Told;

/// How many are opened with the desk's key; all others are compared by their reference.
const OPENED: usize = 40;

/// What a comparison found.
#[derive(Debug)]
pub struct Balance {
    /// Receipts.
    pub told: usize,
    /// Records.
    pub stored: usize,
    /// Receipts without a record.
    pub lost: usize,
    /// Letters that these records cause: one that asks for a click, or the receipt and the one that asks to confirm
    /// the address.
    pub letters: usize,
    /// Records that nobody was told of: with everybody led to a receipt in the end, each would be a double.
    pub doubled: usize,
}

/// Compares, and fails unless both sides are the same and every record is whole.
pub fn compare(office: &Office, told: &[Told]) -> Balance {
    assert!(office.is_sound(), "SQLite finds its file damaged");
    let promised: BTreeSet<_> = told.iter().map(Told::reference).collect();
    assert_eq!(promised.len(), told.len(), "two people have one receipt");
    let stored: BTreeSet<_> = office.heads().iter().map(|head| head.reference.compact().to_owned()).collect();
    let mut balance = Balance {
        letters: 0,
        told: told.len(),
        stored: stored.len(),
        lost: promised.difference(&stored).count(),
        doubled: stored.difference(&promised).count(),
    };
    assert!(balance.lost == 0 && balance.doubled == 0, "{balance:?}");
    let (store, keys) = (office.store(), office.audit_keys());
    for (number, told) in told.iter().enumerate() {
        let record = wait_for(store.read(&told.reference().parse().unwrap())).unwrap().unwrap();
        record.verify_audit(&keys).unwrap();
        assert!(!record.messages.is_empty(), "a record without its letter");
        balance.letters += record.messages.len();
        if number % told_step(balance.told) == 0 {
            assert_eq!(office.open(&record.payload)["answers"]["email"], told.email.as_str());
        }
    }
    balance
}

fn told_step(told: usize) -> usize {
    told.div_ceil(OPENED).max(1)
}
