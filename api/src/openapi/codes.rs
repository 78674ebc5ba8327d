//! With which words an operation may fail: those that follow from what it reads and who may call
//! it, and those that it names itself.

use super::{Access, Route, operation::Reads, part::Answers, who::OptionalAuth};
use std::collections::{BTreeMap, BTreeSet};

/// The words of each status.
pub type Codes = BTreeMap<u16, BTreeSet<&'static str>>;

/// What any operation may answer. Parameters that it does not have are invalid.
const ALWAYS: &[(u16, &str)] = &[
    (422, "invalid_fields"),
    (429, "rate_limited"),
    (500, "internal_error"),
    (503, "unavailable"),
];
/// What goes with a token. The first request of an outside issuer's people makes their account.
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

impl Route {
    /// The failures it may answer with: the codes of each status.
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
        match operation.who {
            Access::Anybody => {}
            Access::SignedIn => add(&[(401, "token_required")]),
            Access::Roles(_) => add(&[(401, "token_required"), (403, "role_not_allowed")]),
        }
        if operation.who != Access::Anybody || operation.minds == OptionalAuth::Login {
            add(TOKEN);
        }
        for resource in self.resources {
            add(resource.failures());
        }
        match (&operation.reads, &operation.answers) {
            // Pages say what is wrong in words.
            (Reads::Nothing, _) | (Reads::Object(_), Answers::Page(_)) => {}
            (Reads::Object(_), _) => add(BODY),
            (Reads::File(_), _) => add(FORM),
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
