//! How warm partitions get: the transactions that arrivals really make, counted by the partition that they write to.
//! The tables that come out stand in functions/SCALE.md; a change of keys, shards or items is a difference there.
//!
//! After a wanted change: the test prints what belongs into the file.

use std::collections::{BTreeMap, BinaryHeap};
use std::fmt::Write as _;
use std::sync::LazyLock;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::{SignedDuration, Timestamp};
use sealing::{HashKey, HashKeys};
use store::{Arrival, Doubles, KeyedHash, NewMessage, Parcel, Reference, Stage};

use crate::client::{Credentials, Settings};
use crate::item::Attributes;
use crate::keys::{
    COUNTER_SHARDS, OUTBOX_SHARD, PK, QUEUE_HOLDS, QUEUE_ORDER, QUEUE_SHARD, SK, TIMELINE, TIMELINE_AT,
    shard_of,
};
use crate::large::Payload;
use crate::transaction::ATTEMPTS;
use crate::{DynamoStore, intake};

/// Enough that the share of a shard is known to some thousandths.
const ARRIVALS: u64 = 20_000;
/// What one partition takes a second (AWS, "Quotas in Amazon DynamoDB").
const PARTITION_UNITS_A_SECOND: f64 = 1_000.0;
/// The busiest second of a month, compared with the middle: an assumption.
const PEAK: f64 = 10.0;
const SECONDS_A_MONTH: f64 = 30.0 * 24.0 * 60.0 * 60.0;
/// How long a transaction holds its items: an assumption, of the size that AWS's own examples have.
const HELD_MS: f64 = 15.0;

/// Numbers that look random and are always the same.
struct Numbers(u64);

impl Numbers {
    /// SplitMix64.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn hexadecimal(&mut self, digits: usize) -> String {
        let mut text = String::new();
        while text.len() < digits {
            let _ = write!(text, "{:016x}", self.next());
        }
        text.truncate(digits);
        text
    }

    fn hash(&mut self) -> KeyedHash {
        KeyedHash { key_id: "6f1c3a52".to_owned(), hash: self.hexadecimal(64) }
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        vec![self.next() as u8; length]
    }
}

/// An entry in a register, the arrival that writes most: a letter, and a copy of the answers for an hour. Sizes as
/// sealed answers of the shipped form have them.
fn arrival(numbers: &mut Numbers, received_at: Timestamp) -> Arrival {
    let random = numbers.next().to_be_bytes();
    let messages = vec![NewMessage { id: numbers.hexadecimal(32), sealed: numbers.bytes(2_900) }];
    Arrival {
        reference: Reference::from_random(std::array::from_fn(|place| random[place])),
        form: "registracija".to_owned(),
        fingerprint: numbers.hexadecimal(16),
        language: "hr".to_owned(),
        received_at,
        payload: numbers.bytes(2_200),
        facets: BTreeMap::from([("drzava".to_owned(), "DE".to_owned())]),
        check_key: numbers.hash(),
        answers: numbers.hash(),
        answers_by_other_keys: Vec::new(),
        doubles: Doubles::RefuseSince(received_at - SignedDuration::from_hours(24)),
        retention: "registar".to_owned(),
        stage: Stage::Received,
        promised: None,
        contact: Some(numbers.hash()),
        contact_sealed: Some(numbers.bytes(420)),
        renewal_due_at: Some(received_at + SignedDuration::from_hours(365 * 24)),
        doubts: Vec::new(),
        files: None,
        parcels: vec![Parcel {
            id: numbers.hash(),
            sealed: numbers.bytes(1_800),
            expires_at: received_at + SignedDuration::from_hours(1),
        }],
        messages,
    }
}

