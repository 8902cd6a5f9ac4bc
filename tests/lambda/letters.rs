//! Letters on AWS: from the table's stream to SES, and what is left of them when a function is killed.

use serde_json::{Value, json};
use tests::Person;

use crate::function::Function;
use crate::gateway::Gateway;
use crate::ses::{Mood, Ses};

/// What the stream tells of new messages. Its numbers grow, and have gaps.
pub fn stream(ids: &[String]) -> Value {
    let records = ids.iter().enumerate().map(|(number, id)| {
        json!({
            "eventName": "INSERT", "eventSource": "aws:dynamodb",
            "dynamodb": {
                "Keys": { "pk": { "S": format!("outbox#{id}") }, "sk": { "S": "message" } },
                "SequenceNumber": (49_590_338_271_490_256_000_u128 + 17 * number as u128).to_string(),
            },
        })
    });
    json!({ "Records": records.collect::<Vec<_>>() })
}

pub fn schedule() -> Value {
    json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} })
}

fn notify(gateway: &Gateway, ses: &Ses) -> Function {
    Function::start("notify", &gateway.variables_with(&[("AWS_ENDPOINT_URL_SESV2", &ses.endpoint)]))
}

/// Sends forms, and answers the ids of their letters.
pub fn letters_of(gateway: &Gateway, forms: usize) -> Vec<String> {
    for number in 0..forms {
        let name = char::from(b'a' + u8::try_from(number % 26).unwrap()).to_string().repeat(3 + number / 26);
        gateway.browser().send(&Person::who_orders().but("given_name", &format!("Ana {name}")));
    }
    let (mut waiting, sent) = gateway.table.letters();
    assert_eq!(sent.len(), 0);
    waiting.sort();
    waiting
}

#[test]
fn a_letter_leaves_when_the_stream_tells_of_it_and_once() {
    let (gateway, ses) = (Gateway::deploy(), Ses::start());
    let ids = letters_of(&gateway, 2);
    let notify = notify(&gateway, &ses);
    assert_eq!(notify.invoke(stream(&ids)), json!({ "batchItemFailures": [] }));
    assert_eq!(gateway.table.letters(), (vec![], ids.clone()));
    // The stream may tell twice; the schedule looks as well.
    assert_eq!(notify.invoke(stream(&ids)), json!({ "batchItemFailures": [] }));
    assert_eq!(notify.invoke(schedule()), json!({ "sent": 0 }));
    let taken = ses.taken();
    assert_eq!(taken.keys().cloned().collect::<Vec<_>>(), ids);
    for messages in taken.values() {
        assert_eq!(messages.len(), 1);
        assert!(messages[0].contains("\r\nAuto-Submitted: auto-generated\r\n"), "{}", messages[0]);
    }
    let said = notify.said();
    assert!(said.contains("\"message\":\"letter-sent\"") && !said.contains('@'), "{said}");
}

#[test]
fn where_ses_takes_none_letters_wait_and_the_schedule_sends_them() {
    let (gateway, ses) = (Gateway::deploy(), Ses::start());
    let ids = letters_of(&gateway, 3);
    let notify = notify(&gateway, &ses);
    ses.mood(Mood::Refuses);
    // The first is enough to know; the others keep their attempts, and the stream need not tell of them again.
    assert_eq!(notify.invoke(stream(&ids)), json!({ "batchItemFailures": [] }));
    assert_eq!(gateway.table.letters().0, ids);
    ses.mood(Mood::Takes);
    assert_eq!(notify.invoke(schedule()), json!({ "sent": 2 }), "the one that was tried waits half a minute");
    gateway.table.leases_end();
    assert_eq!(notify.invoke(schedule()), json!({ "sent": 1 }));
    assert_eq!(gateway.table.letters(), (vec![], ids.clone()));
    assert!(ses.taken().values().all(|messages| messages.len() == 1));
    assert!(notify.said().contains("SES said TooManyRequests"), "{}", notify.said());
}

#[test]
fn a_letter_that_came_back_is_told_to_the_office() {
    let (gateway, ses) = (Gateway::deploy(), Ses::start());
    let ids = letters_of(&gateway, 1);
    notify(&gateway, &ses).invoke(stream(&ids));
    let bounce = Function::start("bounce", &gateway.variables_with(&[]));
    let event = |id: &str| {
        json!({ "source": "aws.ses", "detail-type": "Email Bounced", "detail": {
            "eventType": "Bounce",
            "bounce": { "bounceType": "Permanent", "bouncedRecipients": [
                { "emailAddress": "ana@example.org", "status": "5.1.1" },
            ] },
            "mail": { "tags": { "letter": [id] } },
        } })
    };
    assert_eq!(bounce.invoke(event(&ids[0])), json!({ "noted": 1 }));
    assert_eq!(bounce.invoke(event("0a1b2c")), json!({ "noted": 0 }));
    let item = gateway.table.items().into_iter().find(|item| item["sk"] == "message").unwrap();
    assert_eq!(item["reason"], "5.1.1");
    assert!(!bounce.said().contains('@'), "{}", bounce.said());
}

#[test]
fn the_regular_work_signs_the_audit_and_every_function_says_that_it_is_ready() {
    let gateway = Gateway::deploy();
    letters_of(&gateway, 1);
    let variables = gateway.variables_with(&[]);
    let purge = Function::start("purge", &variables);
    let checkpoints = || gateway.table.items().iter().filter(|item| item["pk"] == "checkpoints").count();
    // As if there had been no time for more.
    assert_eq!(purge.invoke_until(schedule(), 0), json!({ "done": true }));
    let said = purge.said();
    assert!(said.contains("checkpoint-goes-on") && said.contains("chains="), "{said}");
    assert_eq!(checkpoints(), 0);
    assert_eq!(purge.invoke(schedule()), json!({ "done": true }));
    assert_eq!(checkpoints(), 1);
    for name in ["notify", "bounce", "purge"] {
        let function = Function::start(name, &variables);
        assert_eq!(function.invoke(json!({ "ready": true })), json!({ "ready": true }), "{name}");
    }
    for path in ["/usluge/registracija/spremno", "/usluge/zahtjev-za-ispravu/spremno", "/usluge/spremno"] {
        let answer = tests::http::Request::new("GET", path).send(gateway.browser().address());
        assert_eq!((answer.status, answer.body.as_str()), (200, "{\"ready\":true}"), "{path}");
    }
}

#[test]
fn an_instance_that_is_to_end_ends_well() {
    let gateway = Gateway::deploy();
    for name in ["registration", "notify"] {
        let mut function = Function::start(name, &gateway.variables_with(&[]));
        function.asked_for_work();
        assert!(function.end(), "{name}: {}", function.said());
        assert!(function.said().contains("\"message\":\"end\""), "{}", function.said());
    }
}
