//! The compression of large responses: `gzip` or `br`, as `Accept-Encoding` prefers.
//!
//! Compression can leak a secret if somebody else chooses a part of the same response and sees its length (BREACH). For
//! that an attacker has to make the victim's browser send requests with the victim's credentials. This API has no
//! cookies: browsers add no credentials by themselves. Even so, the responses that hold tokens are never compressed, nor
//! are the pages of mailed links.
//!
//! A response with an `ETag` stays as it is, too: the tag is the version of a ticket for `If-Match`, and a compressed
//! response would need another strong tag (RFC 9110, section 8.8.3).

use crate::openapi::{Repeats, Routes};
use axum::{
    extract::{Request, State},
    http::{Extensions, HeaderMap, Method, StatusCode, Version, header},
    middleware::Next,
    response::Response,
};
use tower_http::compression::{
    CompressionLayer,
    predicate::{And, Predicate, SizeAbove},
};

/// Responses up to so many bytes fit into a few packets: they are sent as they are.
const SMALL: u64 = 4 * 1024;

/// Marks a response that is never compressed.
#[derive(Debug, Clone, Copy)]
struct Sensitive;

type Rule = fn(StatusCode, Version, &HeaderMap, &Extensions) -> bool;

/// The layer that compresses. [`mark_sensitive`] has to be inside of it.
pub(crate) fn layer() -> CompressionLayer<And<SizeAbove, Rule>> {
    let rule: Rule = is_compressible;
    CompressionLayer::new()
        .gzip(true)
        .br(true)
        .compress_when(SizeAbove::new(SMALL).and(rule))
}

/// Ignores an `Accept-Encoding` that allows neither of our codings. The layer would turn the response of such a request
/// into 406 if it forbids uncompressed responses, also that of a write that has been done.
pub(crate) async fn ignore_unknown_codings(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    let mut accepted = headers.get_all(header::ACCEPT_ENCODING).iter();
    let is_ours = accepted.any(|value| value.to_str().is_ok_and(allows_ours));
    if !is_ours {
        headers.remove(header::ACCEPT_ENCODING);
    }
    next.run(request).await
}

fn allows_ours(accepted: &str) -> bool {
    accepted.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.trim().trim_start_matches("q=").parse::<f32>();
        let is_allowed = weight.unwrap_or(1.0) > 0.0;
        let name = name.trim().to_ascii_lowercase();
        is_allowed && ["gzip", "x-gzip", "br", "*"].contains(&name.as_str())
    })
}

/// Marks the responses of routes that respond with secrets: writes whose response is not kept for repeats, and the
/// pages of mailed links.
pub(crate) async fn mark_sensitive(
    State(routes): State<Routes>,
    request: Request,
    next: Next,
) -> Response {
    let is_sensitive = routes.of(&request).is_some_and(|route| {
        let holds_tokens = route.method != Method::GET && route.repeats == Repeats::DoneAgain;
        let is_mailed_link = route.operation.is_page() && route.resource().is_some();
        holds_tokens || is_mailed_link
    });
    let mut response = next.run(request).await;
    if is_sensitive {
        response.extensions_mut().insert(Sensitive);
    }
    response
}

fn is_compressible(
    _: StatusCode,
    _: Version,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> bool {
    let content = headers.get(header::CONTENT_TYPE);
    let content = content.and_then(|content| content.to_str().ok());
    let is_text = content.is_some_and(|content| {
        ["application/json", "text/html"]
            .iter()
            .any(|text| content.starts_with(text))
    });
    let is_file = headers.contains_key(header::CONTENT_DISPOSITION);
    let is_versioned = headers.contains_key(header::ETAG);
    is_text && !is_file && !is_versioned && extensions.get::<Sensitive>().is_none()
}