/// Units by table or index, and by partition.
#[derive(Default)]
struct Heat(BTreeMap<(&'static str, String), u64>);

impl Heat {
    fn add(&mut self, place: &'static str, partition: &str, units: u64) {
        *self.0.entry((place, partition.to_owned())).or_default() += units;
    }

    /// An item of a transaction, and what it makes the indexes write.
    fn write(&mut self, item: &Attributes) {
        self.add("table", text(item, PK), 2 * units(item, |_| true));
        let keys = |name: &str, more: &[&str]| [PK, SK].contains(&name) || more.contains(&name);
        if item.contains_key(OUTBOX_SHARD) {
            // Then the lease moves it within its partition, and the delivery takes it out.
            self.add("outbox-due", text(item, OUTBOX_SHARD), 1 + 2 + 1);
        }
        if item.contains_key(QUEUE_SHARD) {
            let held =
                units(item, |name| keys(name, &[QUEUE_SHARD, QUEUE_ORDER]) || QUEUE_HOLDS.contains(&name));
            self.add("queue", text(item, QUEUE_SHARD), held);
        }
        if item.contains_key(TIMELINE) {
            let is_short_lived = item.contains_key("removable_from_s");
            let held = units(item, |name| keys(name, &[TIMELINE, TIMELINE_AT]));
            self.add("timeline", text(item, TIMELINE), held * if is_short_lived { 2 } else { 1 });
        }
    }

    /// The warmest partition of a place: its name, and units of one arrival.
    fn warmest(&self, place: &str, like: &str) -> (String, f64) {
        let of_place =
            self.0.iter().filter(|((at, partition), _)| *at == place && partition.starts_with(like));
        let ((_, partition), units) = of_place.max_by_key(|(_, units)| **units).unwrap();
        (partition.clone(), *units as f64 / ARRIVALS as f64)
    }

    fn all(&self, place: &str) -> f64 {
        let of_place = self.0.iter().filter(|((at, _), _)| *at == place);
        of_place.map(|(_, units)| *units as f64).sum::<f64>() / ARRIVALS as f64
    }
}

fn text<'a>(item: &'a Attributes, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

/// Write units of what is held of an item: one for each begun kilobyte.
fn units(item: &Attributes, is_held: impl Fn(&str) -> bool) -> u64 {
    let held = item.iter().filter(|(name, _)| is_held(name));
    let bytes: usize = held.map(|(name, value)| name.len() + size(value)).sum();
    bytes.div_ceil(1024) as u64
}

/// As DynamoDB counts ("Item sizes and formats").
fn size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len().div_ceil(2) + 1,
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::L(items) => 3 + items.iter().map(|item| 1 + size(item)).sum::<usize>(),
        AttributeValue::M(members) => {
            3 + members.iter().map(|(name, item)| 1 + name.len() + size(item)).sum::<usize>()
        }
        _ => 1,
    }
}

/// The heat of many arrivals, spread over one day.
static MEASURED: LazyLock<Heat> = LazyLock::new(measured);

fn measured() -> Heat {
    let settings = Settings {
        table: "submissions".to_owned(),
        region: "eu-central-1".to_owned(),
        endpoint: Some("http://127.0.0.1:1".to_owned()),
        files: None,
        credentials: Credentials {
            access_key_id: "test".to_owned(),
            secret_access_key: "test".to_owned(),
            session_token: None,
        },
    };
    let store = DynamoStore::open(&settings, HashKeys::new(HashKey::new([7; 32]), Vec::new()));
    let day: Timestamp = "2026-11-27T00:00:00Z".parse().unwrap();
    let (mut numbers, mut heat) = (Numbers(1), Heat::default());
    for number in 0..ARRIVALS {
        let at = day + SignedDuration::from_millis((86_400_000 * number / ARRIVALS) as i64);
        let arrival = arrival(&mut numbers, at);
        let payload = Payload::Here(arrival.payload.clone());
        for action in intake::transaction(&store, &arrival, &payload, &[], &[], 0).unwrap().actions() {
            match (action.put(), action.update()) {
                (Some(put), _) => heat.write(put.item()),
                (_, Some(update)) => heat.add("table", update.key()[PK].as_s().unwrap(), 2),
                _ => panic!("an arrival only puts and updates"),
            }
        }
    }
    heat
}

