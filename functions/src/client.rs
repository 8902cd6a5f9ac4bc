//! Who is at the other end of a request.

use std::net::IpAddr;

/// The visitor's network address, for limits only: a request's extension, set by what took the connection. Absent
/// where nobody can say. It is never stored or logged in the clear.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl std::fmt::Debug for ClientAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ClientAddress(…)")
    }
}
