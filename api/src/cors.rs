//! The web pages that may call the API from a browser, and the headers that they may send and read. The API
//! uses no cookies, so that credentials are not allowed.

use crate::{
    idempotency::{IDEMPOTENCY_KEY, IDEMPOTENCY_REPLAYED},
    live::LAST_EVENT_ID,
};
use axum::http::{HeaderName, HeaderValue, Method, header};
use std::time::Duration;
use tower_http::cors::CorsLayer;

/// How long a browser may keep the result of a preflight request.
const MAX_AGE: Duration = Duration::from_hours(1);

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Whether pages of `origin` may call the API.
pub(crate) fn allows(origins: &[String], origin: &str) -> bool {
    origins.iter().any(|allowed| allowed == origin)
}

/// The layer for these origins; `None` where none is configured.
pub(crate) fn layer(origins: &[String]) -> Option<CorsLayer> {
    let origins: Vec<_> = origins
        .iter()
        .filter_map(|origin| HeaderValue::from_str(origin).ok())
        .collect();
    if origins.is_empty() {
        return None;
    }
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            IDEMPOTENCY_KEY,
            LAST_EVENT_ID,
            X_REQUEST_ID,
        ])
        .expose_headers([
            header::CONTENT_DISPOSITION,
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
            IDEMPOTENCY_REPLAYED,
            X_REQUEST_ID,
            HeaderName::from_static("ratelimit-limit"),
            HeaderName::from_static("ratelimit-remaining"),
            HeaderName::from_static("ratelimit-reset"),
        ])
        .max_age(MAX_AGE);
    Some(layer)
}
