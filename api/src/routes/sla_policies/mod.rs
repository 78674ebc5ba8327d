//! `GET`, `PUT /admin/sla-policies`: the rules that set the SLA targets of tickets.

pub mod simulate;

use crate::{
    auth::Admin,
    body::{Body, OneOrSeveral},
    error::Problem,
    idempotency::Write,
    openapi::{Access, Operation},
    respond::Answer,
};
use axum::{extract::State, response::Response};
use domain::sla::{
    Calendar, Hours, NewCalendar, NewHours, NewPolicy, NewPolicyRule, NewWarningThresholds,
    PolicyRule,
};
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
            let rules = payload.read(|body| rules(body, at_risk_percent))?;
            let in_force = actions::sla::replace_policies(work, &rules).await?;
            Ok(Answer::of("policies", in_force))
        }
        .boxed()
    })
    .await
}

/// Reads a policy. Errors of its calendar become field errors of `body`.
pub(super) fn policy(body: &mut Body) -> NewPolicy {
    let percent = body.one_or_several(
        "atRiskPercent",
        &NewWarningThresholds::PERCENT,
        NewWarningThresholds::MOST,
    );
    NewPolicy {
        name: body.text("name"),
        first_response_minutes: body.integer("firstResponseMinutes"),
        next_response_minutes: body.integer("nextResponseMinutes"),
        resolution_minutes: body.integer("resolutionMinutes"),
        pause_when_waiting: body.flag("pauseWhenWaiting"),
        at_risk_percent: percent.map(|percent| match percent {
            OneOrSeveral::One(percent) => NewWarningThresholds::Once(percent),
            OneOrSeveral::Several(percents) => NewWarningThresholds::Each(percents),
        }),
        calendar: body.object("calendar", calendar).flatten(),
    }
}

fn calendar(body: &mut Body) -> Option<Calendar> {
    body.need("timezone");
    body.need("hours");
    let calendar = NewCalendar {
        timezone: body.text("timezone"),
        hours: body.objects("hours", hours),
        holidays: body.texts("holidays"),
    };
    calendar.parse(body.faults())
}

fn hours(entry: &mut Body) -> Option<Hours> {
    let hours = NewHours {
        day: entry.required_word("day"),
        start: entry.text("start"),
        end: entry.text("end"),
    };
    hours.parse(entry.faults())
}

fn rule(body: &mut Body) -> NewPolicyRule {
    NewPolicyRule {
        priority: body.text("priority"),
        category: body.text("category"),
        customer_role: body.text("customerRole"),
        policy: policy(body),
    }
}

fn rules(body: &mut Body, at_risk_percent: i16) -> Option<Vec<PolicyRule>> {
    body.need("policies");
    let rules = body.objects("policies", |entry| Some(rule(entry)));
    let rules = rules.unwrap_or_default();
    PolicyRule::parse_list(&rules, at_risk_percent, body.faults())
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
}

pub(crate) fn put_operation() -> Operation {
    Operation::new("setSlaPolicies", Access::Roles("admins"), "Replace the SLA rules")
        .description(
            "The new rules apply to tickets that are created, get another priority or are reopened from then on. An empty \
             list restores the defaults.",
        )
        .body(
            |body| rules(body, 80),
            json!({"policies": [
                {"priority": "urgent", "firstResponseMinutes": 15, "resolutionMinutes": 120},
                {"priority": "high", "firstResponseMinutes": 30, "resolutionMinutes": 240, "atRiskPercent": [50, 80],
                 "calendar": example_calendar()},
            ]}),
        )
        .answers::<Vec<PolicyRule>>("policies")
}
