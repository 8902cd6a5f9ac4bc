//! What the stream of the table and SES tell about letters.

use lambda::{Returned, messages, returned};
use serde_json::{Value, json};

use crate::town::event;

fn came_back(id: &str, status: &str) -> Vec<Returned> {
    vec![Returned { id: id.to_owned(), status: status.to_owned() }]
}

#[test]
fn the_stream_names_new_messages_and_nothing_else() {
    let event = event("notify/stream.json");
    let found = messages(event["Records"].as_array().unwrap());
    let wanted = [("0a1b-2", "4421584500000000017450439091"), ("0a1b-3", "4421584500000000017450439093")];
    assert_eq!(found, wanted.map(|(id, number)| (id.to_owned(), number.to_owned())));
}

#[test]
fn a_letter_that_came_back_for_ever_is_known_by_its_tag_from_sns_and_from_eventbridge() {
    assert_eq!(returned(&event("bounce/sns_bounce.json")), came_back("0a1b-2", "5.1.1"));
    assert_eq!(returned(&event("bounce/eventbridge_bounce.json")), came_back("0a1b-2", "5.1.1"));
    assert_eq!(returned(&event("bounce/sns_complaint.json")), came_back("0a1b-2", "5.7.1"));
    let mut harmful = event("bounce/eventbridge_bounce.json");
    harmful["detail"]["eventType"] = "Reject".into();
    assert_eq!(returned(&harmful), came_back("0a1b-2", "5.7.0"));
}

#[test]
fn what_may_still_arrive_and_what_is_about_no_letter_changes_nothing() {
    let mut late = event("bounce/eventbridge_bounce.json");
    late["detail"]["bounce"]["bounceType"] = "Transient".into();
    assert_eq!(returned(&late), []);
    let mut other = event("bounce/eventbridge_bounce.json");
    other["detail"]["mail"]["tags"] = json!({});
    assert_eq!(returned(&other), []);
    for nothing in [
        json!({}),
        json!({ "Records": [] }),
        json!({ "Records": [{ "Sns": { "Message": "{" } }] }),
        Value::Null,
    ] {
        assert_eq!(returned(&nothing), []);
    }
}

#[test]
fn only_a_status_code_is_taken_from_what_a_server_says() {
    let mut event = event("bounce/eventbridge_bounce.json");
    for (said, kept) in
        [("5.2.2", "5.2.2"), ("5.1.1 <ana@example.org>", "5.0.0"), ("4.2.2", "5.0.0"), ("", "5.0.0")]
    {
        event["detail"]["bounce"]["bouncedRecipients"][0]["status"] = said.into();
        assert_eq!(returned(&event), came_back("0a1b-2", kept), "{said}");
    }
}
