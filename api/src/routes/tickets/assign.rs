//! `PUT /support/tickets/{id}/assign`.

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

/// Gives a ticket to an agent: `{agentId?, force?}`; without `agentId` to the caller.
///
/// # Errors
/// An agent names another; the agent is at the limit; the ticket is over.
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
    let agent = body.id("agentId").map_or(AssignTo::Caller, AssignTo::Agent);
    let capacity = match body.flag("force") {
        Some(true) => Capacity::Forced,
        Some(false) | None => Capacity::Minded,
    };
    Some((agent, capacity))
}

pub(crate) fn operation() -> Operation {
    Operation::new("assignTicket", Access::Roles("agents and admins"), "Give a ticket to an agent")
        .about("Agents give tickets to themselves alone. An admin may name any active agent; past the agent's limit that is \
            409 unless `force` is true. Without `agentId` the caller gets it.")
        .body(body, json!({"agentId": "01999999-0000-7000-8000-000000000000"}))
        .or_nothing()
        .versioned()
        .forbids(&["assign_to_self_only", "mentioned_only"])
        .conflicts(&["agent_at_capacity", "illegal_transition"])
        .answers::<Ticket>("ticket")
}
