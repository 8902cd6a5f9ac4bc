//! Asks other sites whether the pages that ours link to are there.
//!
//! ```text
//! addresses ─► cache (young enough: no question) ─► a few at a time, one host one at a time ─► verdicts ─► cache
//!                                                      └─► HEAD, GET where HEAD is refused, a few redirects
//! ```
//!
//! A question holds nothing but the address and the name of this program: no referrer, no cookie, no language, no
//! proxy. Addresses of private networks are not asked, whatever name or redirect leads to them: who writes a link must
//! not be able to let the machine that checks it knock at doors inside its own network.

mod address;
mod ask;
mod cache;
mod follow;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use ask::Asker;
use cache::Cache;
use follow::Hosts;

/// How to ask.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The site's public address, for the owners of the sites that are asked.
    pub public_url: String,
    /// Ask addresses of private networks too: for tests.
    pub private_addresses: bool,
    /// Questions at the same time.
    pub at_once: usize,
    /// For one question, from the name to the head of the answer.
    pub patience: Duration,
    /// Between two questions to the same host.
    pub pause: Duration,
    /// A host that asks to wait longer (`Retry-After`) is asked another day.
    pub longest_wait: Duration,
}

impl Rules {
    /// For a site at this address.
    pub fn of(public_url: &str) -> Self {
        Self {
            public_url: public_url.to_owned(),
            private_addresses: false,
            at_once: 4,
            patience: Duration::from_secs(15),
            pause: Duration::from_millis(300),
            longest_wait: Duration::from_secs(10),
        }
    }
}

/// What an address turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Verdict {
    /// It is there.
    Good,
    /// It is there, at another address for good.
    Moved {
        /// The last address to which only permanent redirects led.
        to: String,
    },
    /// The server says that it is not there: 404 or 410.
    Gone {
        /// Which.
        status: u16,
    },
    /// Nobody knows the name.
    NoHost,
    /// The certificate is not valid.
    Untrusted,
    /// The server's own fault: 5xx.
    Failing {
        /// Which.
        status: u16,
    },
    /// No answer in time.
    Silent,
    /// Refused, reset, or no HTTP.
    Broken,
    /// Too many redirects, or one that leads to no web page.
    Endless,
    /// An address of a private network; it was not asked.
    Private,
    /// Not an address that can be asked.
    Unreadable,
    /// The server does not tell a program: 401, 403 and others.
    Closed {
        /// Which.
        status: u16,
    },
    /// The server asks to be left alone for longer than we wait (429).
    Busy,
}

/// How it went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Addresses that were asked now.
    pub now: usize,
    /// Addresses whose earlier answer was young enough.
    pub known: usize,
    /// Addresses whose servers do not tell a program.
    pub closed: usize,
    /// Not one of several hosts was found: it is this machine that has no connection.
    pub nobody_answered: bool,
    /// The file of answers could not be written.
    pub cache_lost: bool,
}

/// So many hosts are not gone at once.
const HOSTS_OF_NO_CONNECTION: usize = 3;

/// Asks every address once.
pub fn ask(
    urls: &[&str],
    rules: &Rules,
    cache_file: &Path,
    now: Timestamp,
) -> (BTreeMap<String, Verdict>, Asked) {
    let mut cache = Cache::read(cache_file, now);
    let (known, unknown): (Vec<&str>, Vec<&str>) = urls.iter().partition(|url| cache.verdict(url).is_some());
    let answers: Vec<(&str, Verdict)> = all(&unknown, rules);
    let nobody_answered = is_without_connection(&answers);
    let mut verdicts: BTreeMap<String, Verdict> = BTreeMap::new();
    for url in &known {
        verdicts.extend(cache.verdict(url).map(|verdict| ((*url).to_owned(), verdict.clone())));
    }
    for (url, verdict) in &answers {
        if !nobody_answered {
            cache.note(url, verdict, now);
        }
        verdicts.insert((*url).to_owned(), verdict.clone());
    }
    let asked = Asked {
        now: answers
            .iter()
            .filter(|(_, verdict)| !matches!(verdict, Verdict::Private | Verdict::Unreadable))
            .count(),
        known: known.len(),
        closed: verdicts
            .values()
            .filter(|verdict| matches!(verdict, Verdict::Closed { .. } | Verdict::Busy))
            .count(),
        nobody_answered,
        cache_lost: !answers.is_empty() && cache.write(cache_file).is_err(),
    };
    (verdicts, asked)
}

