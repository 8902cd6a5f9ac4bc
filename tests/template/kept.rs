//! What is kept: protected, encrypted, private, and not longer than people are told.

use std::fs;

use crate::template::{Template, texts};

#[test]
fn the_table_is_protected_encrypted_and_can_be_restored() {
    let template = Template::read();
    let tables = template.of("AWS::DynamoDB::Table");
    for table in &tables {
        assert_eq!(table.at("/DeletionProtectionEnabled"), true);
        assert_eq!(table.at("/PointInTimeRecoverySpecification/PointInTimeRecoveryEnabled"), true);
        assert_eq!(table.at("/SSESpecification/KMSMasterKeyId"), "DataKey.Arn");
        assert_eq!(table.at("/BillingMode"), "PAY_PER_REQUEST");
    }
    assert_eq!(template.resource("DataKey").at("/EnableKeyRotation"), true);
}

#[test]
fn what_cannot_be_made_again_outlives_the_stack() {
    let template = Template::read();
    for name in ["Submissions", "Files", "DataKey", "HashingKey", "ReceiptKey", "ServiceKey"] {
        let resource = template.resource(name);
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            assert_eq!(resource.whole[policy], "Retain", "{name}: {policy}");
        }
    }
}

/// A constant of the store's keys.
fn constants() -> Vec<(String, String)> {
    let source =
        fs::read_to_string(tests::site::repository().join("functions/store-dynamodb/src/keys.rs")).unwrap();
    let constant = |line: &str| {
        let (name, value) = line.strip_prefix("pub(crate) const ")?.split_once(": &str = ")?;
        Some((name.to_owned(), value.trim_matches([';', '"']).to_owned()))
    };
    source.lines().filter_map(constant).collect()
}

#[test]
fn keys_and_indexes_are_those_of_the_store() {
    let constants = constants();
    let named = |name: &str| {
        constants.iter().find(|(constant, _)| constant == name).map(|(_, value)| value.as_str()).unwrap()
    };
    let template = Template::read();
    let table = template.resource("Submissions");
    assert_eq!(table.at("/KeySchema/0/AttributeName"), named("PK"));
    assert_eq!(table.at("/KeySchema/1/AttributeName"), named("SK"));
    assert_eq!(table.at("/TimeToLiveSpecification/AttributeName"), named("TIME_TO_LIVE"));
    let indexes = table.at("/GlobalSecondaryIndexes").as_array().unwrap();
    let wanted = [
        ("DUE_INDEX", "OUTBOX_SHARD", "NEXT_ATTEMPT_AT"),
        ("QUEUE_INDEX", "QUEUE_SHARD", "QUEUE_ORDER"),
        ("TIMELINE_INDEX", "TIMELINE", "TIMELINE_AT"),
    ];
    assert_eq!(indexes.len(), wanted.len());
    for (index, (name, partition, sort)) in indexes.iter().zip(wanted) {
        assert_eq!(index["IndexName"], named(name));
        assert_eq!(index["KeySchema"][0]["AttributeName"], named(partition));
        assert_eq!(index["KeySchema"][1]["AttributeName"], named(sort));
    }
}

#[test]
fn buckets_are_private_and_cloudfront_reads_pages_only() {
    let template = Template::read();
    for bucket in template.of("AWS::S3::Bucket") {
        let block = bucket.at("/PublicAccessBlockConfiguration").as_object().unwrap();
        assert!(block.len() == 4 && block.values().all(|value| value == true), "{}", bucket.name);
        assert_eq!(bucket.at("/OwnershipControls/Rules/0/ObjectOwnership"), "BucketOwnerEnforced");
        assert!(bucket.at("/BucketEncryption").is_object(), "{}", bucket.name);
    }
    let mut readers = 0;
    for policy in template.of("AWS::S3::BucketPolicy") {
        for statement in policy.at("/PolicyDocument/Statement").as_array().unwrap() {
            if statement["Effect"] == "Allow" {
                readers += 1;
                assert_eq!(texts(&statement["Resource"]), ["${Site.Arn}/public/*"]);
                assert_eq!(statement["Principal"]["Service"], "cloudfront.amazonaws.com");
                assert!(statement["Condition"]["StringEquals"]["aws:SourceArn"].is_array());
            } else {
                assert_eq!(statement["Condition"]["Bool"]["aws:SecureTransport"], "false");
            }
        }
    }
    assert_eq!(readers, 1);
}

/// The tag is written by the store (functions/store-dynamodb).
#[test]
fn staged_files_that_no_record_took_go_by_themselves() {
    let template = Template::read();
    let rules = template.resource("Files").at("/LifecycleConfiguration/Rules").as_array().unwrap().clone();
    let staged = rules.iter().find(|rule| !rule["TagFilters"].is_null()).unwrap();
    assert_eq!(
        (&staged["TagFilters"][0]["Key"], &staged["TagFilters"][0]["Value"]),
        (&"state".into(), &"staged".into())
    );
    assert_eq!(staged["ExpirationInDays"], 2);
    assert_eq!(staged["Status"], "Enabled");
    // A rule without a filter would take everything.
    let expiring = rules.iter().filter(|rule| !rule["ExpirationInDays"].is_null());
    assert!(expiring.into_iter().all(|rule| rule["TagFilters"].is_array()));
}

#[test]
fn people_are_told_how_long_erased_data_can_be_brought_back() {
    let template = Template::read();
    let days = &template.part("Parameters")["RecoveryDays"];
    let most = days["MaxValue"].as_u64().unwrap();
    assert!(days["Default"].as_u64().unwrap() <= most);
    for (page, words) in
        [("privatnost.md", "dana"), ("privatnost.en.md", "days"), ("privatnost.de.md", "Tage")]
    {
        let text = fs::read_to_string(tests::site::repository().join("content").join(page)).unwrap();
        assert!(text.contains(&format!("{most} {words}")), "{page} does not say {most} {words}");
    }
}

#[test]
fn what_lives_for_an_hour_goes_within_the_next() {
    let template = Template::read();
    let schedules = template.of("AWS::Scheduler::Schedule");
    let of_purge: Vec<_> =
        schedules.iter().filter(|schedule| schedule.at("/Target/Arn") == "Purge.Arn").collect();
    assert_eq!(of_purge.len(), 1);
    assert_eq!(of_purge[0].text("/ScheduleExpression"), "rate(1 hour)");
}
