//! `PATCH /support/tickets/{id}`: changes texts, tags and references.

use super::TicketWrite;
use crate::{
    error::Problem,
    extract::Payload,
    openapi::{Access, Operation},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use domain::{actor::Caller, reader::ObjectReader, tickets::TicketEdit};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Changes a ticket: absent fields stay, null clears a reference.
///
/// # Errors
/// 400, 401, 403 for a requester who names a field for staff, 404, 409 for a requester on a ticket with a
/// response of staff, 412, 422 with every field error.
pub async fn edit(
    caller: Caller,
    State(cx): State<Context>,
    patch: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read_patch(body);
    patch
        .change(&cx, caller, read, |work, target, edit| {
            actions::tickets::edit(work, target, edit).boxed()
        })
        .await
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn body(body: &mut ObjectReader) -> Option<TicketEdit> {
    Some(TicketEdit::read(body))
}

pub(crate) fn operation() -> Operation {
    Operation::new("changeTicket", Access::SignedIn, "Change the texts, tags and references of a ticket")
        .description(
            "Absent fields stay, null clears a reference, and `tags` replaces all tags. Staff can change the tickets that \
             they see. Requesters can change `subject`, `tags` and the references of their own tickets until the first \
             response of staff (409 from then on); other fields give them 403. Another category changes neither priority, nor \
             department, nor targets. With another department, an unassigned ticket is assigned to an agent there. The \
             history has the old and the new value of each change.",
        )
        .patch(
            body,
            json!({"subject": "Cannot pay by card", "tags": ["payment", "card"], "relatedBooking": "BKG-12345", "relatedTransaction": null}),
        )
        .versioned()
        .forbids(&["role_not_allowed", "mentioned_only"])
        .conflicts(&["answered_already"])
        .answers_ticket::<Ticket>()
}
