//! `PUT /support/tickets/{id}/priority`: sets the priority.

use super::TicketWrite;
use crate::{
    auth::Staff,
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use domain::{reader::ObjectReader, tickets::Priority};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Sets the priority: `{priority}`. The new targets count from the original start.
///
/// # Errors
/// 400, 401, 403 for anybody but staff, 404, 409 for a resolved or closed ticket, 412, 422.
pub async fn priority(
    Staff(actor): Staff,
    State(cx): State<Context>,
    put: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read(body);
    put.change(&cx, actor, read, |work, target, priority| {
        actions::tickets::set_priority(work, target, priority).boxed()
    })
    .await
}

fn body(body: &mut ObjectReader) -> Option<Priority> {
    body.named("TicketPriorityUpdate", "The new priority of a ticket.");
    body.mean(&[("priority", "The new priority.")]);
    body.required_word("priority")
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "setTicketPriority",
        Access::Roles("agents and admins"),
        "Set the priority of a ticket",
    )
    .description(
            "The deadlines are computed again from the original start of the clocks. Past breaches stay in the history.",
        )
    .body(body, json!({"priority": "urgent"}))
    .versioned()
    .forbids(&["mentioned_only"])
    .conflicts(&["illegal_transition"])
    .answers_ticket::<Ticket>()
}
