//! `POST /support/tickets/{id}/rate`: rates a resolution.

use super::TicketWrite;
use crate::{
    auth::Requester,
    error::Problem,
    extract::Payload,
    openapi::{Access, ExampleStage, Operation},
    views::ticket::Ticket,
};
use axum::{extract::State, response::Response};
use domain::tickets::NewRating;
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Rates the last resolution, once: `{rating, feedback?}`.
///
/// # Errors
/// 400, 401, 403 for staff, 404, 409 where the ticket is not resolved or was rated, 412, 422.
pub async fn rate(
    Requester(actor): Requester,
    State(cx): State<Context>,
    post: TicketWrite,
) -> Result<Response, Problem> {
    let read = |sent: Payload| sent.read(NewRating::read);
    post.change(&cx, actor, read, |work, target, rating| {
        actions::tickets::rate(work, target, rating).boxed()
    })
    .await
}

pub(crate) fn operation() -> Operation {
    Operation::new(
        "rateTicket",
        Access::Roles("customers"),
        "Rate a resolution",
    )
    .description(
            "Each resolution can be rated once. The rating counts for the agent to whom the ticket was assigned when it was \
             resolved.",
        )
    .body(
        NewRating::read,
        json!({"rating": 5, "feedback": "Excellent support, resolved quickly!"}),
    )
    .versioned()
    .conflicts(&["not_resolved", "rated_already"])
    .answers_ticket::<Ticket>()
    .at(ExampleStage::Rated)
}
