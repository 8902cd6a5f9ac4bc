//! A batch of the stream that does not go through: what is named to be sent again, and what dies with a function.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tests::tell;

use crate::function::Function;
use crate::gateway::Gateway;
use crate::letters::{letters_of, schedule, stream};
use crate::ses::Ses;
use crate::table;
use crate::wire::{Trouble, Wire, Write};

fn notify(gateway: &Gateway, ses: &Ses, wire: &Wire) -> Function {
    let more = [("AWS_ENDPOINT_URL_SESV2", &*ses.endpoint), ("ZAVICAJ_DYNAMODB_ENDPOINT", &*wire.endpoint)];
    Function::start("notify", &gateway.variables_with(&more))
}

/// What the stream sends next: everything from the first record that the answer names.
fn rest_of(batch: &Value, answer: &Value) -> Value {
    let named = answer["batchItemFailures"].as_array().unwrap();
    assert_eq!(named.len(), 1, "one is enough, the stream sends all that follow it: {answer}");
    let records = batch["Records"].as_array().unwrap();
    let number = |record: &Value| record["dynamodb"]["SequenceNumber"].clone();
    let first = records.iter().position(|record| number(record) == named[0]["itemIdentifier"]);
    json!({ "Records": records[first.expect("a number of this batch")..] })
}

/// The id of the first letter in a batch.
fn first_of(batch: &Value) -> String {
    let key = batch["Records"][0]["dynamodb"]["Keys"]["pk"]["S"].as_str().unwrap();
    key.strip_prefix("outbox#").unwrap().to_owned()
}

fn counts(taken: &BTreeMap<String, Vec<String>>) -> Vec<usize> {
    taken.values().map(Vec::len).collect()
}

#[test]
fn where_the_table_fails_in_the_middle_of_a_batch_the_rest_is_named_and_every_letter_leaves_once() {
    for failing in [Write::Claim, Write::Delivered] {
        let (gateway, ses, wire) = (Gateway::deploy(), Ses::start(), Wire::to(&table::endpoint()));
        let ids = letters_of(&gateway, 5);
        let notify = notify(&gateway, &ses, &wire);
        wire.trouble(failing, &ids[2], Trouble::Refused);
        let batch = stream(&ids);
        let answer = notify.invoke(batch.clone());
        let rest = rest_of(&batch, &answer);
        assert_eq!(first_of(&rest), ids[2], "{failing:?}");
        assert_eq!(gateway.table.letters(), (ids[2..].to_vec(), ids[..2].to_vec()), "{failing:?}");
        // Still no table: the same answer, and SES is not asked a second time.
        let again = notify.invoke(rest.clone());
        assert_eq!(again, answer, "{failing:?}");
        let asked = if failing == Write::Claim { 2 } else { 3 };
        assert_eq!(counts(&ses.taken()), vec![1; asked], "{failing:?}");

        wire.mend();
        assert_eq!(notify.invoke(rest), json!({ "batchItemFailures": [] }), "{failing:?}");
        gateway.table.leases_end();
        assert_eq!(notify.invoke(schedule()), json!({ "sent": 0 }), "{failing:?}: nothing is left");
        assert_eq!(gateway.table.letters(), (vec![], ids.clone()), "{failing:?}");
        assert_eq!(counts(&ses.taken()), [1; 5], "{failing:?}");
        assert!(notify.said().contains("\"message\":\"outbox-failed\""), "{}", notify.said());
    }
}

/// When a function is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// A letter is claimed, and SES knows nothing of it.
    BeforeSes,
    /// SES has the request, and has not answered.
    SesIsSilent,
    /// SES has answered, and the write has not come to the table.
    BeforeTheWrite,
    /// The write is done, and nobody said so.
    AfterTheWrite,
    /// So many milliseconds after the first letter left.
    Whenever(u64),
}

/// What SES and the table know of a letter that was in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    /// SES has it and said so; the table does not know.
    Answered,
    /// SES has it and did not say so.
    Unanswered,
}