fn is_without_connection(answers: &[(&str, Verdict)]) -> bool {
    let asked =
        answers.iter().filter(|(_, verdict)| !matches!(verdict, Verdict::Private | Verdict::Unreadable));
    let mut hosts = std::collections::BTreeSet::new();
    for (url, verdict) in asked {
        if *verdict != Verdict::NoHost {
            return false;
        }
        hosts.extend(host_of(url));
    }
    hosts.len() >= HOSTS_OF_NO_CONNECTION
}

fn all<'a>(urls: &[&'a str], rules: &Rules) -> Vec<(&'a str, Verdict)> {
    if urls.is_empty() {
        return Vec::new();
    }
    let asker = Asker::new(rules);
    let hosts = Hosts::default();
    let order = in_turns(urls);
    let next = AtomicUsize::new(0);
    let answers = Mutex::new(Vec::with_capacity(urls.len()));
    std::thread::scope(|scope| {
        for _ in 0..rules.at_once.clamp(1, order.len()) {
            scope.spawn(|| {
                while let Some(url) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = follow::verdict(url, &asker, &hosts, rules);
                    answers.lock().unwrap_or_else(PoisonError::into_inner).push((*url, verdict));
                }
            });
        }
    });
    answers.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// One of each host, then the second of each, and so on: nobody waits for a host that answers slowly.
fn in_turns<'a>(urls: &[&'a str]) -> Vec<&'a str> {
    let mut turns: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let mut order: Vec<(usize, &str)> = urls
        .iter()
        .map(|url| {
            let turn = turns.entry(host_of(url)).or_default();
            *turn += 1;
            (*turn, *url)
        })
        .collect();
    order.sort_by_key(|(turn, _)| *turn);
    order.into_iter().map(|(_, url)| url).collect()
}

/// The host of an address, as a person would read it.
pub(super) fn host_of(url: &str) -> Option<String> {
    let url = url::Url::parse(url).ok()?;
    let host = url.host_str()?;
    let (shown, _) = idna::domain_to_unicode(host);
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_take_turns() {
        let urls = ["http://a/1", "http://a/2", "http://a/3", "http://b/1", "http://c/1", "http://c/2"];
        assert_eq!(
            in_turns(&urls),
            ["http://a/1", "http://b/1", "http://c/1", "http://a/2", "http://c/2", "http://a/3"]
        );
    }

    #[test]
    fn three_hosts_that_nobody_knows_are_a_machine_without_a_connection() {
        let answers = |verdicts: &[(&'static str, Verdict)]| is_without_connection(verdicts);
        let gone = |url: &'static str| (url, Verdict::NoHost);
        assert!(!answers(&[]));
        assert!(!answers(&[gone("http://a/"), gone("http://b/"), gone("http://b/2")]));
        assert!(answers(&[
            gone("http://a/"),
            gone("http://b/"),
            gone("http://c/"),
            ("http://10.0.0.1/", Verdict::Private)
        ]));
        assert!(!answers(&[
            gone("http://a/"),
            gone("http://b/"),
            gone("http://c/"),
            ("http://d/", Verdict::Good)
        ]));
    }

    #[test]
    fn a_host_is_shown_in_its_own_letters() {
        assert_eq!(host_of("https://%C4%8Daj.example/x").as_deref(), Some("čaj.example"));
        assert_eq!(host_of("https://"), None);
    }
}
