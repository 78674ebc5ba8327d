//! `PUT /support/tickets/{id}/assign`: assigns a ticket.

use super::TicketWrite;
use crate::{
    auth::Staff,
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    views::ticket::Ticket,
};
use actions::tickets::{AssignTo, Capacity};
use axum::{extract::State, response::Response};
use domain::reader::ObjectReader;
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Assigns a ticket to an agent: `{agentId?, force?}`; without `agentId` to the caller.
///
/// # Errors
/// 400, 401, 403 for an agent who names another, 404, 409 where the agent is at capacity or the ticket is
/// resolved or closed, 412, 422.
pub async fn assign(
    Staff(actor): Staff,
    State(cx): State<Context>,
    put: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read_or_nothing(body);
    put.change(&cx, actor, read, |work, target, (agent, capacity)| {
        actions::tickets::assign(work, target, agent, capacity).boxed()
    })
    .await
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn body(body: &mut ObjectReader) -> Option<(AssignTo, Capacity)> {
    body.named("TicketAssign", "To whom a ticket is to be assigned.");
    body.mean(&[
        (
            "agentId",
            "The id of the agent. Without it the ticket is assigned to the caller.",
        ),
        (
            "force",
            "Whether an admin assigns the ticket although the agent is at capacity. The default is false.",
        ),
    ]);
    let agent = body.id("agentId").map_or(AssignTo::Caller, AssignTo::Agent);
    let capacity = match body.flag("force") {
        Some(true) => Capacity::Forced,
        Some(false) | None => Capacity::Minded,
    };
    Some((agent, capacity))
}

pub(crate) fn operation() -> Operation {
    Operation::new("assignTicket", Access::Roles("agents and admins"), "Assign a ticket to an agent")
        .description(
            "Agents can assign tickets only to themselves. An admin can name any active agent. If that agent is at capacity, \
             the response is 409 unless `force` is true. Without `agentId` the ticket is assigned to the caller.",
        )
        .body(body, json!({"agentId": "01999999-0000-7000-8000-000000000000"}))
        .or_nothing()
        .versioned()
        .forbids(&["assign_to_self_only", "mentioned_only"])
        .conflicts(&["agent_at_capacity", "illegal_transition"])
        .answers_ticket::<Ticket>()
}
