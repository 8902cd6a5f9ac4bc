//! The code that runs in CloudFront, and the headers that it adds.

use std::process::Command;

use serde_json::{Value, json};

use crate::template::Template;

/// Runs a function of CloudFront with Node, which speaks the same language; nothing if there is no Node.
fn run(function: &str, events: &[Value]) -> Option<Vec<Value>> {
    let template = Template::read();
    let code = template.resource(function).text("/FunctionCode").replace("${Languages}", "en|de");
    assert!(code.len() < 10 * 1024, "CloudFront takes 10 KB");
    let events = Value::Array(events.to_vec());
    let program = format!("{code}\nconsole.log(JSON.stringify({events}.map(handler)))");
    let Ok(output) = Command::new("node").args(["--eval", &program]).output() else {
        tests::skip::skip(function, "there is no Node on this machine");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn request(uri: &str) -> Value {
    json!({ "context": { "eventType": "viewer-request" }, "request": { "uri": uri, "querystring": {}, "headers": {} } })
}

#[test]
fn a_folder_leads_to_its_page_and_never_to_another_host() {
    let wanted = [
        ("/", "/index.html"),
        ("/vijesti/", "/vijesti/index.html"),
        ("/de/vijesti/2019/", "/de/vijesti/2019/index.html"),
        ("/style.49c22bf3.css", "/style.49c22bf3.css"),
        ("/vijesti", "301 /vijesti/"),
        ("/de", "301 /de/"),
        ("/usluge", "301 /usluge/"),
        ("//evil.example", "/evil.example"),
        ("///evil", "301 /evil/"),
        ("/\\evil", "301 /evil/"),
        ("//", "/index.html"),
    ];
    let Some(answers) = run("Pages", &wanted.map(|(uri, _)| request(uri))) else { return };
    for ((asked, wanted), answer) in wanted.iter().zip(answers) {
        let got = match answer["uri"].as_str() {
            Some(uri) => uri.to_owned(),
            None => format!(
                "{} {}",
                answer["statusCode"],
                answer["headers"]["location"]["value"].as_str().unwrap()
            ),
        };
        assert_eq!(&got, wanted, "{asked}");
    }
}

#[test]
fn what_is_not_there_is_said_in_the_language_of_its_address_with_the_status_404() {
    let pages = ["/nema/index.html", "/en/none/index.html", "/de/x.css", "/english/index.html", "/en"];
    let wanted = ["/404.html", "/en/404.html", "/de/404.html", "/404.html", "/404.html"];
    let mut events: Vec<_> = pages.iter().map(|uri| request(uri)).collect();
    events.push(json!({
        "context": { "eventType": "viewer-response" }, "request": { "uri": "/404.html", "headers": {} },
        "response": { "statusCode": 200, "headers": { "cache-control": { "value": "public, max-age=0, s-maxage=31536000" } } },
    }));
    let Some(mut answers) = run("MissingPage", &events) else { return };
    let response = answers.pop().unwrap();
    assert_eq!(response["statusCode"], 404);
    assert_eq!(response["headers"]["cache-control"]["value"], "no-cache", "it may be there tomorrow");
    for ((page, wanted), answer) in pages.iter().zip(wanted).zip(answers) {
        assert_eq!(answer["uri"], wanted, "{page}");
    }
}

#[test]
fn the_languages_are_those_of_the_site() {
    let site = std::fs::read_to_string(tests::site::repository().join("site.yaml")).unwrap();
    let site: Value = serde_yaml::from_str(&site).unwrap();
    let languages =
        site["languages"].as_array().unwrap().iter().map(|language| language["code"].as_str().unwrap());
    let others: Vec<_> = languages.filter(|code| *code != site["default_language"]).collect();
    assert_eq!(Template::read().part("Parameters")["Languages"]["Default"], others.join("|"));
}

#[test]
fn pages_bear_the_same_headers_as_from_the_embedded_server() {
    let template = Template::read();
    let policy = template.resource("SafetyHeaders");
    let security = &policy.at("/ResponseHeadersPolicyConfig")["SecurityHeadersConfig"];
    let mut sent = vec![
        (
            "content-security-policy".to_owned(),
            security["ContentSecurityPolicy"]["ContentSecurityPolicy"].clone(),
        ),
        ("referrer-policy".to_owned(), security["ReferrerPolicy"]["ReferrerPolicy"].clone()),
        ("x-frame-options".to_owned(), security["FrameOptions"]["FrameOption"].clone()),
        ("x-content-type-options".to_owned(), "nosniff".into()),
        (
            "strict-transport-security".to_owned(),
            format!("max-age={}", security["StrictTransportSecurity"]["AccessControlMaxAgeSec"]).into(),
        ),
    ];
    for item in policy.at("/ResponseHeadersPolicyConfig/CustomHeadersConfig/Items").as_array().unwrap() {
        sent.push((item["Header"].as_str().unwrap().to_lowercase(), item["Value"].clone()));
    }
    let mut wanted: Vec<(String, Value)> = zavicaj::serve::safety(true)
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()))
        .collect();
    sent.sort_by(|one, other| one.0.cmp(&other.0));
    wanted.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(sent, wanted);
    let distribution = template.resource("Distribution");
    let config = distribution.at("/DistributionConfig");
    for behaviour in [&config["DefaultCacheBehavior"], &config["CacheBehaviors"][0]] {
        assert_eq!(behaviour["ResponseHeadersPolicyId"], "SafetyHeaders");
    }
}
