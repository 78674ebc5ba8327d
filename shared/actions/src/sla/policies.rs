//! The policy that a ticket gets, and the rules that admins edit.

use crate::{error::ActionError, sla::store};
use domain::{
    people::Role,
    sla::{Policy, PolicyRule, default_rules, first_match},
    tickets::{Category, Priority},
};
use platform::{context::Context, work::UnitOfWork};

/// The policy of the first rule that matches.
///
/// # Errors
/// The database failed.
pub(crate) async fn policy_for(
    work: &mut UnitOfWork<'_>,
    priority: Priority,
    category: Category,
    customer_role: Role,
) -> Result<Policy, ActionError> {
    let rules = store::policies(&mut *work.tx).await?;
    let at_risk_percent = work.cx.config.tickets.at_risk_percent;
    Ok(first_match(
        &rules,
        priority,
        category,
        customer_role,
        at_risk_percent,
    ))
}

/// The rules in force, in the order in which they are matched.
///
/// # Errors
/// The database failed.
pub async fn policies(cx: &Context) -> Result<Vec<PolicyRule>, ActionError> {
    let stored = store::policies(&cx.pool).await?;
    Ok(in_force(stored, cx))
}

/// The stored rules; the default rules where none are stored.
fn in_force(stored: Vec<PolicyRule>, cx: &Context) -> Vec<PolicyRule> {
    if stored.is_empty() {
        default_rules(cx.config.tickets.at_risk_percent)
    } else {
        stored
    }
}

/// Replaces the rules. The result is the rules in force: the defaults when `rules` is empty. They apply to tickets
/// that are created or reopened, or get another priority, from now on.
///
/// # Errors
/// The database failed.
pub async fn replace_policies(
    work: &mut UnitOfWork<'_>,
    rules: &[PolicyRule],
) -> Result<Vec<PolicyRule>, ActionError> {
    store::replace_policies(&mut work.tx, rules).await?;
    let stored = store::policies(&mut *work.tx).await?;
    Ok(in_force(stored, work.cx))
}
