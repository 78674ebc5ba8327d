//! The error codes of an operation: those that follow from its access and from what it reads, and those that
//! it declares itself.

use super::{
    Access, Route, access::OptionalAuth, operation::RequestBody, response_part::ResponseBody,
};
use std::collections::{BTreeMap, BTreeSet};

/// The error codes by status.
pub type Codes = BTreeMap<u16, BTreeSet<&'static str>>;

/// The codes of every operation. Unknown query parameters are invalid fields.
const ALWAYS: &[(u16, &str)] = &[
    (422, "invalid_fields"),
    (429, "rate_limited"),
    (500, "internal_error"),
    (503, "unavailable"),
];
/// The codes of an access token. The first request of a person of the external issuer creates the account.
const TOKEN: &[(u16, &str)] = &[
    (401, "invalid_token"),
    (401, "token_expired"),
    (401, "token_revoked"),
    (403, "email_missing"),
    (409, "email_taken"),
];
const BODY: &[(u16, &str)] = &[
    (400, "body_not_received"),
    (400, "malformed_json"),
    (413, "body_too_large"),
    (415, "json_needed"),
    (422, "object_needed"),
];
const FORM: &[(u16, &str)] = &[
    (400, "body_not_received"),
    (400, "malformed_form"),
    (413, "body_too_large"),
    (415, "form_needed"),
    (429, "uploads_at_once"),
];
const KEY: &[(u16, &str)] = &[
    (400, "invalid_idempotency_key"),
    (409, "idempotency_in_progress"),
    (422, "idempotency_key_reused"),
];

/// The codes of requests that reach no route.
const OUTSIDE: &[&str] = &[
    "bad_request",
    "invalid_host",
    "method_not_allowed",
    "no_such_path",
];

/// The codes of all failures, in alphabetical order.
pub(super) fn all(routes: &[Route]) -> BTreeSet<&'static str> {
    let codes = routes.iter().flat_map(Route::failures);
    let codes = codes.flat_map(|(_, codes)| codes);
    codes.chain(OUTSIDE.iter().copied()).collect()
}

/// The codes of the failures of routes, by status.
pub(super) fn by_status(routes: &[Route]) -> Codes {
    let mut all = Codes::new();
    for (status, codes) in routes.iter().flat_map(Route::failures) {
        all.entry(status).or_default().extend(codes);
    }
    all
}

impl Route {
    /// The error codes of the route, by status.
    #[must_use]
    pub fn failures(&self) -> Codes {
        let operation = &self.operation;
        let mut codes = Codes::new();
        let mut add = |some: &[(u16, &'static str)]| {
            for (status, code) in some {
                codes.entry(*status).or_default().insert(*code);
            }
        };
        add(ALWAYS);
        match operation.access {
            Access::Anybody => {}
            Access::SignedIn => add(&[(401, "token_required")]),
            Access::Roles(_) => add(&[(401, "token_required"), (403, "role_not_allowed")]),
        }
        if operation.access != Access::Anybody || operation.optional_auth == OptionalAuth::Login {
            add(TOKEN);
        }
        for resource in self.resources {
            add(resource.failures());
        }
        match (&operation.request_body, &operation.response_body) {
            // Pages say what is wrong in their text.
            (RequestBody::Nothing, _) | (RequestBody::Object(_), ResponseBody::Page) => {}
            (RequestBody::Object(_), _) => add(BODY),
            (RequestBody::File(_), _) => add(FORM),
        }
        if operation.query.is_some() {
            add(&[(400, "invalid_query")]);
        }
        if operation.takes_version {
            add(&[(412, "version_moved_on")]);
        }
        if self.takes_key() {
            add(KEY);
        }
        add(&operation.own_codes);
        codes
    }
}
