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
    field_error::{Constraint, WordList},
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
    body.named("TicketStatusUpdate", "The new status of a ticket.");
    body.mean(&[
        ("status", "The new status."),
        (
            "notes",
            "Text for colleagues, which is added to the ticket as an internal note.",
        ),
    ]);
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
    let words = WordList::some_of::<Status>(
        "StatusToSet",
        "A status that can be set directly.",
        |word| {
            let status = word.parse::<Status>();
            status.is_ok_and(|status| status.own_operation().is_none())
        },
    );
    body.errors().ask("status", Constraint::Word(words));
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
