//! Whose network a request comes from: a prefix of the address, as a keyed hash with the day as salt.

use std::net::IpAddr;

use axum::http::Extensions;
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use sealing::HashKey;
use store::{KeyedHash, utc_day};

use crate::ClientAddress;

/// The network of a client: 24 bits of an IPv4 address, 56 of an IPv6 one (what a household or a hall gets).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network([u8; 8]);

impl Network {
    /// The network of a request. Nothing where the host names none or the client is this machine: then nobody can
    /// be told apart, and a limit would shut out everybody at once.
    pub fn of(extensions: &Extensions) -> Option<Self> {
        let ClientAddress(address) = extensions.get()?;
        let address = address.to_canonical();
        if address.is_loopback() || address.is_unspecified() {
            return None;
        }
        let mut prefix = [0; 8];
        match address {
            IpAddr::V4(address) => {
                let [a, b, c, _] = address.octets();
                prefix[..4].copy_from_slice(&[4, a, b, c]);
            }
            IpAddr::V6(address) => {
                prefix[0] = 6;
                prefix[1..].copy_from_slice(&address.octets()[..7]);
            }
        }
        Some(Self(prefix))
    }

    /// Under which the network is counted today; from tomorrow on nobody can tell that it is the same.
    pub fn bucket(&self, hashing: &HashKey, purpose: &str, now: Timestamp) -> KeyedHash {
        let day = utc_day(now).to_string();
        let hash = hashing.mac("network v1", &[purpose.as_bytes(), day.as_bytes(), &self.0]);
        KeyedHash { key_id: hashing.id().to_owned(), hash: HEXLOWER.encode(&hash) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(address: &str) -> Option<Network> {
        let mut extensions = Extensions::new();
        extensions.insert(ClientAddress(address.parse().unwrap()));
        Network::of(&extensions)
    }

    fn bucket(address: &str, now: &str) -> String {
        network(address).unwrap().bucket(&HashKey::new([7; 32]), "posts", now.parse().unwrap()).hash
    }

    #[test]
    fn neighbours_share_a_network_and_others_do_not() {
        let today = "2026-11-23T10:00:00Z";
        let same = [
            ("203.0.113.7", "203.0.113.250"),
            ("2001:db8:1:20a::1", "2001:db8:1:2ff::9"),
            ("203.0.113.7", "::ffff:203.0.113.9"),
        ];
        for (one, other) in same {
            assert_eq!(bucket(one, today), bucket(other, today), "{one} {other}");
        }
        let different = [("203.0.113.7", "203.0.114.7"), ("2001:db8:1:200::1", "2001:db8:1:300::1")];
        for (one, other) in different {
            assert_ne!(bucket(one, today), bucket(other, today), "{one} {other}");
        }
    }

    #[test]
    fn nobody_is_recognised_on_another_day() {
        let today = bucket("203.0.113.7", "2026-11-23T00:00:00Z");
        assert_eq!(today, bucket("203.0.113.7", "2026-11-23T23:59:59Z"));
        assert_ne!(today, bucket("203.0.113.7", "2026-11-24T00:00:00Z"));
    }

    #[test]
    fn this_machine_is_no_network() {
        for address in ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"] {
            assert!(network(address).is_none(), "{address}");
        }
        assert!(Network::of(&Extensions::new()).is_none());
    }
}
