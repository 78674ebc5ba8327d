//! `PUT /support/tickets/{id}/escalate`: escalates a ticket.

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
use domain::{reader::ObjectReader, tickets::NOTES};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Escalates a ticket by one level: `{reason, escalatedTo?}`.
///
/// # Errors
/// 400, 401, 403 for anybody but staff, 404, 409 for a resolved or closed ticket, 412, 422, also where `escalatedTo` is not active
/// staff.
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
    body.named("TicketEscalate", "Why a ticket is escalated, and to whom.");
    body.mean(&[
        ("escalatedTo", "The id of the agent or admin who gets the ticket. Without it, an agent of the next support level \
                         gets it."),
        ("reason", "Why the ticket is escalated. Only agents and admins can read it."),
    ]);
    let to = body
        .id("escalatedTo")
        .map_or(EscalateTo::NextLevel, EscalateTo::Person);
    let reason = body.required("reason", 1..=NOTES);
    Some((to, reason?))
}

pub(crate) fn operation() -> Operation {
    Operation::new("escalateTicket", Access::Roles("agents and admins"), "Escalate a ticket to a higher level")
        .description(
            "The ticket is assigned to the agent or admin in `escalatedTo`. Without it, the ticket is assigned to the agent \
             with the least load among those of the next level in its department who have capacity. If there is none, the \
             ticket stays escalated and unassigned, and the admins are notified.",
        )
        .body(body, json!({"reason": "Requires technical team investigation"}))
        .versioned()
        .forbids(&["mentioned_only"])
        .conflicts(&["illegal_transition"])
        .answers_ticket::<Ticket>()
        .at(ExampleStage::Escalated)
}
