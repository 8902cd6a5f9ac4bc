//! Both forms through the built functions.

use std::sync::Barrier;

use tests::{Browser, Form, Page, Person};

use crate::gateway::Gateway;

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
fn mistakes_are_named_then_everything_arrives_once_sealed_to_the_desk() {
    let gateway = Gateway::deploy();
    let browser = gateway.browser();
    let mut files = 0;
    for (number, person) in (1..).zip(Person::everybody()) {
        let action = person.action("provjera");
        let empty = browser.submit(&browser.open(&person.page()).form(&action));
        assert_eq!(empty.status(), 422);
        assert!(empty.errors.len() >= 7 && empty.title.starts_with("Pogreška – "), "{:?}", empty.errors);

        let mut form = empty.form(&action);
        form.fill_all(&person.answers).fill("email", "nije adresa");
        let wrong = browser.submit(&form);
        assert_eq!(wrong.status(), 422);
        assert_eq!(wrong.errors.len(), 1, "{:?}", wrong.errors);
        let mut form = wrong.form(&action);
        assert_eq!(form.value("given_name"), person.arrives["given_name"].as_str().unwrap());
        form.fill("email", person.arrives["email"].as_str().unwrap());
        let confirm = browser.go_on(&form, &person).form(&person.action("potvrda"));
        let receipt = browser.confirm(&confirm);

        assert_eq!(gateway.table.count("submission"), number);
        assert_eq!(gateway.table.count("message"), number, "a letter for each");
        files += person.files.len();
        assert_eq!(gateway.table.objects(), files, "files lie in the bucket");
        let parts = gateway.table.items().into_iter().filter(|item| item["sk"].starts_with("part#"));
        assert_eq!(parts.count(), 0, "and none in the table");
        let opened = gateway.table.opened(&receipt.reference);
        assert_eq!(opened["answers"], person.arrives);
        assert_eq!(opened["form"], person.form);
    }
}

#[test]
fn a_double_click_in_two_instances_makes_one_submission() {
    let gateway = Gateway::deploy();
    let mut sent = 0;
    for person in Person::everybody() {
        for (clicks, name) in [(2, "Ana"), (8, "Iva")] {
            let confirm = gateway.browser().check(&person.clone().but("given_name", name));
            let answers = at_once(&gateway.browser(), &vec![confirm; clicks]);
            assert!(
                answers.iter().all(|answer| answer.status() == 303),
                "{:?}",
                answers.iter().map(Page::status).collect::<Vec<_>>()
            );
            assert!(answers.iter().all(|answer| answer.location() == answers[0].location()));
            sent += 1;
            assert_eq!(gateway.table.count("submission"), sent);
            assert_eq!(gateway.table.count("payload"), sent);
            assert_eq!(gateway.table.count("message"), sent, "a letter for each");
        }
    }
}

#[test]
fn two_tabs_with_equal_answers_make_one_submission_and_send_again_a_second() {
    let gateway = Gateway::deploy();
    for (number, person) in (0..).zip(Person::everybody()) {
        let tabs = [gateway.browser().check(&person), gateway.browser().check(&person)];
        let answers = at_once(&gateway.browser(), &tabs);
        let mut statuses: Vec<_> = answers.iter().map(Page::status).collect();
        statuses.sort();
        assert_eq!(statuses, [303, 409]);
        assert_eq!(gateway.table.count("submission"), 2 * number + 1);
        let refused = answers.iter().find(|page| page.status() == 409).unwrap();
        assert_eq!(refused.heading, "Ovo ste već poslali");
        let again = gateway.browser().press(&refused.form(&person.action("potvrda")), "_again", "1");
        assert_eq!(again.status(), 303);
        assert_eq!(gateway.table.count("submission"), 2 * number + 2);
    }
}

#[test]
fn a_page_outlives_the_instance_that_made_it() {
    let gateway = Gateway::deploy();
    for (number, person) in (1..).zip(Person::everybody()) {
        let confirm = gateway.browser().check(&person);
        gateway.forget_instances();
        let first = gateway.browser().confirm(&confirm);
        gateway.forget_instances();
        assert_eq!(gateway.browser().confirm(&confirm), first);
        assert_eq!(gateway.table.count("submission"), number);
    }
}

#[test]
fn foreign_sites_are_refused_and_nothing_readable_is_kept() {
    let gateway = Gateway::deploy();
    let person = Person::who_orders();
    gateway.browser().send(&person);
    let request = tests::http::Request::new("POST", &person.action("provjera"))
        .header("Origin", "https://evil.example")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body("given_name=Ana");
    assert_eq!(request.send(gateway.browser().address()).status, 403);
    let said = gateway.said();
    let accepted = said.lines().find(|line| line.contains("\"message\":\"accepted\"")).expect(&said);
    let accepted: serde_json::Value = serde_json::from_str(accepted).unwrap();
    assert_eq!(accepted["form"], "zahtjev-za-ispravu");
    assert_eq!(accepted["traceId"], "1-6922f0a5-25b420912dee103a5db43400");
    assert!(accepted["requestId"].as_str().unwrap().starts_with("request-"), "{accepted}");
    let items = format!("{:?}", gateway.table.items());
    for (name, value) in &person.answers {
        // Short codes stand everywhere; countries and kinds are meant to be counted.
        if value.chars().count() > 5 && value != "marriage_intl" {
            assert!(!said.contains(value.as_str()), "{name} is in the log");
            assert!(!items.contains(value.as_str()), "{name} is readable in the table");
        }
    }
}
