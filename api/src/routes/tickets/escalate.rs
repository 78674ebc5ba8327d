//! `PUT /support/tickets/{id}/escalate`.

use crate::{
    auth::Staff,
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
    tickets::{
        actions::{self, EscalateTo},
        input::NOTES,
    },
};

/// Lifts a ticket by a level: `{reason, escalatedTo?}`.
///
/// # Errors
/// Nobody active is named; the ticket is over.
pub async fn escalate(
    Staff(actor): Staff,
    State(cx): State<Context>,
    id: PathId,
    version: IfMatch,
    payload: Payload,
) -> Result<Answer, Problem> {
    let target = super::target(&cx, &actor, &id, version).await?;
    let (to, reason) = payload.read(body)?;
    let mut work = super::begin(&cx, &actor).await?;
    let ticket = actions::escalate(&mut work, &target, to, reason).await?;
    super::done(work, &actor, ticket).await
}

fn body(body: &mut Body) -> Option<(EscalateTo, String)> {
    let to = body
        .id("escalatedTo")
        .map_or(EscalateTo::NextLevel, EscalateTo::Person);
    let reason = body.required("reason", 1..=NOTES);
    Some((to, reason?))
}

pub(crate) fn operation() -> Operation {
    Operation::new("escalateTicket", Who::Roles("agents and admins"), "Lift a ticket to a higher level")
        .about("To the agent or admin that `escalatedTo` names, else to the least loaded agent of the department's next level with \
            room; when there is none it waits, escalated and unassigned, and the admins are told.")
        .body(body, json!({"reason": "Requires technical team investigation"}))
        .versioned()
        .forbids(&["mentioned_only"])
        .conflicts(&["illegal_transition"])
        .answers::<Ticket>("ticket")
        .at(Moment::Escalated)
}
