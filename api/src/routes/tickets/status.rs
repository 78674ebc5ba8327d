//! `PUT /support/tickets/{id}/status`.

use crate::{
    auth::Staff,
    body::Body,
    error::{Problem, endpoint},
    extract::{IfMatch, PathId, Payload},
    openapi::{Operation, Who},
    respond::Answer,
    views::ticket::Ticket,
};
use axum::extract::State;
use serde_json::json;
use shared::{
    context::Context,
    fault::Asks,
    tickets::{Status, actions, input::NOTES},
};

/// Sets the status: `{status, notes?}`; notes become an internal note.
///
/// # Errors
/// The table of moves does not have it; the status has an endpoint of its own.
pub async fn status(
    Staff(actor): Staff,
    State(cx): State<Context>,
    id: PathId,
    version: IfMatch,
    payload: Payload,
) -> Result<Answer, Problem> {
    let target = super::target(&cx, &actor, &id, version).await?;
    let (status, notes) = payload.read(body)?;
    let mut work = super::begin(&cx, &actor).await?;
    let ticket = actions::set_status(&mut work, &target, status, notes).await?;
    super::done(work, &actor, ticket).await
}

fn body(body: &mut Body) -> Option<(Status, Option<String>)> {
    let status =
        body.required_word::<Status>("status")
            .filter(|status| match status.own_operation() {
                Some(operation) => {
                    let hint = format!("is set by {}", endpoint(operation));
                    body.faults().add("status", "own_endpoint", hint);
                    false
                }
                None => true,
            });
    let words = Status::ALL
        .iter()
        .filter(|status| status.own_operation().is_none());
    let words = words.map(|status| status.as_str()).collect();
    body.faults().ask("status", Asks::Word(words));
    let notes = body.optional("notes", 1..=NOTES);
    Some((status?, notes))
}

pub(crate) fn operation() -> Operation {
    Operation::new("setTicketStatus", Who::Roles("agents and admins"), "Set the status of a ticket")
        .about("`open` hands the ticket back to the queue. `assigned`, `escalated` and `reopened` belong to their own endpoints. \
            The present status again changes nothing. `notes` become an internal note.")
        .body(body, json!({"status": "in_progress", "notes": "Started working on the issue"}))
        .versioned()
        .forbids(&["mentioned_only"])
        .conflicts(&["illegal_transition"])
        .answers::<Ticket>("ticket")
}
