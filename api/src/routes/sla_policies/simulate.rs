//! `POST /admin/sla-policies/simulate`: applies a policy to an invented timeline.

use crate::{
    auth::Admin,
    error::Problem,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
};
use axum::{extract::State, response::Response};
use domain::sla::{Simulation, SlaView};
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// Computes the clocks of an imagined ticket; changes nothing.
///
/// # Errors
/// 401, 403 for anybody but an admin, 422.
pub async fn post(
    Admin(actor): Admin,
    State(cx): State<Context>,
    post: Write,
) -> Result<Response, Problem> {
    let at_risk_percent = cx.config.tickets.at_risk_percent;
    post.once(&cx, actor, move |_, payload| {
        async move {
            let simulation = payload.read(|body| Simulation::read(body, at_risk_percent))?;
            let sla = simulation.run();
            let sla = sla.ok_or_else(|| Problem::unexpected("a ticket without clocks"))?;
            Ok(Answer::of("sla", sla))
        }
        .boxed()
    })
    .await
}

pub(crate) fn operation() -> Operation {
    Operation::new("simulateSlaPolicy", Access::Roles("admins"), "Try an SLA policy on an invented timeline")
        .description(
            "Computes the clocks of an imagined ticket at `now`, by the same functions as for real tickets, and changes \
             nothing. Events may come in any order; those after `now` have no effect. A status need not be a permitted \
             transition.",
        )
        .body(
            |body| Simulation::read(body, 80),
            json!({
                "policy": {
                    "firstResponseMinutes": 60, "resolutionMinutes": 480, "atRiskPercent": [50, 80],
                    "calendar": super::example_calendar(),
                },
                "createdAt": "2025-12-24T12:00:00Z",
                "events": [
                    {"at": "2025-12-24T12:30:00Z", "type": "staff_reply"},
                    {"at": "2025-12-24T13:00:00Z", "type": "status", "status": "waiting_customer"},
                    {"at": "2025-12-26T07:00:00Z", "type": "customer_reply"},
                ],
                "now": "2025-12-26T08:00:00Z",
            }),
        )
        .answers::<SlaView>("sla")
}
