//! `PUT /support/tickets/{id}/status`: sets the status.

use super::TicketWrite;
use crate::{
    auth::Staff,
    error::{Problem, endpoint},
    extract::Payload,
    openapi::{Access, Operation},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use domain::{
    field_error::Constraint,
    reader::ObjectReader,
    tickets::{NOTES, Status},
};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Sets the status: `{status, notes?}`; `notes` become an internal note.
///
/// # Errors
/// 400, 401, 403 for anybody but staff, 404, 409 for a transition that is not permitted, 412, 422, also for a status that has an
/// endpoint of its own.
pub async fn status(
    Staff(actor): Staff,
    State(cx): State<Context>,
    put: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read(body);
    put.change(&cx, actor, read, |work, target, (status, notes)| {
        actions::tickets::set_status(work, target, status, notes).boxed()
    })
    .await
}

fn body(body: &mut ObjectReader) -> Option<(Status, Option<String>)> {
    let status =
        body.required_word::<Status>("status")
            .filter(|status| match status.own_operation() {
                Some(operation) => {
                    let hint = format!("is set by {}", endpoint(operation));
                    body.errors().add("status", "own_endpoint", hint);
                    false
                }
                None => true,
            });
    let words = Status::ALL
        .iter()
        .filter(|status| status.own_operation().is_none());
    let words = Constraint::word(words.map(|status| status.as_str()));
    body.errors().ask("status", words);
    let notes = body.optional("notes", 1..=NOTES);
    Some((status?, notes))
}

pub(crate) fn operation() -> Operation {
    Operation::new("setTicketStatus", Access::Roles("agents and admins"), "Set the status of a ticket")
        .description(
            "`open` returns the ticket to the queue. `assigned`, `escalated` and `reopened` have their own endpoints. Setting \
             the present status again changes nothing. `notes` become an internal note.",
        )
        .body(body, json!({"status": "in_progress", "notes": "Started working on the issue"}))
        .versioned()
        .forbids(&["mentioned_only"])
        .conflicts(&["illegal_transition"])
        .answers_ticket::<Ticket>()
}
