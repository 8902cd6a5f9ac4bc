//! One role for each function, and no more rights than it needs.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::{Resource, Template, list, texts};

/// Statements of the roles' own policies and of those that they share.
fn statements(template: &Template) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for resource in template.resources() {
        let documents: Vec<&Value> = match resource.kind {
            "AWS::IAM::Role" => {
                list(resource.at("/Policies")).iter().map(|policy| &policy["PolicyDocument"]).collect()
            }
            "AWS::IAM::ManagedPolicy" | "AWS::IAM::Policy" => vec![resource.at("/PolicyDocument")],
            _ => continue,
        };
        for document in documents {
            for statement in list(&document["Statement"]) {
                // !If [condition, statement, nothing]
                let chosen = statement.as_array().map_or(statement, |parts| &parts[1]);
                found.push((resource.name.to_owned(), chosen.clone()));
            }
        }
    }
    assert!(found.len() > 10, "{}", found.len());
    found
}

/// Whether a resource is named: `*` only for the objects of one bucket.
fn is_named(resource: &str) -> bool {
    !resource.strip_suffix(".Arn}/*").unwrap_or(resource).contains('*')
}

#[test]
fn no_right_of_a_role_is_for_every_resource_or_every_action() {
    for (role, statement) in statements(&Template::read()) {
        assert_eq!(statement["Effect"], "Allow", "{role}");
        assert!(statement.get("NotResource").is_none() && statement.get("NotAction").is_none(), "{role}");
        let (resources, actions) = (texts(&statement["Resource"]), texts(&statement["Action"]));
        assert!(!resources.is_empty() && !actions.is_empty(), "{role}: {statement}");
        for resource in resources {
            assert!(is_named(resource), "{role} may use {resource}: {statement}");
        }
        for action in actions {
            assert!(!action.contains('*') && action != "dynamodb:Scan", "{role} may do {action}");
        }
    }
    assert!(is_named("${Files.Arn}/*") && !is_named("*") && !is_named("arn:aws:s3:::*/*") && !is_named("x*"));
}

#[test]
fn every_function_has_a_role_and_a_log_of_its_own() {
    let template = Template::read();
    let (mut roles, mut logs) = (BTreeSet::new(), BTreeSet::new());
    for function in template.of("AWS::Serverless::Function") {
        let role = function.text("/Role").strip_suffix(".Arn").unwrap();
        assert_eq!(template.resource(role).kind, "AWS::IAM::Role");
        assert!(roles.insert(role.to_owned()), "{role} is shared");
        let log = function.text("/LoggingConfig/LogGroup");
        assert_eq!(template.resource(log).text("/RetentionInDays"), "LogDays");
        assert!(logs.insert(log.to_owned()), "{log} is shared");
        assert!(function.at("/Policies").is_null(), "{}: rights are in the role", function.name);
    }
    assert_eq!(roles.len(), 6);
}

/// The secrets that a role may read.
fn readable(template: &Template, role: &str) -> BTreeSet<String> {
    let own = statements(template).into_iter().filter(|(name, _)| name == role);
    let reads = own.filter(|(_, statement)| statement["Action"] == "secretsmanager:GetSecretValue");
    reads
        .flat_map(|(_, statement)| {
            texts(&statement["Resource"]).into_iter().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

fn secrets_named(template: &Template, function: &Resource<'_>) -> BTreeSet<String> {
    let variables = template.variables(function);
    let named = variables.iter().filter(|(name, _)| name.ends_with("_SECRET"));
    named.map(|(_, value)| value.as_str().unwrap().to_owned()).collect()
}

#[test]
fn variables_name_secrets_and_never_hold_one() {
    let template = Template::read();
    let secrets: BTreeSet<_> =
        template.of("AWS::SecretsManager::Secret").iter().map(|secret| secret.name.to_owned()).collect();
    for function in template.of("AWS::Serverless::Function") {
        for (name, value) in template.variables(&function) {
            let value = value.as_str().unwrap();
            assert!(!value.contains("{{resolve:"), "{}: {name} is a secret's value", function.name);
            let sounds_secret =
                ["KEY", "PASSWORD", "TOKEN", "IDENTITY"].iter().any(|word| name.contains(word));
            assert!(!sounds_secret || name.ends_with("_SECRET"), "{}: {name}", function.name);
            assert_eq!(
                name.ends_with("_SECRET"),
                secrets.contains(value),
                "{}: {name}={value}",
                function.name
            );
        }
        let role = function.text("/Role").strip_suffix(".Arn").unwrap();
        assert_eq!(
            readable(&template, role),
            secrets_named(&template, &function),
            "{role} reads what it is told of"
        );
    }
}

#[test]
fn only_what_opens_letters_may_read_the_service_key() {
    let template = Template::read();
    let functions = template.of("AWS::Serverless::Function");
    let opening = functions.iter().filter(|function| {
        readable(&template, function.text("/Role").strip_suffix(".Arn").unwrap()).contains("ServiceKey")
    });
    assert_eq!(
        opening.map(|function| function.name).collect::<Vec<_>>(),
        ["Notify", "Purge", "Registration", "Status"]
    );
}

/// What a function's role allows, with the policies that it shares.
fn rights(template: &Template, role: &str) -> BTreeSet<String> {
    let role = template.resource(role);
    let shared = texts(role.at("/ManagedPolicyArns")).into_iter().chain([role.name]).collect::<BTreeSet<_>>();
    let all = statements(template).into_iter().filter(|(name, _)| shared.contains(name.as_str()));
    all.flat_map(|(_, statement)| {
        texts(&statement["Action"]).into_iter().map(str::to_owned).collect::<Vec<_>>()
    })
    .collect()
}

#[test]
fn a_role_has_of_table_and_bucket_only_what_its_function_does_there() {
    let template = Template::read();
    let of = |role: &str, service: &str| -> Vec<String> {
        let prefix = format!("{service}:");
        rights(&template, role)
            .iter()
            .filter_map(|right| right.strip_prefix(&prefix))
            .map(str::to_owned)
            .collect()
    };
    let stages = ["DeleteObject", "DeleteObjectTagging", "ListBucket", "PutObject", "PutObjectTagging"];
    let changes_records =
        ["BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"];
    for (role, files) in [
        ("RegistrationRole", &stages[..]),
        ("CertificateRequestRole", &stages),
        ("StatusRole", &stages[..1]),
        ("PurgeRole", &stages[..1]),
    ] {
        assert_eq!(of(role, "s3"), files, "{role}");
        assert_eq!(of(role, "dynamodb"), changes_records, "{role}");
    }
    let reads_stream =
        ["DescribeStream", "GetItem", "GetRecords", "GetShardIterator", "ListStreams", "Query"];
    assert_eq!(of("NotifyRole", "dynamodb"), [&reads_stream[..], &["UpdateItem"]].concat());
    assert_eq!(of("BounceRole", "dynamodb"), ["GetItem", "UpdateItem"]);
    for role in ["NotifyRole", "BounceRole"] {
        assert_eq!(of(role, "s3"), [""; 0], "{role}");
    }
}
