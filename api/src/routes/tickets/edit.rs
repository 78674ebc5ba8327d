//! `PATCH /support/tickets/{id}`: texts, labels and references.

use super::TicketWrite;
use crate::{
    auth::SignedIn,
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use domain::{reader::ObjectReader, tickets::TicketEdit};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Changes a ticket: what is absent stays, null clears a reference.
///
/// # Errors
/// 403 when a requester names a field that is for staff, 404, 409 when a requester changes a ticket
/// that has been answered, 412, 422 with every fault.
pub async fn edit(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    patch: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read_patch(body);
    patch
        .change(&cx, actor, read, |work, target, edit| {
            actions::tickets::edit(work, target, edit).boxed()
        })
        .await
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn body(body: &mut ObjectReader) -> Option<TicketEdit> {
    Some(TicketEdit::read(body))
}

pub(crate) fn operation() -> Operation {
    Operation::new("changeTicket", Access::SignedIn, "Change texts and labels of a ticket")
        .about("What is absent stays; null clears a reference; `tags` are all tags. Staff change tickets that they see. Requesters \
            change `subject`, `tags` and the references of their own until staff have answered (409 from then on); other fields are \
            403 for them. Another category changes neither priority nor department, and no targets; another department finds an \
            unassigned ticket an agent there. Each change is in the history with what it was and what it is.")
        .patch(
            body,
            json!({"subject": "Cannot pay by card", "tags": ["payment", "card"], "relatedBooking": "BKG-12345", "relatedTransaction": null}),
        )
        .versioned()
        .forbids(&["role_not_allowed"])
        .conflicts(&["answered_already"])
        .answers::<Ticket>("ticket")
}
