//! `PUT /support/tickets/{id}/reopen`: reopens a ticket.

use super::TicketWrite;
use crate::{
    error::Problem,
    extract::Payload,
    openapi::{Access, ExampleStage, Operation},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use domain::{actor::Caller, reader::ObjectReader, tickets::NOTES};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Reopens a ticket: `{reason}`.
///
/// # Errors
/// 400, 401, 403 for an agent who is only mentioned, 404, 409 where the ticket is neither resolved nor closed,
/// or was closed too long ago, 412, 422.
pub async fn reopen(
    caller: Caller,
    State(cx): State<Context>,
    put: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read(body);
    put.change(&cx, caller, read, |work, target, reason| {
        actions::tickets::reopen(work, target, reason).boxed()
    })
    .await
}

fn body(body: &mut ObjectReader) -> Option<String> {
    body.named("TicketReopen", "Why a ticket is reopened.");
    body.mean(&[("reason", "What is still wrong.")]);
    body.required("reason", 1..=NOTES)
}

pub(crate) fn operation() -> Operation {
    Operation::new("reopenTicket", Access::SignedIn, "Reopen a resolved or closed ticket")
        .description(
            "A requester can reopen a ticket within 30 days (`REOPEN_WINDOW_DAYS`) after it was closed. The ticket is \
             assigned to its previous agent if that agent is available, on shift and has capacity, else automatically. A new \
             resolution clock starts.",
        )
        .body(body, json!({"reason": "Issue still not resolved"}))
        .versioned()
        .forbids(&["mentioned_only"])
        .conflicts(&["illegal_transition", "reopen_window_over"])
        .answers_ticket::<Ticket>()
        .at(ExampleStage::Reopened)
}
