//! `GET`, `PUT /admin/sla-policies`: the rules that give tickets their targets.

use crate::{
    auth::Admin,
    body::Body,
    error::Problem,
    extract::Payload,
    openapi::{Operation, Who},
    respond::Answer,
};
use axum::extract::State;
use serde_json::json;
use shared::{
    context::Context,
    sla::{NewPolicy, NewPolicyRule, PolicyRule, actions},
    work::By,
};

/// The rules in force, in the order in which they are tried.
///
/// # Errors
/// The caller is not an admin.
pub async fn get(Admin(_): Admin, State(cx): State<Context>) -> Result<Answer, Problem> {
    Ok(Answer::of("policies", actions::policies(&cx).await?))
}

/// Replaces the rules: `{policies: [...]}`; an empty list brings the defaults back.
///
/// # Errors
/// The caller is not an admin; every fault of the body.
pub async fn put(
    Admin(actor): Admin,
    State(cx): State<Context>,
    payload: Payload,
) -> Result<Answer, Problem> {
    let at_risk_percent = cx.config.tickets.at_risk_percent;
    let rules = payload.read(|body| rules(body, at_risk_percent))?;
    let mut work = cx.begin(By::Person(actor)).await?;
    actions::replace_policies(&mut work, &rules).await?;
    work.commit().await?;
    Ok(Answer::of("policies", actions::policies(&cx).await?))
}

fn rule(body: &mut Body) -> NewPolicyRule {
    NewPolicyRule {
        priority: body.text("priority"),
        category: body.text("category"),
        customer_role: body.text("customerRole"),
        policy: NewPolicy {
            name: body.text("name"),
            first_response_minutes: body.integer("firstResponseMinutes"),
            next_response_minutes: body.integer("nextResponseMinutes"),
            resolution_minutes: body.integer("resolutionMinutes"),
            pause_when_waiting: body.flag("pauseWhenWaiting"),
            at_risk_percent: body.integer("atRiskPercent"),
        },
    }
}

fn rules(body: &mut Body, at_risk_percent: i16) -> Option<Vec<PolicyRule>> {
    body.need("policies");
    let rules = body.objects("policies", rule).unwrap_or_default();
    PolicyRule::parse_list(&rules, at_risk_percent, body.faults())
}

pub(crate) fn get_operation() -> Operation {
    Operation::new(
        "getSlaPolicies",
        Who::Roles("admins"),
        "Show the rules that give tickets their targets",
    )
    .about("In the order in which they are tried: the first that fits a ticket is its policy.")
    .answers::<Vec<PolicyRule>>("policies")
}

pub(crate) fn put_operation() -> Operation {
    Operation::new("setSlaPolicies", Who::Roles("admins"), "Replace the rules that give tickets their targets")
        .about("They hold for tickets created, re-prioritised or reopened from then on. An empty list brings the defaults back.")
        .body(
            |body| rules(body, 80),
            json!({"policies": [{"priority": "urgent", "firstResponseMinutes": 15, "resolutionMinutes": 120}]}),
        )
        .answers::<Vec<PolicyRule>>("policies")
}
