//! `POST /admin/sla-policies/simulate`: applies a policy to an invented timeline.

use crate::{
    auth::Admin,
    body::Body,
    error::Problem,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
};
use axum::{extract::State, response::Response};
use domain::sla::{NewEvent, SimulatedEvent, Simulation, SlaView};
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
            let simulation = payload.read(|body| simulation(body, at_risk_percent))?;
            let sla = simulation.run();
            let sla = sla.ok_or_else(|| Problem::unexpected("a ticket without clocks"))?;
            Ok(Answer::of("sla", sla))
        }
        .boxed()
    })
    .await
}

fn simulation(body: &mut Body, at_risk_percent: i16) -> Option<Simulation> {
    body.need("policy");
    let policy = body.object("policy", super::policy);
    body.need("createdAt");
    let created_at = body.instant("createdAt");
    let events = body.objects("events", event).unwrap_or_default();
    body.need("now");
    let instants = (created_at, body.instant("now"));
    let faults = body.faults();
    let policy = policy.and_then(|policy| policy.parse("policy", at_risk_percent, faults));
    Simulation::parse(policy, instants, &events, faults)
}

fn event(entry: &mut Body) -> Option<SimulatedEvent> {
    entry.need("at");
    let event = NewEvent {
        at: entry.instant("at"),
        kind: entry.required_word("type"),
        status: entry.word("status"),
        priority: entry.word("priority"),
    };
    event.parse(entry.faults())
}

pub(crate) fn operation() -> Operation {
    Operation::new("simulateSlaPolicy", Access::Roles("admins"), "Try an SLA policy on an invented timeline")
        .description(
            "Computes the clocks of an imagined ticket at `now`, by the same functions as for real tickets, and changes \
             nothing. Events may come in any order; those after `now` have no effect. A status need not be a permitted \
             transition.",
        )
        .body(
            |body| simulation(body, 80),
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
