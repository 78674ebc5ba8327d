//! `GET /metrics`: what this process counted and how the system stands, for Prometheus.
//!
//! It tells how much there is to do, and nothing of what or for whom. Even so it is for those who run
//! the system: with `METRICS_TOKEN`, for whoever sends it; without, for whoever reaches this port
//! without a proxy in between, which is what strangers come through.

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

/// What proxies add to a request that they pass on: RFC 7239, 9110 and 8586, and what servers, clouds and
/// delivery networks call it.
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
/// What the names of the others begin with.
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

/// The beginning of what it tells, and the end.
const SAMPLE: &str =
    "# TYPE support_dead_jobs gauge\nsupport_dead_jobs{queue=\"email\"} 0\n# EOF\n";

/// The text.
///
/// # Errors
/// 401 without the token, if there has to be one; 404 to whoever comes through a proxy, if not.
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

/// Hashes are compared: how long that takes tells nothing of the token.
fn admit(headers: &HeaderMap, token: &str) -> Result<(), Problem> {
    match auth::token(headers)? {
        Some(sent) if Sha256::digest(sent) == Sha256::digest(token) => Ok(()),
        Some(_) => Err(Problem::unauthenticated(
            "invalid_token",
            "The token is not the one that whoever runs the system has set for this.",
            "Bearer error=\"invalid_token\"",
        )),
        None => Err(Problem::unauthenticated(
            "token_required",
            "Send the token that whoever runs the system has set for this.",
            "Bearer",
        )),
    }
}

fn was_passed_on(http: &Http, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let by_header = headers.keys().any(|name| is_of_a_proxy(name.as_str()));
    let peer = extensions.get::<ConnectInfo<SocketAddr>>();
    by_header || peer.is_some_and(|peer| http.trusts(peer.0.ip().to_canonical()))
}

/// Whether a header, in small letters, says that a request was passed on.
fn is_of_a_proxy(name: &str) -> bool {
    PASSED_ON.contains(&name) || PASSED_ON_BY.iter().any(|part| name.starts_with(part))
}

pub(crate) fn operation() -> Operation {
    Operation::new("getMetrics", Access::Anybody, "Show what is measured")
        .about(
            "The text form of OpenMetrics, for Prometheus. Whoever runs the system may ask for a token; without \
             one, requests that came through a proxy find nothing here.",
        )
        .answers_text(standing::CONTENT_TYPE, SAMPLE)
        .for_whoever_measures()
        .hides(&["not_found"])
}
