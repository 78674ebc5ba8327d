//! `GET`, `PUT /admin/sla-policies`: the rules that give tickets their targets.

pub mod simulate;

use crate::{
    auth::Admin,
    error::Problem,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
};
use axum::{extract::State, response::Response};
use domain::sla::PolicyRule;
use futures_util::FutureExt;
use platform::context::Context;
use serde_json::json;

/// The rules in force, in the order in which they are tried.
///
/// # Errors
/// The caller is not an admin.
pub async fn get(Admin(_): Admin, State(cx): State<Context>) -> Result<Answer, Problem> {
    Ok(Answer::of("policies", actions::sla::policies(&cx).await?))
}

/// Replaces the rules: `{policies: [...]}`; an empty list brings the defaults back.
///
/// # Errors
/// The caller is not an admin; every fault of the body.
pub async fn put(
    Admin(actor): Admin,
    State(cx): State<Context>,
    put: Write,
) -> Result<Response, Problem> {
    let at_risk_percent = cx.config.tickets.at_risk_percent;
    put.once(&cx, actor, move |work, payload| {
        async move {
            let rules = payload.read(|body| PolicyRule::read_list(body, at_risk_percent))?;
            let in_force = actions::sla::replace_policies(work, &rules).await?;
            Ok(Answer::of("policies", in_force))
        }
        .boxed()
    })
    .await
}

/// The hours of an office that is open until midnight on Fridays.
pub(super) fn example_calendar() -> serde_json::Value {
    let weekday = |day: &str, end: &str| json!({"day": day, "start": "08:00", "end": end});
    json!({
        "timezone": "Africa/Nairobi",
        "hours": [
            weekday("mon", "17:00"), weekday("tue", "17:00"), weekday("wed", "17:00"),
            weekday("thu", "17:00"), weekday("fri", "24:00"),
        ],
        "holidays": ["2025-12-25"],
    })
}

pub(crate) fn get_operation() -> Operation {
    Operation::new(
        "getSlaPolicies",
        Access::Roles("admins"),
        "Show the rules that give tickets their targets",
    )
    .about("In the order in which they are tried: the first that fits a ticket is its policy.")
    .answers::<Vec<PolicyRule>>("policies")
}

pub(crate) fn put_operation() -> Operation {
    Operation::new("setSlaPolicies", Access::Roles("admins"), "Replace the rules that give tickets their targets")
        .about("They hold for tickets created, re-prioritised or reopened from then on. An empty list brings the defaults back.")
        .body(
            |body| PolicyRule::read_list(body, 80),
            json!({"policies": [
                {"priority": "urgent", "firstResponseMinutes": 15, "resolutionMinutes": 120},
                {"priority": "high", "firstResponseMinutes": 30, "resolutionMinutes": 240, "atRiskPercent": [50, 80],
                 "calendar": example_calendar()},
            ]}),
        )
        .answers::<Vec<PolicyRule>>("policies")
}
