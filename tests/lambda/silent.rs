//! A table and a bucket that take what is sent and never answer: people read our own words before the gateway gives up.

use std::net::TcpListener;
use std::time::Duration;

use tests::http::encoded;
use tests::{Form, Person};

use crate::function::Function;
use crate::gateway::{Gateway, event};
use crate::times::page;

/// The template gives a function 28 of the gateway's 30 seconds, and its keys may have taken 7 of them.
const LEFT: Duration = Duration::from_secs(21);

#[test]
fn whoever_meets_a_table_and_a_bucket_that_never_answer_keeps_everything_and_reads_it_in_time() {
    let gateway = Gateway::deploy();
    let people = Person::everybody();
    let confirmed: Vec<Form> = people.iter().map(|person| gateway.browser().check(person)).collect();
    // The system takes the connections, and nobody ever looks at them.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let nowhere = format!("http://{}", silent.local_addr().unwrap());
    let origin = format!("http://{}", gateway.browser().address());
    std::thread::scope(|scope| {
        for (person, form) in people.iter().zip(&confirmed) {
            let variables = gateway.variables_with(&[
                ("ZAVICAJ_DYNAMODB_ENDPOINT", &nowhere),
                ("ZAVICAJ_S3_ENDPOINT", &nowhere),
            ]);
            let name = if person.files.is_empty() { "registration" } else { "certificate_request" };
            let headers = [("content-type", "application/x-www-form-urlencoded"), ("origin", &*origin)]
                .map(|(name, value)| (name.to_owned(), value.to_owned()));
            let sent = event("POST", &person.action("potvrda"), &headers, encoded(&form.pairs()).as_bytes());
            scope.spawn(move || {
                let function = Function::start(name, &variables);
                let answer = page(&function.invoke(sent));
                assert_eq!(answer.status(), 503, "{}", answer.text);
                assert!(answer.text.contains("Ništa nije izgubljeno"), "{}", answer.text);
                let again = answer.form(&person.action("potvrda"));
                assert_eq!(again.value("given_name"), person.arrives["given_name"].as_str().unwrap());
                assert!(function.took() < LEFT, "{:?}", function.took());
            });
        }
    });
}
