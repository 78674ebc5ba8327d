//! The examples of the failures of an operation: the problems that the code itself makes, with the field
//! errors that the operation's own readers find.

use super::{
    Access, Operation, Resource, Route, operation::RequestBody, response_part::ResponseBody,
};
use crate::{
    authentication_failures,
    error::Problem,
    extract::{self, PathId, Payload},
    idempotency, limits, unknown_parameters, uploads,
};
use actions::{
    error::ActionError,
    job_commands,
    people::{EMAIL_TAKEN, external_identity::email_missing, registration_closed},
};
use axum::http::StatusCode;
use domain::{
    field_error::FieldError,
    people::Role,
    tickets::{Status, TicketRefusal, Transition},
};
use jobs::{State, operate::OperateError};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The known failures of that status with one of these codes.
pub(super) fn examples(route: &Route, status: u16, codes: &BTreeSet<&'static str>) -> Vec<Problem> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut known = known(route, status);
    known.retain(|problem| codes.contains(problem.code()));
    known
}

/// The known failures of that status, the most typical first.
fn known(route: &Route, status: StatusCode) -> Vec<Problem> {
    let operation = &route.operation;
    let is_file = matches!(operation.request_body, RequestBody::File(_));
    match status {
        StatusCode::BAD_REQUEST => unreadable(route),
        StatusCode::UNAUTHORIZED => vec![
            authentication_failures::token_required(),
            authentication_failures::invalid_token(),
            ActionError::Unauthenticated("invalid_credentials").into(),
            ActionError::Unauthenticated("invalid_refresh_token").into(),
        ],
        StatusCode::FORBIDDEN => forbidden(operation.access()),
        StatusCode::NOT_FOUND => {
            let what = route.resource().map_or("page", Resource::noun);
            vec![Problem::not_found(what)]
        }
        StatusCode::GONE => vec![Problem::events_gone()],
        StatusCode::CONFLICT => conflicts(),
        StatusCode::PRECONDITION_FAILED => vec![ActionError::Stale { present: 4 }.into()],
        StatusCode::PAYLOAD_TOO_LARGE if is_file => vec![uploads::too_large()],
        StatusCode::PAYLOAD_TOO_LARGE => vec![extract::refused(status)],
        StatusCode::UNSUPPORTED_MEDIA_TYPE if is_file => vec![uploads::form_needed()],
        StatusCode::UNSUPPORTED_MEDIA_TYPE => refused(Payload::of("", false)),
        StatusCode::UNPROCESSABLE_ENTITY => unfit(operation),
        StatusCode::TOO_MANY_REQUESTS => vec![limits::refusal(17)],
        StatusCode::SERVICE_UNAVAILABLE => vec![sqlx::Error::PoolTimedOut.into()],
        other => vec![Problem::of_status(other)],
    }
}

fn forbidden(who: Access) -> Vec<Problem> {
    vec![
        match who {
            Access::Roles(whom @ "customers") => {
                authentication_failures::role_not_allowed(whom, Role::Support)
            }
            Access::Roles(whom) => authentication_failures::role_not_allowed(whom, Role::Customer),
            Access::Anybody | Access::SignedIn => {
                authentication_failures::role_not_allowed("agents and admins", Role::Customer)
            }
        },
        registration_closed(Role::Support).into(),
        email_missing().into(),
    ]
}

fn conflicts() -> Vec<Problem> {
    let closed = TicketRefusal::Transition {
        present: Status::Closed,
        wanted: Transition::Escalate,
    };
    let discarded = OperateError::State {
        state: State::Done,
        wanted: "discarded",
    };
    vec![
        ActionError::from(closed).into(),
        ActionError::from(TicketRefusal::Answered).into(),
        job_commands::refused(discarded).into(),
        idempotency::in_progress(),
        ActionError::conflict("email_taken", EMAIL_TAKEN).into(),
    ]
}

/// The refusal of an object with an unknown field, of a form without its file, or of an unknown parameter.
fn unfit(operation: &Operation) -> Vec<Problem> {
    let unknown = Map::from_iter([("colour".to_owned(), json!("blue"))]);
    let errors = match operation.request_body {
        RequestBody::File(field) => vec![FieldError {
            field: field.to_owned(),
            code: "required",
            message: "is required".to_owned(),
        }],
        RequestBody::Object(_) if !matches!(operation.response_body, ResponseBody::Page) => {
            operation.errors_of_body(unknown)
        }
        RequestBody::Object(_) | RequestBody::Nothing => {
            unknown_parameters::example(&operation.parameters())
        }
    };
    vec![Problem::invalid(errors), idempotency::reused()]
}

/// The field errors of the first query parameter that does not take every text.
fn query_errors(operation: &Operation) -> Vec<FieldError> {
    let described = operation.query.as_ref();
    let parameters = described.and_then(|(schema, _)| schema.get("properties")?.as_object());
    let names = parameters.into_iter().flat_map(Map::keys);
    let mut errors =
        names.map(|name| operation.errors_of_query(vec![(name.clone(), "?".to_owned())]));
    errors.find(|errors| !errors.is_empty()).unwrap_or_default()
}

fn unreadable(route: &Route) -> Vec<Problem> {
    let operation = &route.operation;
    let errors = query_errors(operation);
    let mut problems = Vec::new();
    if !errors.is_empty() {
        problems.push(Problem::bad_query(errors));
    }
    if operation.reads_object().is_some() {
        problems.extend(refused(Payload::of("{\"message\": ", true)));
    }
    problems.extend(route.resource().and_then(unnamed));
    problems.push(extract::refused(StatusCode::BAD_REQUEST));
    problems.push(idempotency::invalid_key());
    problems
}

/// The refusal of a path whose parameter cannot name a resource of that kind.
fn unnamed(resource: Resource) -> Option<Problem> {
    let path = PathId::default();
    match resource {
        Resource::Queue => path.queue().err(),
        named => path.read(named.key(), |_| None::<Value>).err(),
    }
}

fn refused(payload: Payload) -> Vec<Problem> {
    payload.object().err().into_iter().collect()
}
