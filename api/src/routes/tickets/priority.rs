//! `PUT /support/tickets/{id}/priority`.

use crate::{
    auth::Staff,
    body::Body,
    error::Problem,
    extract::{IfMatch, PathId, Payload},
    openapi::{Operation, Who},
    respond::Answer,
    views::ticket::Ticket,
};
use axum::extract::State;
use serde_json::json;
use shared::{
    context::Context,
    tickets::{Priority, actions},
};

/// Sets the priority: `{priority}`; targets follow from the original start.
///
/// # Errors
/// The ticket is over.
pub async fn priority(
    Staff(actor): Staff,
    State(cx): State<Context>,
    id: PathId,
    version: IfMatch,
    payload: Payload,
) -> Result<Answer, Problem> {
    let target = super::target(&cx, &actor, &id, version).await?;
    let priority = payload.read(body)?;
    let mut work = super::begin(&cx, &actor).await?;
    let ticket = actions::set_priority(&mut work, &target, priority).await?;
    super::done(work, &actor, ticket).await
}

fn body(body: &mut Body) -> Option<Priority> {
    body.required_word("priority")
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "setTicketPriority",
        Who::Roles("agents and admins"),
        "Set the priority of a ticket",
    )
    .about("The targets follow anew from the original start; what has happened is not rewritten.")
    .body(body, json!({"priority": "urgent"}))
    .versioned()
    .forbids(&["mentioned_only"])
    .conflicts(&["illegal_transition"])
    .answers::<Ticket>("ticket")
}
