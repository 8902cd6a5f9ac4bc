//! Who is at the other end: the peer, or whom a trusted proxy names.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use ipnet::IpNet;

const FORWARDED: &str = "x-forwarded-for";

/// The networks whose `X-Forwarded-For` counts.
#[derive(Debug, Clone, Default)]
pub struct Proxies(Arc<[IpNet]>);

impl Proxies {
    /// These networks; none trusts nobody.
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self(networks.into())
    }

    /// Whether no proxy is trusted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The visitor's address. A trusted peer wrote the last entry of the header; what stands before it is what the
    /// visitor claims, and does not count. Nothing where nobody can say: then no two visitors are taken for one.
    pub(super) fn client(&self, peer: IpAddr, headers: &HeaderMap) -> Option<IpAddr> {
        let peer = peer.to_canonical();
        if self.0.iter().any(|network| network.contains(&peer)) {
            let last = headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
            let last = last.rsplit(',').next()?.trim();
            return last.parse::<IpAddr>().ok().map(|address| address.to_canonical());
        }
        // A proxy on this machine that was not named as trusted would make all visitors one.
        (!peer.is_loopback()).then_some(peer)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&'static str]) -> Option<String> {
        let proxies = Proxies::new(trusted.iter().map(|network| network.parse().unwrap()).collect());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(HeaderName::from_static(FORWARDED), HeaderValue::from_static(value));
        }
        proxies.client(peer.parse().unwrap(), &headers).map(|address| address.to_string())
    }

    #[test]
    fn only_the_last_hop_of_a_trusted_proxy_counts() {
        let trusted = ["127.0.0.1/32", "10.0.0.0/8"];
        assert_eq!(client(&trusted, "127.0.0.1", &["203.0.113.7"]).as_deref(), Some("203.0.113.7"));
        assert_eq!(
            client(&trusted, "10.1.2.3", &["192.0.2.1, 198.51.100.2,203.0.113.7"]).as_deref(),
            Some("203.0.113.7"),
            "what the visitor claims stands before"
        );
        assert_eq!(
            client(&trusted, "127.0.0.1", &["192.0.2.1", "2001:db8::7"]).as_deref(),
            Some("2001:db8::7"),
            "also when it came as a header of its own"
        );
        assert_eq!(
            client(&trusted, "::ffff:127.0.0.1", &["::ffff:203.0.113.7"]).as_deref(),
            Some("203.0.113.7")
        );
    }

    #[test]
    fn nobody_else_may_say_who_they_are() {
        assert_eq!(client(&[], "203.0.113.9", &["192.0.2.1"]).as_deref(), Some("203.0.113.9"));
        assert_eq!(client(&["10.0.0.0/8"], "203.0.113.9", &["192.0.2.1"]).as_deref(), Some("203.0.113.9"));
    }

    #[test]
    fn where_nobody_can_say_there_is_no_address() {
        assert_eq!(client(&[], "127.0.0.1", &["192.0.2.1"]), None);
        assert_eq!(client(&[], "::1", &[]), None);
        for wrong in ["", "unknown", "203.0.113.7, ", "_hidden", "203.0.113.7:80", "203.0.113"] {
            assert_eq!(client(&["127.0.0.1/32"], "127.0.0.1", &[wrong]), None, "{wrong}");
        }
        assert_eq!(client(&["127.0.0.1/32"], "127.0.0.1", &[]), None);
    }
}
