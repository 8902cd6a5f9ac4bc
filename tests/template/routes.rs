//! Where CloudFront and the API send requests.

use functions::addresses;

use crate::template::{Resource, Template, texts};

/// The function that the API asks for an address: the route that says most about it, as API Gateway chooses.
fn function_for(template: &Template, path: &str) -> Option<String> {
    let routes = template.of("AWS::ApiGatewayV2::Route");
    let mut matching: Vec<(usize, String)> = routes
        .iter()
        .filter_map(|route| {
            let function = integration(template, route);
            let key = route.text("/RouteKey");
            if key == "$default" {
                return Some((0, function));
            }
            let (method, pattern) = key.split_once(' ').unwrap();
            assert_eq!(method, "ANY", "the function says what to do with another method: {pattern}");
            Some((fixed_parts(pattern, path)?, function))
        })
        .collect();
    matching.sort();
    matching.pop().map(|(_, function)| function)
}

/// How many parts of a matching pattern are written out; `{name}` is one part that is not empty.
fn fixed_parts(pattern: &str, path: &str) -> Option<usize> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut fixed = 0;
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(fixed),
            (Some(part), Some(here)) if part.starts_with('{') && !here.is_empty() => {
                assert!(!part.ends_with("+}"), "not needed: {pattern}");
            }
            (Some(part), Some(here)) if part == here => fixed += 1,
            _ => return None,
        }
    }
}

fn integration(template: &Template, route: &Resource<'_>) -> String {
    let target = route.text("/Target");
    let name = target.strip_prefix("integrations/${").and_then(|name| name.strip_suffix('}')).unwrap();
    template.resource(name).text("/IntegrationUri").strip_suffix(".Arn").unwrap().to_owned()
}

#[test]
fn every_address_of_the_forms_reaches_the_function_that_serves_it() {
    let template = Template::read();
    let parts = [
        (addresses::of_form("registracija"), "Registration"),
        (addresses::of_form("zahtjev-za-ispravu"), "CertificateRequest"),
        (addresses::afterwards(), "Status"),
    ];
    let mut seen = 0;
    for (patterns, function) in parts {
        for pattern in patterns {
            // Some value for what is in braces.
            let parts = pattern.split('/').map(|part| if part.starts_with('{') { "value" } else { part });
            let path = parts.collect::<Vec<_>>().join("/");
            assert_eq!(function_for(&template, &path).as_deref(), Some(function), "{path}");
            seen += 1;
        }
    }
    assert!(seen >= 12, "{seen}");
    // A form's own address that nothing has is its function's, all others are those of the last one.
    for (path, function) in [
        ("/usluge/registracija/nema", "Registration"),
        ("/usluge/nema/ovoga/nigdje", "Status"),
        ("/usluge/", "Status"),
    ] {
        assert_eq!(function_for(&template, path).as_deref(), Some(function), "{path}");
    }
}

#[test]
fn the_api_may_call_what_it_sends_to_and_nobody_else_may() {
    let template = Template::read();
    let permissions = template.of("AWS::Lambda::Permission");
    for integration in template.of("AWS::ApiGatewayV2::Integration") {
        let function = integration.text("/IntegrationUri").strip_suffix(".Arn").unwrap().to_owned();
        let allowed =
            permissions.iter().filter(|permission| permission.at("/FunctionName") == function.as_str());
        let sources: Vec<_> = allowed.map(|permission| permission.text("/SourceArn")).collect();
        assert!(sources.len() == 1 && sources[0].contains("${Api}/*"), "{function}: {sources:?}");
    }
    assert!(permissions.iter().all(|permission| permission.at("/SourceArn").is_string()));
}

#[test]
fn the_site_and_its_services_are_one_origin_and_answers_of_the_services_stay_as_they_are() {
    let template = Template::read();
    for distribution in template.of("AWS::CloudFront::Distribution") {
        let replaced = distribution.at("/DistributionConfig/CustomErrorResponses");
        assert!(replaced.is_null(), "{} replaces answers of the API", distribution.name);
    }
    let site = template.resource("Distribution");
    let services = site.at("/DistributionConfig/CacheBehaviors/0");
    assert_eq!(services["PathPattern"], "/usluge/*");
    assert_eq!(services["TargetOriginId"], "forms");
    // AWS's own policy CachingDisabled.
    assert_eq!(services["CachePolicyId"], "4135ea2d-6df8-44a3-9df3-4b5a84be39ad");
    assert!(texts(&services["AllowedMethods"]).contains(&"POST"));
    assert_eq!(services["Compress"], false, "the length of an answer must not tell what is in it");
    assert!(services["FunctionAssociations"].is_null(), "addresses of services are left alone");
    assert_eq!(site.at("/DistributionConfig/DefaultCacheBehavior/TargetOriginId"), "site-or-missing");
}

/// What a route reads of a request is named in one place; all else would only make answers differ by it.
#[test]
fn the_services_see_no_cookie_and_of_the_query_only_what_a_route_names() {
    let policy = Template::read();
    let policy = policy.resource("FormsRequest");
    let config = policy.at("/OriginRequestPolicyConfig");
    assert_eq!(config["CookiesConfig"]["CookieBehavior"], "none");
    assert_eq!(config["QueryStringsConfig"]["QueryStringBehavior"], "whitelist");
    assert_eq!(texts(&config["QueryStringsConfig"]["QueryStrings"]), ["lang", "zapis"]);
    let headers = texts(&config["HeadersConfig"]["Headers"]);
    assert!(
        headers.contains(&"Origin") && headers.contains(&"Sec-Fetch-Site"),
        "the origin check needs them"
    );
    assert!(!headers.contains(&"Host"), "the API has a name of its own");
}
