//! `PUT /support/tickets/{id}/close`.

use super::TicketWrite;
use crate::{
    auth::Staff,
    body::Body,
    error::Problem,
    extract::Payload,
    openapi::{Moment, Operation, Who},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use futures_util::FutureExt;
use serde_json::json;
use shared::{
    context::Context,
    tickets::{Closing, actions, input::RawClosing},
};

/// Closes a ticket: `{summary, resolutionType, resolutionNotes?, duplicateOf?}`.
///
/// # Errors
/// It is closed already.
pub async fn close(
    Staff(actor): Staff,
    State(cx): State<Context>,
    put: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read(body);
    put.change(&cx, actor, read, |work, target, closing| {
        actions::close(work, target, closing).boxed()
    })
    .await
}

fn body(body: &mut Body) -> Option<Closing> {
    let raw = RawClosing {
        summary: body.text("summary"),
        resolution_type: body.text("resolutionType"),
        resolution_notes: body.text("resolutionNotes"),
        duplicate_of: body.text("duplicateOf"),
    };
    Closing::parse(&raw, body.faults())
}

pub(crate) fn operation() -> Operation {
    Operation::new("closeTicket", Who::Roles("agents and admins"), "Close a ticket")
        .about("One that is not resolved is resolved at the same instant. The customer gets a survey. `duplicateOf` goes with the \
            type `duplicate` alone, and names another ticket that you can see by id or number.")
        .body(
            body,
            json!({
                "summary": "Payment gateway was experiencing downtime. Issue resolved after gateway came back online.",
                "resolutionType": "solved",
                "resolutionNotes": "Customer was able to complete payment successfully",
            }),
        )
        .versioned()
        .conflicts(&["illegal_transition"])
        .answers::<Ticket>("ticket")
        .at(Moment::Closed)
}
