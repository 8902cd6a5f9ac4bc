//! What fails for good is kept, and somebody is told.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::template::{Template, texts};

#[test]
fn every_dead_letter_queue_has_an_alarm_that_tells_somebody() {
    let template = Template::read();
    let alarms = template.of("AWS::CloudWatch::Alarm");
    for queue in template.of("AWS::SQS::Queue") {
        let watched = format!("{}.QueueName", queue.name);
        let alarm = alarms
            .iter()
            .find(|alarm| alarm.at("/Dimensions/0/Value") == &Value::String(watched.clone()))
            .unwrap_or_else(|| panic!("nobody hears of what lies in {}", queue.name));
        assert_eq!(alarm.text("/MetricName"), "ApproximateNumberOfMessagesVisible");
        assert_eq!(alarm.at("/Threshold"), 1);
        assert_eq!(queue.at("/MessageRetentionPeriod"), 14 * 24 * 60 * 60);
    }
    for alarm in &alarms {
        assert_eq!(texts(alarm.at("/AlarmActions")), ["AlarmTopic"], "{}", alarm.name);
    }
}

#[test]
fn what_a_function_counts_as_trouble_has_an_alarm() {
    let template = Template::read();
    let sources = ["notify", "purge"].map(|function| {
        let path = tests::site::repository().join(format!("functions/lambda/src/{function}.rs"));
        (function, std::fs::read_to_string(path).unwrap())
    });
    let mut counted = BTreeSet::new();
    for (function, source) in &sources {
        for call in
            source.split(".count(Level::Error").skip(1).chain(source.split("journal.count(level").skip(1))
        {
            let name = call.split(')').next().unwrap().rsplit('"').nth(1).unwrap();
            counted.insert((name.to_owned(), *function));
        }
    }
    let alarms = template.of("AWS::CloudWatch::Alarm");
    let watched: BTreeSet<_> = alarms
        .iter()
        .filter(|alarm| alarm.at("/Namespace") == "Zavicaj")
        .map(|alarm| (alarm.text("/MetricName").to_owned(), alarm.text("/Dimensions/0/Value")))
        .collect();
    assert_eq!(counted, watched);
    assert_eq!(counted.len(), 3, "{counted:?}");
}

#[test]
fn what_nobody_waits_for_goes_to_a_queue_when_it_fails() {
    let template = Template::read();
    let asked_by_people: BTreeSet<_> = template
        .of("AWS::ApiGatewayV2::Integration")
        .iter()
        .map(|integration| integration.text("/IntegrationUri").strip_suffix(".Arn").unwrap().to_owned())
        .collect();
    let queues: BTreeSet<_> =
        template.of("AWS::SQS::Queue").iter().map(|queue| format!("{}.Arn", queue.name)).collect();
    let alarms = template.of("AWS::CloudWatch::Alarm");
    for function in template.of("AWS::Serverless::Function") {
        if asked_by_people.contains(function.name) {
            let told = alarms.iter().any(|alarm| {
                alarm.at("/MetricName") == "Errors" && alarm.at("/Dimensions/0/Value") == function.name
            });
            assert!(told, "nobody hears of errors of {}", function.name);
        } else {
            let queue = function.text("/EventInvokeConfig/DestinationConfig/OnFailure/Destination");
            assert!(queues.contains(queue), "{}: {queue}", function.name);
        }
    }
    for mapping in template.of("AWS::Lambda::EventSourceMapping") {
        assert!(queues.contains(mapping.text("/DestinationConfig/OnFailure/Destination")));
        assert_eq!(texts(mapping.at("/FunctionResponseTypes")), ["ReportBatchItemFailures"]);
    }
    for schedule in template.of("AWS::Scheduler::Schedule") {
        assert!(queues.contains(schedule.text("/Target/DeadLetterConfig/Arn")), "{}", schedule.name);
    }
    for subscription in template.of("AWS::SNS::Subscription") {
        if subscription.at("/Protocol") == "lambda" {
            assert!(queues.contains(subscription.text("/RedrivePolicy/deadLetterTargetArn")));
        }
    }
}
