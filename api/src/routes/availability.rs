//! `GET`, `PUT /support/availability`: whether the caller is assigned tickets automatically.

use crate::{
    auth::Staff,
    error::Problem,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
    views::person::AvailabilityView,
};
use actions::people::{set_availability, store};
use axum::{extract::State, response::Response};
use domain::{
    people::{Availability, AvailabilityNow},
    reader::ObjectReader,
};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

fn answer(now: AvailabilityNow) -> Answer {
    Answer::of("availability", AvailabilityView::from(now))
}

/// Shows the availability of the caller.
///
/// # Errors
/// 401, 403 for anybody but staff.
pub async fn get(Staff(actor): Staff, State(cx): State<Context>) -> Result<Answer, Problem> {
    let now = store::availability(&cx.pool, actor.id, cx.config.tickets.load).await?;
    now.map(answer).ok_or_else(|| Problem::not_found("agent"))
}

/// Sets the availability of the caller: `{status}`.
///
/// # Errors
/// 401, 403 for anybody but staff, 422.
pub async fn put(
    Staff(actor): Staff,
    State(cx): State<Context>,
    put: Write,
) -> Result<Response, Problem> {
    put.once(&cx, actor, |work, payload| {
        async move {
            let status = payload.read(body)?;
            Ok(answer(set_availability(work, actor, status).await?))
        }
        .boxed()
    })
    .await
}

fn body(body: &mut ObjectReader) -> Option<Availability> {
    body.named("AvailabilityUpdate", "The new availability of the caller.");
    body.mean(&[("status", "Whether the caller can get tickets.")]);
    body.required_word("status")
}

pub(crate) fn get_operation() -> Operation {
    Operation::new(
        "getAvailability",
        Access::Roles("agents and admins"),
        "Show your availability",
    )
    .description(
        "Whether tickets are assigned to you automatically, and how many you have. `away` is also the status of an agent \
         whose clients are all gone for some minutes.",
    )
    .answers::<AvailabilityView>("availability")
}

pub(crate) fn put_operation() -> Operation {
    Operation::new(
        "setAvailability",
        Access::Roles("agents and admins"),
        "Set your availability",
    )
    .description(
            "Tickets are assigned automatically only to agents who are `available`. An agent who goes `offline` keeps the \
             assigned tickets. An agent whose clients are all gone for some minutes counts as `away` until one is back, or until \
             the agent sets a status.",
        )
    .body(body, json!({"status": "available"}))
    .answers::<AvailabilityView>("availability")
}
