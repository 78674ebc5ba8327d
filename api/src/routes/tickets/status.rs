//! `PUT /support/tickets/{id}/status`.

use super::TicketWrite;
use crate::{
    auth::Staff,
    body::Body,
    error::Problem,
    extract::Payload,
    openapi::{Operation, Who},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
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
    put: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read(body);
    put.change(&cx, actor, read, |work, target, (status, notes)| {
        actions::set_status(work, target, status, notes).boxed()
    })
    .await
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
        .conflicts(&["illegal_transition"])
        .answers::<Ticket>("ticket")
}
