//! `PUT /support/tickets/{id}/escalate`.

use super::TicketWrite;
use crate::{
    auth::Staff,
    error::Problem,
    extract::Payload,
    openapi::{Access, ExampleStage, Operation},
    views::ticket::Ticket,
};
use actions::tickets::EscalateTo;
use axum::{extract::State, response::Response};
use domain::{reader::ObjectReader, tickets::input::NOTES};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Lifts a ticket by a level: `{reason, escalatedTo?}`.
///
/// # Errors
/// Nobody active is named; the ticket is over.
pub async fn escalate(
    Staff(actor): Staff,
    State(cx): State<Context>,
    put: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read(body);
    put.change(&cx, actor, read, |work, target, (to, reason)| {
        actions::tickets::escalate(work, target, to, reason).boxed()
    })
    .await
}

fn body(body: &mut ObjectReader) -> Option<(EscalateTo, String)> {
    let to = body
        .id("escalatedTo")
        .map_or(EscalateTo::NextLevel, EscalateTo::Person);
    let reason = body.required("reason", 1..=NOTES);
    Some((to, reason?))
}

pub(crate) fn operation() -> Operation {
    Operation::new("escalateTicket", Access::Roles("agents and admins"), "Lift a ticket to a higher level")
        .about("To the agent or admin that `escalatedTo` names, else to the least loaded agent of the department's next level with \
            room; when there is none it waits, escalated and unassigned, and the admins are told.")
        .body(body, json!({"reason": "Requires technical team investigation"}))
        .versioned()
        .forbids(&["mentioned_only"])
        .conflicts(&["illegal_transition"])
        .answers::<Ticket>("ticket")
        .at(ExampleStage::Escalated)
}
