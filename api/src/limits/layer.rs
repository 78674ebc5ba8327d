//! Lets calls through, or not: around all routes.

use super::{Limits, Rule, refusal};
use crate::{
    auth::{self, Bearer},
    client::ClientAddress,
    openapi::Routes,
    state::ApiState,
};
use actions::people::external_identity::ExternalPerson;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Where the API is.
const API: &str = "/api/v1/";

/// Lets a call through if it is within its limit, and tells how the caller stands.
pub(crate) async fn limit_rate(
    State((api, routes)): State<(ApiState, Routes)>,
    request: Request,
    next: Next,
) -> Response {
    let standing = match rule(&api.limits, &routes, &request) {
        Some(rule) => api.limits.take(rule, &who(rule, &api, &request)).await,
        None => None,
    };
    let Some(standing) = standing else {
        return next.run(request).await;
    };
    let mut response = if standing.allowed {
        next.run(request).await
    } else {
        refusal(standing.seconds()).into_response()
    };
    standing.tell(response.headers_mut());
    response
}

/// The limit that a call counts towards. What leads nowhere below the API counts as well.
fn rule(limits: &Limits, routes: &Routes, request: &Request) -> Option<Rule> {
    let rule = match routes.of(request) {
        Some(route) => route.limit?,
        None if request.uri().path().starts_with(API) => Rule::Caller,
        None => return None,
    };
    // Where credentials have no limit of their own, they have that of all calls.
    Some(if limits.limit(rule).is_some() {
        rule
    } else {
        Rule::Caller
    })
}

/// A person is known by the token alone here: whether the login is still good is looked up later.
/// Tokens that are no good count for the address, as do those of an outside issuer whose keys have
/// not been seen yet.
fn who(rule: Rule, api: &ApiState, request: &Request) -> String {
    let person = match rule {
        Rule::Caller => auth::bearer(request.headers(), api),
        Rule::Authentication => None,
    };
    match person {
        Some(Bearer::Ours(person)) => return person.to_string(),
        Some(Bearer::Outside(person)) => return outside(&person),
        None => {}
    }
    let http = &api.cx.config.http;
    ClientAddress::of(http, request.extensions(), request.headers())
        .group()
        .to_string()
}

/// The name that an issuer has for somebody may be long, and of any characters.
fn outside(person: &ExternalPerson) -> String {
    let name = Sha256::new()
        .chain_update(&person.issuer)
        .chain_update([0])
        .chain_update(&person.subject)
        .finalize();
    format!("outside:{}", URL_SAFE_NO_PAD.encode(name))
}
