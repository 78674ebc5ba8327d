//! `GET`, `PUT /admin/sla-policies`: the rules that set the SLA targets of tickets.

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

/// Shows the rules in force, in their order of precedence.
///
/// # Errors
/// 401, 403 for anybody but an admin.
pub async fn get(Admin(_): Admin, State(cx): State<Context>) -> Result<Answer, Problem> {
    Ok(Answer::of("policies", actions::sla::policies(&cx).await?))
}

/// Replaces the rules: `{policies: [...]}`; an empty list restores the defaults.
///
/// # Errors
/// 401, 403 for anybody but an admin, 422.
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

/// The example calendar: an office that is open until midnight on Fridays.
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
        "Show the SLA rules",
    )
    .description(
            "The rules in their order of precedence. The first rule that matches a ticket sets its targets.",
        )
    .answers::<Vec<PolicyRule>>("policies")
        .answer_named("SlaPolicyList")
}

pub(crate) fn put_operation() -> Operation {
    Operation::new("setSlaPolicies", Access::Roles("admins"), "Replace the SLA rules")
        .description(
            "The new rules apply to tickets that are created, get another priority or are reopened from then on. An empty \
             list restores the defaults.",
        )
        .body(
            |body| PolicyRule::read_list(body, 80),
            json!({"policies": [
                {"priority": "urgent", "firstResponseMinutes": 15, "resolutionMinutes": 120},
                {"priority": "high", "firstResponseMinutes": 30, "resolutionMinutes": 240, "atRiskPercent": [50, 80],
                 "calendar": example_calendar()},
            ]}),
        )
        .answers::<Vec<PolicyRule>>("policies")
        .answer_named("SlaPolicyList")
}
