//! `PUT /support/tickets/{id}/status`.

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
    let status = body.required_word::<Status>("status").and_then(|status| {
        let settable = actions::settable(status);
        settable
            .map_err(|hint| body.faults().add("status", "own_endpoint", hint))
            .ok()
    });
    let words = Status::ALL
        .iter()
        .filter(|status| actions::settable(**status).is_ok());
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
