//! The middleware that counts calls and refuses those over the limit.

use crate::{
    auth::{self, Bearer},
    client::ClientAddress,
    limits::{Limits, Rule, refusal},
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

/// The path below which calls are counted.
const API: &str = "/api/v1/";

/// Admits a call within its limit, else responds with 429. Adds the `RateLimit-*` headers to both.
pub(crate) async fn limit_rate(
    State((api, routes)): State<(ApiState, Routes)>,
    request: Request,
    next: Next,
) -> Response {
    let standing = match rule(&api.limits, &routes, &request) {
        Some(rule) => api.limits.take(rule, &caller(rule, &api, &request)).await,
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
    standing.write(response.headers_mut());
    response
}

/// The limit that a call counts towards. Unknown paths below the API count as well.
fn rule(limits: &Limits, routes: &Routes, request: &Request) -> Option<Rule> {
    let rule = match routes.of(request) {
        Some(route) => route.limit?,
        None if request.uri().path().starts_with(API) => Rule::Caller,
        None => return None,
    };
    // Calls with credentials count as all others where they have no limit of their own.
    Some(if limits.limit(rule).is_some() {
        rule
    } else {
        Rule::Caller
    })
}

/// The name under which a call is counted: the person of the token, else the address. The session is not
/// read here. Calls with an invalid token count for the address, and so do tokens of the external issuer
/// while the key that they name has not been fetched.
fn caller(rule: Rule, api: &ApiState, request: &Request) -> String {
    let person = match rule {
        Rule::Caller => auth::bearer(request.headers(), api),
        Rule::Authentication => None,
    };
    match person {
        Some(Bearer::Ours(person)) => return person.to_string(),
        Some(Bearer::External(person)) => return external(&person),
        None => {}
    }
    let http = &api.cx.config.http;
    ClientAddress::of(http, request.extensions(), request.headers())
        .group()
        .to_string()
}

/// A short name for a person of an issuer: a subject may be long, and of any characters.
fn external(person: &ExternalPerson) -> String {
    let name = Sha256::new()
        .chain_update(&person.issuer)
        .chain_update([0])
        .chain_update(&person.subject)
        .finalize();
    format!("outside:{}", URL_SAFE_NO_PAD.encode(name))
}
