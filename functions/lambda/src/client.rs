//! Whose request it is, as API Gateway saw the connection.

use axum::Router;
use axum::extract::Request;
use axum::middleware::map_request;
use functions::{ClientAddress, Service};
use lambda_http::request::RequestContext;

/// The router of one form, told who asks.
pub fn router(service: Service, form: &'static str) -> Router {
    functions::router_of(service, form).layer(map_request(async |request: Request| with_client(request)))
}

fn with_client(mut request: Request) -> Request {
    let address = match request.extensions().get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
        _ => None,
    };
    if let Some(address) = address.and_then(|address| address.parse().ok()) {
        request.extensions_mut().insert(ClientAddress(address));
    }
    request
}
