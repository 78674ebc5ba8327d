//! `PUT /support/tickets/{id}/reopen`.

use super::TicketWrite;
use crate::{
    auth::SignedIn,
    error::Problem,
    extract::Payload,
    openapi::{Access, ExampleStage, Operation},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use domain::{reader::ObjectReader, tickets::input::NOTES};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Takes a ticket up again: `{reason}`.
///
/// # Errors
/// It is neither resolved nor closed, or was closed too long ago.
pub async fn reopen(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    put: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read(body);
    put.change(&cx, actor, read, |work, target, reason| {
        actions::tickets::reopen(work, target, reason).boxed()
    })
    .await
}

fn body(body: &mut ObjectReader) -> Option<String> {
    body.required("reason", 1..=NOTES)
}

pub(crate) fn operation() -> Operation {
    Operation::new("reopenTicket", Access::SignedIn, "Take a resolved or closed ticket up again")
        .about("A requester may do so within 30 days (`REOPEN_WINDOW_DAYS`) of closing. It goes back to the agent who had it, \
            if that agent is available, on shift and has room, else to automatic assignment; a new resolution clock starts.")
        .body(body, json!({"reason": "Issue still not resolved"}))
        .versioned()
        .forbids(&["mentioned_only"])
        .conflicts(&["illegal_transition", "reopen_window_over"])
        .answers::<Ticket>("ticket")
        .at(ExampleStage::Reopened)
}
