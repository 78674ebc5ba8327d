//! `GET /metrics`: the metrics of this process and the figures of the system, for Prometheus.
//!
//! Metrics hold amounts, and no content and no people. Even so only operators may read them: with
//! `METRICS_TOKEN`, callers who send the token; without, callers who reach the port directly. Requests from
//! the public come through a proxy.

use crate::{
    auth,
    error::Problem,
    openapi::{Access, Operation},
};
use actions::standing::{self, Recent};
use axum::{
    extract::{ConnectInfo, State},
    http::{Extensions, HeaderMap, header},
    response::{IntoResponse, Response},
};
use platform::{config::Http, context::Context};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::{net::SocketAddr, sync::Arc};

/// Headers that proxies add to a request: those of RFC 7239, 9110 and 8586, and those of servers, clouds and
/// content delivery networks.
const PASSED_ON: [&str; 15] = [
    "cdn-loop",
    "client-ip",
    "forwarded",
    "forwarded-for",
    "proxy-client-ip",
    "true-client-ip",
    "via",
    "wl-proxy-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-nf-client-connection-ip",
    "x-real-ip",
    "x-real-port",
    "x-remote-ip",
    "x-scheme",
];
/// The prefixes of further such headers.
const PASSED_ON_BY: [&str; 14] = [
    "ali-cdn-",
    "cf-",
    "cloudfront-",
    "do-connecting-",
    "fastly-",
    "fly-",
    "x-amz",
    "x-appengine-",
    "x-azure-",
    "x-envoy-",
    "x-forwarded",
    "x-original-",
    "x-proxy",
    "x-vercel-",
];

/// The example in the document: the beginning and the end of the text.
const SAMPLE: &str =
    "# TYPE support_dead_jobs gauge\nsupport_dead_jobs{queue=\"email\"} 0\n# EOF\n";

/// Sends the metrics as text.
///
/// # Errors
/// 401 without the token, where one is configured; 404 through a proxy, where none is.
pub async fn metrics(
    State(cx): State<Context>,
    State(recent): State<Arc<Recent>>,
    headers: HeaderMap,
    extensions: Extensions,
) -> Result<Response, Problem> {
    match &cx.config.watching.token {
        Some(token) => admit(&headers, token.expose_secret())?,
        None if was_passed_on(&cx.config.http, &headers, &extensions) => {
            return Err(Problem::not_found("page"));
        }
        None => {}
    }
    let text = standing::scrape(&cx, &recent, env!("CARGO_PKG_VERSION"))
        .await
        .map_err(Problem::unexpected)?;
    let headers = [
        (header::CONTENT_TYPE, standing::CONTENT_TYPE),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// Compares hashes, so that the time of the comparison reveals nothing of the token.
///
/// # Errors
/// 401 without the token.
fn admit(headers: &HeaderMap, token: &str) -> Result<(), Problem> {
    match auth::token(headers)? {
        Some(sent) if Sha256::digest(sent) == Sha256::digest(token) => Ok(()),
        Some(_) => Err(Problem::unauthenticated(
            "invalid_token",
            "The token is not the metrics token of this system.",
            "Bearer error=\"invalid_token\"",
        )),
        None => Err(Problem::unauthenticated(
            "token_required",
            "Send the metrics token of this system: `Authorization: Bearer <token>`.",
            "Bearer",
        )),
    }
}

fn was_passed_on(http: &Http, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let by_header = headers.keys().any(|name| is_of_a_proxy(name.as_str()));
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    by_header || peer.is_some_and(|peer| http.trusts(peer.0.ip().to_canonical()))
}

/// Whether a header, in lower case, is added by proxies.
fn is_of_a_proxy(name: &str) -> bool {
    PASSED_ON.contains(&name) || PASSED_ON_BY.iter().any(|part| name.starts_with(part))
}

pub(crate) fn operation() -> Operation {
    Operation::new("getMetrics", Access::Anybody, "Show the metrics")
        .description(
            "The metrics in the OpenMetrics text format, for Prometheus. If the operators have set `METRICS_TOKEN`, it is \
             required. If they have not, requests that come through a proxy get 404.",
        )
        .answers_text(standing::CONTENT_TYPE, SAMPLE)
        .needs_metrics_token()
        .hides(&["not_found"])
}
