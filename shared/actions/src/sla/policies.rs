//! Which policy a ticket gets, and what admins make of them.

use crate::{error::ActionError, sla::store};
use domain::{
    people::Role,
    sla::{Policy, PolicyRule, default_rules, first_match},
    tickets::{Category, Priority},
};
use platform::{context::Context, work::UnitOfWork};

/// The policy of a ticket: that of the first rule that fits.
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

/// The rules in force, in the order in which they are tried.
///
/// # Errors
/// The database failed.
pub async fn policies(cx: &Context) -> Result<Vec<PolicyRule>, ActionError> {
    let kept = store::policies(&cx.pool).await?;
    Ok(in_force(kept, cx))
}

/// The rules that are kept or, where there are none, the defaults.
fn in_force(kept: Vec<PolicyRule>, cx: &Context) -> Vec<PolicyRule> {
    if kept.is_empty() {
        default_rules(cx.config.tickets.at_risk_percent)
    } else {
        kept
    }
}

/// Replaces the rules, and tells those that are in force then. They hold for tickets created,
/// re-prioritised or reopened from now on.
///
/// # Errors
/// The database failed.
pub async fn replace_policies(
    work: &mut UnitOfWork<'_>,
    rules: &[PolicyRule],
) -> Result<Vec<PolicyRule>, ActionError> {
    store::replace_policies(&mut work.tx, rules).await?;
    let kept = store::policies(&mut *work.tx).await?;
    Ok(in_force(kept, work.cx))
}
