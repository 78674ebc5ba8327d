//! `POST /support/tickets/{id}/rate`.

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
/// It is not resolved, or has been rated.
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
    .about("Once for each resolution. It counts for the agent who held the ticket then.")
    .body(
        NewRating::read,
        json!({"rating": 5, "feedback": "Excellent support, resolved quickly!"}),
    )
    .versioned()
    .conflicts(&["not_resolved", "rated_already"])
    .answers::<Ticket>("ticket")
    .at(ExampleStage::Rated)
}