/// Which second requests there can be:
///
/// - A function that died before SES had its whole request: none, the next request is the first.
/// - One that died between SES's answer and the write that records it: one for each death.
/// - One that died while SES had the request and was silent: one for each death as well. Nobody but SES knows whether
///   it took that letter, and SES cannot be asked, so it is either asked again or the letter may be lost.
/// - One that died after the write: none.
#[test]
fn a_function_that_is_killed_in_the_middle_of_a_batch_loses_no_letter() {
    let (gateway, ses, wire) = (Gateway::deploy(), Ses::start(), Wire::to(&table::endpoint()));
    let ids = letters_of(&gateway, 14);
    let planned = [Moment::BeforeSes, Moment::SesIsSilent, Moment::BeforeTheWrite, Moment::AfterTheWrite];
    let whenever = (0..4).map(|number| Moment::Whenever(number * 4));
    let moments: Vec<_> = planned.into_iter().chain(planned).chain(whenever).collect();
    let mut deaths = BTreeMap::<(String, Left), usize>::new();
    let mut killed = 0;
    for moment in &moments {
        let (mut waiting, _) = gateway.table.letters();
        waiting.sort();
        if waiting.len() < 2 {
            break;
        }
        let (asked, answered) = (ses.taken(), ses.answered());
        killed += 1;
        die(*moment, &waiting, &gateway, &ses, &wire);
        let written = gateway.table.letters().1;
        let in_hand: Vec<_> = ses
            .taken()
            .into_iter()
            .filter(|(id, messages)| {
                messages.len() > asked.get(id).map_or(0, Vec::len) && !written.contains(id)
            })
            .map(|(id, _)| {
                let is_answered = ses.answered().get(&id) > answered.get(&id);
                (id, if is_answered { Left::Answered } else { Left::Unanswered })
            })
            .collect();
        let left: Vec<_> = in_hand.iter().map(|(_, left)| *left).collect();
        match moment {
            Moment::BeforeSes | Moment::AfterTheWrite => assert_eq!(left, [], "{moment:?}"),
            Moment::SesIsSilent => assert_eq!(left, [Left::Unanswered]),
            Moment::BeforeTheWrite => assert_eq!(left, [Left::Answered]),
            Moment::Whenever(_) => assert!(left.len() <= 1, "one at a time: {left:?}"),
        }
        for letter in in_hand {
            *deaths.entry(letter).or_default() += 1;
        }
        gateway.table.leases_end();
    }
    let last = notify(&gateway, &ses, &wire);
    for _ in 0..5 {
        last.invoke(schedule());
        gateway.table.leases_end();
    }
    let (waiting, mut sent) = gateway.table.letters();
    sent.sort();
    assert_eq!((waiting, &sent), (vec![], &ids), "no id is lost");
    let taken = ses.taken();
    assert_eq!(taken.keys().cloned().collect::<Vec<_>>(), ids, "every letter left");
    for (id, messages) in &taken {
        let of_letter = deaths.iter().filter(|((dead, _), _)| dead == id).map(|(_, number)| number);
        assert_eq!(messages.len() - 1, of_letter.sum::<usize>(), "second requests for {id}: {deaths:?}");
        assert!(messages.iter().all(|message| message == &messages[0]), "it is the same letter");
    }
    let number = |wanted: Left| -> usize {
        deaths.iter().filter(|((_, left), _)| *left == wanted).map(|(_, number)| number).sum()
    };
    let (answered, unanswered) = (number(Left::Answered), number(Left::Unanswered));
    let second: usize = taken.values().map(|messages| messages.len() - 1).sum();
    assert_eq!(second, answered + unanswered);
    tell(&format!(
        "killed {killed} times over {} letters: {answered} times between SES's answer and the write that records it, \
         {unanswered} times while SES had the request and was silent, {} times at other moments; {second} second \
         requests, one for each of the first two kinds; 0 ids lost",
        ids.len(),
        killed - answered - unanswered,
    ));
}

/// One function with a batch, and its end.
fn die(moment: Moment, waiting: &[String], gateway: &Gateway, ses: &Ses, wire: &Wire) {
    let notify = notify(gateway, ses, wire);
    let second = &waiting[1];
    let troubled = match moment {
        Moment::BeforeSes => Some((Write::Claim, Trouble::AnswerIsLost)),
        Moment::BeforeTheWrite => Some((Write::Delivered, Trouble::NeverArrives)),
        Moment::AfterTheWrite => Some((Write::Delivered, Trouble::AnswerIsLost)),
        Moment::SesIsSilent | Moment::Whenever(_) => None,
    };
    if let Some((write, trouble)) = troubled {
        wire.trouble(write, second, trouble);
    }
    if let Moment::SesIsSilent = moment {
        ses.silent_about(second);
    }
    notify.invoke_and_leave(stream(&waiting[..10.min(waiting.len())]));
    match moment {
        Moment::Whenever(ms) => {
            ses.next();
            std::thread::sleep(Duration::from_millis(ms));
        }
        Moment::SesIsSilent => while ses.next() != *second {},
        Moment::BeforeSes | Moment::BeforeTheWrite | Moment::AfterTheWrite => wire.met(),
    }
    ses.kill(notify);
    wire.is_still();
    wire.mend();
}
