//! `PUT /support/tickets/{id}/reopen`.

use crate::{
    auth::SignedIn,
    body::Body,
    error::Problem,
    extract::{IfMatch, PathId, Payload},
    openapi::{Moment, Operation, Who},
    respond::Answer,
    views::ticket::Ticket,
};
use axum::extract::State;
use serde_json::json;
use shared::{
    context::Context,
    tickets::{actions, input::NOTES},
};

/// Takes a ticket up again: `{reason}`.
///
/// # Errors
/// It is neither resolved nor closed, or was closed too long ago.
pub async fn reopen(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    id: PathId,
    version: IfMatch,
    payload: Payload,
) -> Result<Answer, Problem> {
    let target = super::target(&cx, &actor, &id, version).await?;
    let reason = payload.read(body)?;
    let mut work = super::begin(&cx, &actor).await?;
    let ticket = actions::reopen(&mut work, &target, reason).await?;
    super::done(work, &actor, ticket).await
}

fn body(body: &mut Body) -> Option<String> {
    body.required("reason", 1..=NOTES)
}

pub(crate) fn operation() -> Operation {
    Operation::new("reopenTicket", Who::SignedIn, "Take a resolved or closed ticket up again")
        .about("A requester may do so within 30 days (`REOPEN_WINDOW_DAYS`) of closing. It goes back to the agent who had it, \
            if that agent is available, on shift and has room, else to automatic assignment; a new resolution clock starts.")
        .body(body, json!({"reason": "Issue still not resolved"}))
        .versioned()
        .conflicts(&["illegal_transition", "reopen_window_over"])
        .answers::<Ticket>("ticket")
        .at(Moment::Reopened)
}
