//! Who is believed about the visitor's address: CloudFront, which shows a secret, and nobody else.

use std::collections::BTreeMap;

use tests::Person;

use crate::function::Function;
use crate::gateway::{Gateway, event};

/// So many requests of one network in a minute are answered.
const MOST_PER_MINUTE: u8 = 60;

/// Statuses of requests over one connection, each in the name of another visitor.
fn visitors(
    function: &Function,
    gateway: &Gateway,
    connection: &str,
    shown: Option<&str>,
) -> BTreeMap<u64, usize> {
    let mut statuses = BTreeMap::new();
    let url = format!("http://{}", gateway.browser().address());
    for visitor in 0..MOST_PER_MINUTE + 5 {
        let forwarded = format!("198.18.{visitor}.7, 130.176.1.1");
        let headers = [
            ("origin", Some(url.as_str())),
            ("content-type", Some("application/x-www-form-urlencoded")),
            ("x-forwarded-for", Some(&*forwarded)),
            ("x-zavicaj-edge", shown),
        ];
        let headers: Vec<_> = headers
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        let path = Person::who_registers().action("provjera");
        let mut event = event("POST", &path, &headers, b"given_name=Ana");
        event["requestContext"]["http"]["sourceIp"] = connection.into();
        let status = function.invoke(event)["statusCode"].as_u64().unwrap();
        *statuses.entry(status).or_default() += 1;
    }
    statuses
}

#[test]
fn who_does_not_show_the_edge_key_is_not_believed_about_who_asks() {
    let gateway = Gateway::deploy();
    let key = "7f3a".repeat(16);
    let secret = gateway.table.keep_secret("edge", &key);
    let variables =
        gateway.variables_with(&[("ZAVICAJ_EDGE_KEY_SECRET", &*secret), ("ZAVICAJ_SERVERS_BEFORE", "1")]);
    let function = Function::start("registration", &variables);
    let many = usize::from(MOST_PER_MINUTE);
    let everybody = BTreeMap::from([(422, many + 5)]);
    assert_eq!(visitors(&function, &gateway, "130.176.1.2", Some(&key)), everybody, "CloudFront");
    // Made-up visitors of one that asks the gateway itself: they are one network.
    let limited = BTreeMap::from([(422, many), (429, 5)]);
    assert_eq!(visitors(&function, &gateway, "203.0.113.9", None), limited, "no key");
    let wrong = "7f3b".repeat(16);
    assert_eq!(visitors(&function, &gateway, "192.0.2.9", Some(&wrong)), limited, "another key");
    assert!(!function.said().contains(&key), "the key is in no log");
}
