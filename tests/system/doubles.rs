//! Sending twice by accident makes one submission; sending twice on purpose makes two.

use std::sync::Barrier;

use tests::{Browser, Form, Page, Person};

use crate::Town;

/// Presses "send" of each form at the same moment.
fn at_once(browser: &Browser, forms: &[Form]) -> Vec<Page> {
    let start = Barrier::new(forms.len());
    std::thread::scope(|scope| {
        let pressed: Vec<_> = forms
            .iter()
            .map(|form| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    browser.submit(form)
                })
            })
            .collect();
        pressed.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn a_repeated_confirmation_leads_to_the_same_receipt() {
    let town = Town::new();
    for (number, person) in (1..).zip(Person::everybody()) {
        let confirm = town.browser().check(&person);
        let first = town.browser().confirm(&confirm);
        assert_eq!(town.browser().confirm(&confirm), first);
        assert_eq!(town.office().count(), number);
        town.office().wait_for_letters(number);
    }
}

#[test]
fn a_double_click_makes_one_submission() {
    let town = Town::new();
    let mut sent = 0;
    for person in Person::everybody() {
        for (clicks, city) in [(2, "Beč"), (8, "Graz")] {
            let person =
                person.clone().but(if person.form == "registracija" { "city" } else { "purpose" }, city);
            let confirm = town.browser().check(&person);
            let answers = at_once(&town.browser(), &vec![confirm; clicks]);
            let places: Vec<_> = answers.iter().map(Page::location).collect();
            assert!(answers.iter().all(|answer| answer.status() == 303));
            assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
            sent += 1;
            assert_eq!(town.office().count(), sent);
            town.office().wait_for_letters(sent);
        }
    }
}

#[test]
fn a_tab_restored_after_a_restart_leads_to_the_same_receipt() {
    let mut town = Town::new();
    for (number, person) in (1..).zip(Person::everybody()) {
        let confirm = town.browser().check(&person);
        let first = town.browser().confirm(&confirm);
        town.power_cut();
        let again = town.browser().submit(&confirm);
        assert_eq!((again.status(), again.location()), (303, first.location.as_str()));
        assert_eq!(town.browser().receipt(again.location()), first);
        assert_eq!(town.office().count(), number);
        town.office().wait_for_letters(number);
    }
}

#[test]
fn a_tab_that_was_never_sent_can_be_sent_after_a_restart() {
    let mut town = Town::new();
    let confirm = town.browser().check(&Person::who_registers());
    town.power_cut();
    town.browser().confirm(&confirm);
    assert_eq!(town.office().count(), 1);
}

#[test]
fn two_tabs_with_equal_answers_sent_at_once_make_one_submission() {
    let town = Town::new();
    for (number, person) in (1..).zip(Person::everybody()) {
        let tabs = [town.browser().check(&person), town.browser().check(&person)];
        let answers = at_once(&town.browser(), &tabs);
        let mut statuses: Vec<_> = answers.iter().map(Page::status).collect();
        statuses.sort();
        assert_eq!(statuses, [303, 409]);
        let [accepted, refused] =
            [303, 409].map(|status| answers.iter().find(|page| page.status() == status).unwrap());
        assert_eq!(refused.heading, "Ovo ste već poslali");
        let to_receipt = refused.links.iter().find(|(to, _)| to.contains("/usluge/potvrda/")).unwrap();
        let (address, _) = accepted.location().rsplit_once('.').unwrap();
        assert_eq!(to_receipt.0, address, "without the way to the copy of the other tab's answers");
        assert_eq!(town.office().count(), number);
        town.office().wait_for_letters(number);
    }
}

#[test]
fn send_again_makes_a_second_submission_once() {
    let town = Town::new();
    for (number, person) in (1..).zip(Person::everybody()) {
        let first = town.browser().send(&person);
        let refused = town.browser().submit(&town.browser().check(&person));
        assert_eq!(refused.status(), 409);
        assert!(refused.text.contains(&first.reference), "{}", refused.text);
        let again = refused.form(&person.action("potvrda"));
        let sent = town.browser().press(&again, "_again", "1");
        let second = town.browser().receipt(sent.location());
        assert_ne!(second.reference, first.reference);
        assert_eq!(town.office().count(), 2 * number);
        // And that button pressed twice is once more one submission.
        let repeated = town.browser().press(&again, "_again", "1");
        assert_eq!(repeated.location(), second.location);
        assert_eq!(town.office().count(), 2 * number);
        town.office().wait_for_letters(2 * number);
    }
}

#[test]
fn other_answers_under_a_used_page_are_shown_for_a_new_check() {
    let town = Town::new();
    let person = Person::who_registers();
    let mut confirm = town.browser().check(&person);
    let city = confirm.controls.iter_mut().find(|control| control.name == "city").unwrap();
    city.value = "Basel".to_owned();
    let page = town.browser().submit(&confirm);
    assert_eq!(page.status(), 409);
    assert!(page.text.contains("Ništa još nije poslano") && page.text.contains("Basel"), "{}", page.text);
    assert_eq!(town.office().count(), 0);
    town.browser().confirm(&page.form(&person.action("potvrda")));
    assert_eq!(town.office().submissions()[0].sealed["answers"]["city"], "Basel");
}
