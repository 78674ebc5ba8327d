//! The failures that an operation may answer with, as examples: the very problems that the code
//! answers with, and the faults that the operation's own readers find.

use super::{Operation, Who};
use crate::{
    auth,
    error::Problem,
    extract::{self, Payload},
    idempotency, limits,
};
use axum::http::StatusCode;
use shared::{
    error::ActionError,
    people::{Role, actions::EMAIL_TAKEN},
    tickets::{Refused, Status, actions},
};

/// A failure of that status.
pub(super) fn example(operation: &Operation, path: &str, status: StatusCode) -> Problem {
    let (what, id) = if path.contains("/users/") {
        ("user", "the id of a person")
    } else {
        ("ticket", "the id or the number of a ticket")
    };
    match status {
        StatusCode::BAD_REQUEST => unreadable(operation, id),
        StatusCode::UNAUTHORIZED if operation.who == Who::Anybody => {
            ActionError::Unauthenticated("invalid_credentials").into()
        }
        StatusCode::UNAUTHORIZED => auth::token_required(),
        StatusCode::FORBIDDEN => match operation.who {
            Who::Roles(whom @ "customers") => auth::role_not_allowed(whom, Role::Support),
            Who::Roles(whom) => auth::role_not_allowed(whom, Role::Customer),
            Who::Anybody | Who::SignedIn => {
                auth::role_not_allowed("agents and admins", Role::Customer)
            }
        },
        StatusCode::NOT_FOUND => Problem::not_found(what),
        StatusCode::CONFLICT if operation.takes_version => {
            let present = Status::Closed;
            actions::refused(Refused { present }, "escalated").into()
        }
        StatusCode::CONFLICT if operation.once => idempotency::in_progress(),
        StatusCode::CONFLICT => ActionError::conflict("email_taken", EMAIL_TAKEN).into(),
        StatusCode::PRECONDITION_FAILED => ActionError::Stale { present: 4 }.into(),
        StatusCode::PAYLOAD_TOO_LARGE => extract::refused(status),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => refused(Payload::of("", false)),
        StatusCode::UNPROCESSABLE_ENTITY => Problem::invalid(operation.body_faults.clone()),
        StatusCode::TOO_MANY_REQUESTS => limits::refusal(17),
        StatusCode::SERVICE_UNAVAILABLE => sqlx::Error::PoolTimedOut.into(),
        other => Problem::of_status(other),
    }
}

fn unreadable(operation: &Operation, id: &str) -> Problem {
    if !operation.query_faults.is_empty() {
        Problem::bad_query(operation.query_faults.clone())
    } else if operation.body.is_some() {
        refused(Payload::of("{\"message\": ", true))
    } else {
        extract::invalid_id(id)
    }
}

fn refused(payload: Payload) -> Problem {
    payload.object().map_or_else(
        |problem| problem,
        |_| Problem::of_status(StatusCode::BAD_REQUEST),
    )
}
