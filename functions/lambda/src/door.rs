//! From an event to a request for the router: whose it is, and which address it asks for.
//!
//! | event | the connection came from | path |
//! |---|---|---|
//! | HTTP API and function URL (payload 2.0) | `requestContext.http.sourceIp` | `rawPath`; after `/<stage>` where a stage has a name |
//! | REST API (payload 1.0) | `requestContext.identity.sourceIp` | `path` |
//! | load balancer | the last of `X-Forwarded-For`, which the balancer wrote | `path` |
//!
//! Where servers of ours stand before that (CloudFront), the connection is theirs, and the visitor is as many places
//! before the end of `X-Forwarded-For`. What stands further to the left was written by the visitor and is never read.

use std::net::{IpAddr, SocketAddr};

use axum::body::Body;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use functions::ClientAddress;
use lambda_http::RequestExt as _;
use lambda_http::request::RequestContext;

/// Everything dynamic is below it.
const ROOT: &str = "/usluge/";

/// The request as the embedded server would see it.
pub fn request(event: lambda_http::Request, servers_before: usize) -> Request {
    let address = address(&event, servers_before);
    let uri = uri(&event);
    let mut request = event.map(Body::new);
    if let Some(address) = address {
        request.extensions_mut().insert(ClientAddress(address));
    }
    if let Some(uri) = uri {
        *request.uri_mut() = uri;
    }
    request
}

fn address(event: &lambda_http::Request, servers_before: usize) -> Option<IpAddr> {
    let connection = match event.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
        Some(RequestContext::ApiGatewayV1(context)) => context.identity.source_ip.as_deref(),
        _ => None,
    };
    if servers_before == 0
        && let Some(connection) = connection
    {
        return parsed(connection);
    }
    // A header that came several times is one list.
    let forwarded = event.headers().get_all("x-forwarded-for").into_iter();
    let forwarded: Vec<&str> =
        forwarded.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).collect();
    let place = forwarded.len().checked_sub(servers_before + 1)?;
    parsed(forwarded.get(place)?)
}

/// Load balancers may add the port.
fn parsed(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// The path without the stage before it, and the query; nothing where they are right already.
fn uri(event: &lambda_http::Request) -> Option<Uri> {
    let raw = event.raw_http_path();
    let path = if raw.starts_with(ROOT) {
        raw
    } else {
        // "/<stage>/usluge/…"
        let rest = raw.strip_prefix('/')?;
        rest.get(rest.find('/')?..).filter(|rest| rest.starts_with(ROOT))?
    };
    if path == event.uri().path() {
        return None;
    }
    let whole = match event.uri().query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = event.uri().clone().into_parts();
    parts.path_and_query = Some(whole.parse::<PathAndQuery>().ok()?);
    Uri::from_parts(parts).ok()
}