fn tables() -> String {
    let heat = &*MEASURED;
    let mut text = String::from(
        "| written | partitions | warmest | its share | units of an arrival | arrivals/s at 1,000 units |\n\
         |---|--:|---|--:|--:|--:|\n",
    );
    let mut tightest = f64::MAX;
    for (place, like, what) in [
        ("outbox-due", "", "index of letters that wait"),
        ("timeline", "", "index of what expires, and of renewals"),
        ("queue", "", "index of records by stage"),
        ("table", "count#", "counters of a day"),
        ("table", "chains#", "list of audit chains"),
        ("table", "record#", "a record, its payload and audit"),
    ] {
        let (partition, units) = heat.warmest(place, like);
        let all: Vec<f64> = heat
            .0
            .iter()
            .filter(|((at, name), _)| *at == place && name.starts_with(like))
            .map(|(_, units)| *units as f64)
            .collect();
        let share = 100.0 * units * ARRIVALS as f64 / all.iter().sum::<f64>();
        let most = PARTITION_UNITS_A_SECOND / units;
        tightest = tightest.min(most);
        let is_one_record = like == "record#";
        let (partitions, partition, share, limit) = match is_one_record {
            true => ("one each".to_owned(), "any".to_owned(), "none".to_owned(), "no limit".to_owned()),
            false => (all.len().to_string(), partition, format!("{share:.1} %"), format!("{most:.0}")),
        };
        let units = if is_one_record { units * ARRIVALS as f64 } else { units };
        let _ = writeln!(text, "| {what} | {partitions} | `{partition}` | {share} | {units:.2} | {limit} |");
    }
    let (table, indexes) =
        (heat.all("table"), heat.all("outbox-due") + heat.all("queue") + heat.all("timeline"));
    let _ = writeln!(
        text,
        "\nAn arrival writes {table:.1} units to the table and {indexes:.1} to its indexes.\n"
    );
    text.push_str(
        "| arrivals a month | a second | busiest second | units there | warmest partition | counters met | tries, the most | told \"send again\" |\n\
         |--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for month in [1_000.0, 1_000_000.0, 100_000_000.0] {
        let second = month / SECONDS_A_MONTH;
        let busiest = second * PEAK;
        let met = meetings(busiest.max(0.001));
        let _ = writeln!(
            text,
            "| {month:.0} | {second:.4} | {busiest:.3} | {:.2} | {:.2} % | {:.2} % | {} | {} of {ARRIVALS} |",
            busiest * (table + indexes),
            100.0 * busiest / tightest,
            100.0 * met.met,
            met.most_tries,
            met.told,
        );
    }
    text
}

struct Meetings {
    /// Share of arrivals that met another one on their counter.
    met: f64,
    /// Arrivals whose attempts did not suffice: their person is asked to send again.
    told: u64,
    most_tries: usize,
}

/// Arrivals of one rate, each of which holds its counter for a moment; whoever meets it held waits and takes the next
/// shard, as `accept` does.
fn meetings(rate: f64) -> Meetings {
    let mut numbers = Numbers(2);
    // (moment in ns, reversed: the earliest is the largest), arrival, attempt
    let mut waiting = BinaryHeap::new();
    let (mut at, mut references) = (0.0, Vec::new());
    for number in 0..ARRIVALS as usize {
        at -= (1.0 - numbers.fraction()).ln() / rate;
        references.push(Reference::from_random(std::array::from_fn(|_| numbers.next() as u8)));
        waiting.push((std::cmp::Reverse((at * 1e9) as u64), number, 0_usize));
    }
    let mut free_at = [0_u64; COUNTER_SHARDS];
    let (mut met, mut told, mut most_tries) = (0_u64, 0_u64, 0);
    while let Some((std::cmp::Reverse(now), number, attempt)) = waiting.pop() {
        if attempt == ATTEMPTS {
            told += 1;
            continue;
        }
        most_tries = most_tries.max(attempt + 1);
        let shard = &mut free_at[shard_of(references[number].compact(), attempt, COUNTER_SHARDS)];
        if *shard <= now {
            *shard = now + (HELD_MS * 1e6) as u64;
            continue;
        }
        met += u64::from(attempt == 0);
        let longest = (20_u64 << attempt).min(1000);
        let wait_ms = 1 + numbers.next() % longest;
        waiting.push((std::cmp::Reverse(now + wait_ms * 1_000_000), number, attempt + 1));
    }
    Meetings { met: met as f64 / ARRIVALS as f64, told, most_tries }
}

#[test]
fn no_partition_gets_hot_at_a_hundred_million_arrivals_a_month() {
    let tables = tables();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../SCALE.md");
    let written = std::fs::read_to_string(path).unwrap();
    assert!(written.contains(&tables), "functions/SCALE.md has other numbers than these:\n\n{tables}");
}

#[test]
fn shards_are_even() {
    let heat = &*MEASURED;
    for (place, like, shards) in
        [("outbox-due", "", 4.0), ("queue", "", 4.0), ("table", "count#", COUNTER_SHARDS as f64)]
    {
        let (partition, units) = heat.warmest(place, like);
        let all: f64 = heat
            .0
            .iter()
            .filter(|((at, name), _)| *at == place && name.starts_with(like))
            .map(|(_, units)| *units as f64)
            .sum();
        let share = units * ARRIVALS as f64 / all;
        // So many arrivals of an even spread differ by less.
        assert!(share < 1.25 / shards, "{partition} takes {share} of {place}");
    }
}
