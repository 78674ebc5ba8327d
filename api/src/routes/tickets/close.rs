//! `PUT /support/tickets/{id}/close`.

use crate::{
    auth::Staff,
    body::Body,
    error::Problem,
    extract::{IfMatch, PathId, Payload},
    openapi::{Moment, Operation, Who},
    respond::Answer,
    views::ticket::Ticket,
};
use axum::extract::State;
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
    id: PathId,
    version: IfMatch,
    payload: Payload,
) -> Result<Answer, Problem> {
    let target = super::target(&cx, &actor, &id, version).await?;
    let closing = payload.read(body)?;
    let mut work = super::begin(&cx, &actor).await?;
    let ticket = actions::close(&mut work, &target, closing).await?;
    super::done(work, &actor, ticket).await
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
        .forbids(&["mentioned_only"])
        .conflicts(&["illegal_transition"])
        .answers::<Ticket>("ticket")
        .at(Moment::Closed)
}
