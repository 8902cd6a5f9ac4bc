//! Once the receipt is on its way, no power cut loses the submission or its letter.

use tests::Person;

use crate::Town;

#[test]
fn what_was_answered_with_a_receipt_survives_a_power_cut() {
    let mut town = Town::new();
    for (number, person) in (1..).zip(Person::everybody()) {
        let confirm = town.browser().check(&person);
        let answer = town.browser().submit(&confirm);
        town.power_cut();
        assert_eq!(answer.status(), 303);
        let receipt = town.browser().receipt(answer.location());
        let submissions = town.office().submissions();
        assert_eq!(submissions.len(), number);
        assert_eq!(submissions[number - 1].sealed["answers"], person.arrives);
        let letters = town.office().wait_for_letters(number);
        assert!(letters.iter().any(|letter| letter.contains(&receipt.reference)));
        assert!(town.office().is_sound());
    }
}

#[test]
fn a_server_that_is_asked_to_stop_ends_well() {
    let mut town = Town::new();
    town.browser().send(&Person::who_registers());
    let status = town.server.take().unwrap().stop();
    assert!(status.success(), "{status}");
    assert_eq!(town.office().count(), 1);
}
