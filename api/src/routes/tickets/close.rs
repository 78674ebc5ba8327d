//! `PUT /support/tickets/{id}/close`: closes a ticket.

use super::TicketWrite;
use crate::{
    error::Problem,
    extract::Payload,
    openapi::{Access, ExampleStage, Operation},
    signed_in::SignedIn,
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use domain::{
    reader::ObjectReader,
    tickets::{Closing, NOTES},
};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Closes a ticket. Staff: `{summary, resolutionType, resolutionNotes?, duplicateOf?}`; requesters
/// their own: `{reason?}`.
///
/// # Errors
/// 400, 401, 403 for an agent who is only mentioned, 404, 409 where the ticket is closed or, for a requester,
/// resolved, 412, 422.
pub async fn close(
    SignedIn { actor, .. }: SignedIn,
    State(cx): State<Context>,
    put: TicketWrite,
) -> Result<Response, Problem> {
    let closing = if actor.role.is_staff() {
        by_staff
    } else {
        by_requester
    };
    let read = move |sent: Payload| sent.read_or_nothing(closing);
    put.change(&cx, actor, read, |work, target, closing| {
        async move {
            match closing {
                Sent::ByStaff(closing) => actions::tickets::close(work, target, closing).await,
                Sent::ByRequester(reason) => {
                    actions::tickets::close_by_customer(work, target, reason).await
                }
            }
        }
        .boxed()
    })
    .await
}

/// The body of staff, or of a requester.
enum Sent {
    ByStaff(Closing),
    ByRequester(Option<String>),
}

fn by_staff(body: &mut ObjectReader) -> Option<Sent> {
    Closing::read(body).map(Sent::ByStaff)
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn by_requester(body: &mut ObjectReader) -> Option<Sent> {
    Some(Sent::ByRequester(body.optional("reason", 1..=NOTES)))
}

/// The fields of all roles. The required fields depend on the role, which a schema cannot express.
fn by_anybody(body: &mut ObjectReader) {
    Closing::read_optional(body);
    body.optional("reason", 1..=NOTES);
}

pub(crate) fn operation() -> Operation {
    Operation::new("closeTicket", Access::SignedIn, "Close a ticket")
        .description(
            "Staff send `summary` and `resolutionType`, and optionally `resolutionNotes`. With the type `duplicate` they may \
             send `duplicateOf`, the id or number of another ticket that they can see. A ticket that is not resolved yet is \
             resolved at the same instant, and the customer gets a survey. Requesters can close their own active tickets, and \
             may send only a `reason`: the resolution has the type `other`, and there is no survey.",
        )
        .body(
            by_anybody,
            json!({
                "summary": "Payment gateway was experiencing downtime. Issue resolved after gateway came back online.",
                "resolutionType": "solved",
                "resolutionNotes": "Customer was able to complete payment successfully",
            }),
        )
        .or_nothing()
        .versioned()
        .forbids(&["mentioned_only"])
        .conflicts(&["illegal_transition"])
        .answers_ticket::<Ticket>()
        .at(ExampleStage::Closed)
}
