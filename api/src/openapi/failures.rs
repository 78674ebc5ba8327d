//! The failures that an operation may answer with, as examples: the very problems that the code
//! answers with, and the faults that the operation's own readers find.

use super::{Operation, Who};
use crate::{
    auth,
    error::Problem,
    extract::{self, PathId, Payload},
    idempotency, limits, unknown_parameters, uploads,
};
use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use shared::{
    error::ActionError,
    fault::Fault,
    jobs::{State, operate},
    people::{
        Role,
        actions::{EMAIL_TAKEN, registration_closed},
        outside::email_missing,
    },
    tickets::{Refused, Status, actions},
};
use std::collections::BTreeSet;

/// The failures of that status with one of these codes that are known here: the one to show, and the
/// others.
pub(super) fn examples(
    operation: &Operation,
    path: &str,
    status: u16,
    codes: &BTreeSet<&'static str>,
) -> (Problem, Vec<Problem>) {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let known = known(operation, path, status).into_iter();
    let mut fitting = known.filter(|problem| codes.contains(problem.code()));
    let shown = fitting.next().unwrap_or_else(|| Problem::of_status(status));
    (shown, fitting.collect())
}

/// The failures of that status of which there is an example, the most telling first.
fn known(operation: &Operation, path: &str, status: StatusCode) -> Vec<Problem> {
    let (what, id) = match path {
        path if path.contains("/users/") => ("user", "the id of a person"),
        path if path.contains("/jobs/") => ("job", "the number of a job"),
        path if path.contains("/attachments/") => ("attachment", "the id of an attachment"),
        _ => ("ticket", "the id or the number of a ticket"),
    };
    match status {
        StatusCode::BAD_REQUEST => unreadable(operation, id),
        StatusCode::UNAUTHORIZED => vec![
            auth::token_required(),
            auth::invalid_token(),
            ActionError::Unauthenticated("invalid_credentials").into(),
            ActionError::Unauthenticated("invalid_refresh_token").into(),
        ],
        StatusCode::FORBIDDEN => forbidden(operation.who()),
        StatusCode::NOT_FOUND => vec![Problem::not_found(what)],
        StatusCode::CONFLICT => conflicts(),
        StatusCode::PRECONDITION_FAILED => vec![ActionError::Stale { present: 4 }.into()],
        StatusCode::PAYLOAD_TOO_LARGE if operation.upload.is_some() => vec![uploads::too_large()],
        StatusCode::PAYLOAD_TOO_LARGE => vec![extract::refused(status)],
        StatusCode::UNSUPPORTED_MEDIA_TYPE if operation.upload.is_some() => {
            vec![uploads::form_needed()]
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => refused(Payload::of("", false)),
        StatusCode::UNPROCESSABLE_ENTITY => unfit(operation),
        StatusCode::TOO_MANY_REQUESTS => vec![limits::refusal(17)],
        StatusCode::SERVICE_UNAVAILABLE => vec![sqlx::Error::PoolTimedOut.into()],
        other => vec![Problem::of_status(other)],
    }
}

fn forbidden(who: Who) -> Vec<Problem> {
    vec![
        match who {
            Who::Roles(whom @ "customers") => auth::role_not_allowed(whom, Role::Support),
            Who::Roles(whom) => auth::role_not_allowed(whom, Role::Customer),
            Who::Anybody | Who::SignedIn => {
                auth::role_not_allowed("agents and admins", Role::Customer)
            }
        },
        registration_closed(Role::Support).into(),
        email_missing().into(),
    ]
}

fn conflicts() -> Vec<Problem> {
    let present = Status::Closed;
    vec![
        actions::refused(Refused { present }, "escalated").into(),
        operate::refused(State::Done, "discarded").into(),
        idempotency::in_progress(),
        ActionError::conflict("email_taken", EMAIL_TAKEN).into(),
    ]
}

/// What the operation says of an object with a field that nobody knows, of a file that is none, or of a
/// parameter that it does not have.
fn unfit(operation: &Operation) -> Vec<Problem> {
    let unknown = Map::from_iter([("colour".to_owned(), json!("blue"))]);
    let faults = match operation.upload {
        Some(field) => vec![Fault {
            field: field.to_owned(),
            code: "required",
            message: "is required".to_owned(),
        }],
        None if operation.body.is_some() && !operation.pages => operation.faults_of_body(unknown),
        None => unknown_parameters::example(&operation.parameters()),
    };
    vec![Problem::invalid(faults), idempotency::reused()]
}

/// What it says of the first of its parameters that cannot be just any text.
fn query_faults(operation: &Operation) -> Vec<Fault> {
    let described = operation.query.as_ref();
    let parameters = described.and_then(|(schema, _)| schema.get("properties")?.as_object());
    let names = parameters.into_iter().flat_map(Map::keys);
    let mut faults =
        names.map(|name| operation.faults_of_query(vec![(name.clone(), "?".to_owned())]));
    faults.find(|faults| !faults.is_empty()).unwrap_or_default()
}

fn unreadable(operation: &Operation, id: &str) -> Vec<Problem> {
    let faults = query_faults(operation);
    let mut problems = Vec::new();
    if !faults.is_empty() {
        problems.push(Problem::bad_query(faults));
    }
    if operation.body.is_some() {
        problems.extend(refused(Payload::of("{\"message\": ", true)));
    }
    problems.extend(PathId::default().read(id, |_| None::<Value>).err());
    problems.push(extract::refused(StatusCode::BAD_REQUEST));
    problems.push(idempotency::invalid_key());
    problems
}

fn refused(payload: Payload) -> Vec<Problem> {
    payload.object().err().into_iter().collect()
}
