//! `POST /support/tickets`: creates a ticket.

use crate::{
    error::Problem,
    idempotency::Write,
    openapi::{Access, ExampleStage, Operation, Resource},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use domain::{
    actor::{Actor, Caller},
    ids::UserId,
    people::Role,
    tickets::NewTicket,
};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Creates a ticket for the calling requester, or by staff for a customer (`customerId`).
///
/// # Errors
/// 400, 401, 409 or 422 for the idempotency key, 413, 415, 422 with every field error.
pub async fn create(
    caller: Caller,
    State(cx): State<Context>,
    post: Write,
) -> Result<Response, Problem> {
    post.once(&cx, caller, |work, payload| {
        async move {
            let actor = actions::tickets::person(work)?;
            let new = payload.read(|body| NewTicket::read(body, &actor))?;
            let ticket = actions::tickets::open(work, new).await?;
            let location = format!("/api/v1/support/tickets/{}", ticket.id);
            let answer = super::shown(work, &actor, &ticket).await?;
            Ok(answer.created(&location))
        }
        .boxed()
    })
    .await
}

pub(crate) fn operation() -> Operation {
    // The document shows the fields of a requester. Staff need a `customerId`, which a schema cannot express.
    let requester = Actor {
        id: UserId(uuid::Uuid::nil()),
        role: Role::Customer,
    };
    Operation::new("createTicket", Access::SignedIn, "Create a ticket")
        .description(
            "Requesters create tickets for themselves; staff name a customer (`customerId`). Without `priority` the category \
             determines the priority. The category also determines the department.",
        )
        .body(
            move |body| NewTicket::read(body, &requester),
            json!({
                "subject": "Cannot complete payment",
                "description": "Getting error when trying to pay for booking #BKG-12345",
                "category": "payment",
                "priority": "high",
                "relatedBooking": "BKG-12345",
                "attachments": [{"url": "https://example.com/screenshot.png", "fileName": "screenshot.png"}],
                "tags": ["payment", "booking"],
            }),
        )
        .creates()
        .answers_ticket::<Ticket>()
        .at(ExampleStage::Created)
        .leads_to("ticket/id", Resource::Ticket)
}
