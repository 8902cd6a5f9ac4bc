//! How many submissions are stored for good in a second, how long people wait, and what the disk does meanwhile.
//!
//! ```text
//! check    as many pages with a key as will be sent         (not measured: nothing is stored)
//! steady   "send" at a steady rate, each at its moment      latency from the moment when it was due
//! most     as many senders at once as keep the server busy  submissions in a second
//! disk     an own file on the same disk, written and synchronised while the load runs
//! strace   every fsync and fdatasync of the server, with its file and its time
//! ```
//!
//! Senders and server share the machine's cores. A latency counts from the moment when the request was due, so that a
//! server that stands still for a second is charged for everybody who would have come meanwhile.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod disk;
mod fsyncs;
mod load;

use std::time::Duration;

use tests::{Office, Server, Site, tell};

use crate::disk::Probe;
use crate::fsyncs::Trace;
use crate::load::{Load, Measured};

/// What the town must bear: so many submissions in a second …
const RATE: u32 = 200;
/// … with 99 of 100 told within this time, where five waits for the disk are shorter.
const TOLD_WITHIN: Duration = Duration::from_millis(50);

#[test]
fn submissions_that_are_stored_for_good() {
    let seconds = setting("ZAVICAJ_BENCH_S", 10);
    let rate = setting("ZAVICAJ_BENCH_RATE", RATE);
    let (site, place) = (Site::shipped(), tempfile::tempdir().unwrap());
    let (data, keys) = (place.path().join("data"), place.path().join("keys"));
    let trace = Trace::beside(&data);
    let more = ["--trusted-proxy", "127.0.0.1/32"];
    let server = Server::start_under(trace.command(), &site.root(), &data, &keys, &more);
    let load = Load::at(&server);

    let probe = Probe::start(&place.path().join("probe"));
    let steady = load.steady(rate, Duration::from_secs(seconds.into()));
    let disk = probe.end();
    let most = load.most(Duration::from_secs(seconds.into()).min(Duration::from_secs(5)));
    assert!(server.stop().success());
    let told = steady.told + most.told;
    assert_eq!(Office::over(&data, &keys).count(), told, "as many records as receipts");

    let cores = std::thread::available_parallelism().unwrap();
    tell(&format!("on {cores} cores, senders included; the program: {}", tests::program::binary().display()));
    report(&format!("steady, {rate}/s for {seconds} s"), &steady, &trace);
    report("as many as it bears, 64 senders", &most, &trace);
    tell(&format!(
        "disk: fdatasync of 4 KiB in a file of its own while {rate}/s came: p50 {}, p99 {} ({} times)",
        ms(disk.percentile(50)),
        ms(disk.percentile(99)),
        disk.count()
    ));
    let (told_within, five_syncs) = (steady.latency.percentile(99), disk.percentile(99) * 5);
    let verdict = if five_syncs > TOLD_WITHIN {
        format!("this disk does not allow it: 5 x its p99 is {}", ms(five_syncs))
    } else if told_within <= TOLD_WITHIN {
        "met".to_owned()
    } else {
        "NOT met".to_owned()
    };
    tell(&format!("99 of 100 told within {}: {verdict}", ms(TOLD_WITHIN)));
    // A debug build seals some ten times slower.
    if !tests::program::binary().components().any(|part| part.as_os_str() == "debug") {
        assert!(!verdict.starts_with("NOT"), "p99 was {}", ms(told_within));
    }
}

fn report(what: &str, measured: &Measured, trace: &Trace) {
    let rate = measured.told as f64 / measured.length.as_secs_f64();
    tell(&format!(
        "{what}: {} stored, {rate:.0}/s; told after p50 {}, p99 {}, at most {}; {} \"not now\"",
        measured.told,
        ms(measured.latency.percentile(50)),
        ms(measured.latency.percentile(99)),
        ms(measured.latency.percentile(100)),
        measured.not_now,
    ));
    match trace.between(measured.begin, measured.begin + measured.length) {
        None => tell("  fsyncs were not counted: strace is not there, or may not trace"),
        Some(syncs) => {
            for (file, times) in syncs {
                let share = times.count() as f64 / measured.told.max(1) as f64;
                tell(&format!(
                    "  {file}: {} fsyncs, {share:.2} for each submission; p50 {}, p99 {}",
                    times.count(),
                    ms(times.percentile(50)),
                    ms(times.percentile(99)),
                ));
            }
        }
    }
}

/// Times in order.
#[derive(Debug, Clone, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Sorts them.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self(times)
    }

    /// The time that so many of a hundred do not exceed; nothing is zero.
    pub fn percentile(&self, of_hundred: usize) -> Duration {
        let place = (self.0.len() * of_hundred).div_ceil(100).saturating_sub(1);
        self.0.get(place).copied().unwrap_or_default()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

fn ms(time: Duration) -> String {
    format!("{:.1} ms", time.as_secs_f64() * 1000.0)
}

fn setting(variable: &str, full: u32) -> u32 {
    std::env::var(variable).ok().map_or(full, |text| text.parse().unwrap())
}
