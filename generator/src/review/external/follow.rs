//! From an address to a verdict: HEAD, GET where HEAD is refused, a few redirects, one host at a time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use super::ask::{Answer, Asker, Method};
use super::{Rules, Verdict};

/// Browsers follow more; a link of a page needs fewer.
const MOST_REDIRECTS: usize = 5;

/// Hosts that were asked: whoever holds a host asks it, the others wait.
#[derive(Debug, Default)]
pub(super) struct Hosts {
    known: Mutex<HashMap<String, Arc<Mutex<Host>>>>,
}

#[derive(Debug, Default)]
struct Host {
    was_asked: bool,
    /// It asked to be left alone for longer than we wait.
    is_busy: bool,
}

impl Hosts {
    fn of(&self, url: &Url) -> Arc<Mutex<Host>> {
        let name = url.host_str().unwrap_or_default().to_owned();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry(name).or_default())
    }
}

/// What an address turns out to be.
pub(super) fn verdict(url: &str, asker: &Asker, hosts: &Hosts, rules: &Rules) -> Verdict {
    let Some(mut url) = readable(url) else { return Verdict::Unreadable };
    let mut moved_to = None;
    let mut only_for_good = true;
    for _ in 0..=MOST_REDIRECTS {
        let answer = match head_or_get(&url, asker, hosts, rules) {
            Ok(answer) => answer,
            Err(verdict) => return verdict,
        };
        match answer.status {
            200..=299 => return moved_to.map_or(Verdict::Good, |to: Url| Verdict::Moved { to: to.into() }),
            301 | 302 | 303 | 307 | 308 => {
                let Some(next) = answer.location.and_then(|to| url.join(&to).ok()) else {
                    return Verdict::Endless;
                };
                let Some(next) = readable(next.as_str()) else { return Verdict::Endless };
                only_for_good &= matches!(answer.status, 301 | 308);
                if only_for_good {
                    moved_to = Some(next.clone());
                }
                url = next;
            }
            status @ (404 | 410) => return Verdict::Gone { status },
            status @ 500..=599 => return Verdict::Failing { status },
            status => return Verdict::Closed { status },
        }
    }
    Verdict::Endless
}

/// An address of the web without a name and password, and without what a browser keeps to itself.
fn readable(url: &str) -> Option<Url> {
    let mut url = Url::parse(url).ok()?;
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.host_str().is_some_and(|host| !host.is_empty())
        && url.username().is_empty()
        && url.password().is_none();
    url.set_fragment(None);
    is_plain.then_some(url)
}

fn head_or_get(url: &Url, asker: &Asker, hosts: &Hosts, rules: &Rules) -> Result<Answer, Verdict> {
    let host = hosts.of(url);
    let mut host = host.lock().unwrap_or_else(PoisonError::into_inner);
    let head = host.ask(Method::Head, url, asker, rules);
    // Many servers do not know HEAD, and say so in many ways; only what GET brings counts.
    match head {
        Ok(answer) if answer.status < 400 => Ok(answer),
        Ok(_) | Err(Verdict::Broken) => host.ask(Method::Get, url, asker, rules),
        Err(verdict) => Err(verdict),
    }
}

impl Host {
    fn ask(&mut self, method: Method, url: &Url, asker: &Asker, rules: &Rules) -> Result<Answer, Verdict> {
        if self.is_busy {
            return Err(Verdict::Busy);
        }
        if std::mem::replace(&mut self.was_asked, true) {
            std::thread::sleep(rules.pause);
        }
        let answer = asker.ask(method, url)?;
        if answer.status != 429 {
            return Ok(answer);
        }
        let wait = answer.retry_after_s.map(Duration::from_secs).filter(|wait| *wait <= rules.longest_wait);
        let again = match wait {
            Some(wait) => {
                std::thread::sleep(wait);
                asker.ask(method, url)?
            }
            None => answer,
        };
        self.is_busy = again.status == 429;
        if self.is_busy { Err(Verdict::Busy) } else { Ok(again) }
    }
}
