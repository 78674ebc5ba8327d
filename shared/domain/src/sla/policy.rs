//! How fast a ticket is to be answered and resolved: the brief's table, and the rules by which
//! admins replace it. The first rule that fits a ticket gives its policy. Pure.

use crate::sla::{Calendar, Metric, WarningThresholds};
use crate::{
    people::Role,
    tickets::{Category, Priority},
};
use serde::{Deserialize, Serialize};

/// What a ticket is held to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// What admins call it.
    #[serde(default)]
    pub name: Option<String>,
    /// Minutes from creation to the first public staff message.
    pub first_response_minutes: i32,
    /// Minutes from the oldest unanswered customer message to the next public staff message, if
    /// that is measured at all.
    #[serde(default)]
    pub next_response_minutes: Option<i32>,
    /// Minutes from creation, or the last reopening, to resolved.
    pub resolution_minutes: i32,
    /// Whether the resolution clock stands still while the customer has to answer.
    #[serde(default = "yes")]
    pub pause_when_waiting: bool,
    /// The shares of a target, in percent, after which warnings are given.
    pub at_risk_percent: WarningThresholds,
    /// When time counts; all of it does without one.
    #[serde(default)]
    pub calendar: Option<Calendar>,
}

/// What a policy says of one clock.
#[derive(Debug, Clone, Copy)]
pub struct SlaTarget<'a> {
    /// The time that may be used, in working minutes.
    pub target_minutes: i32,
    /// After which shares of it warnings are given.
    pub at_risk: &'a WarningThresholds,
    /// When time counts.
    pub calendar: Option<&'a Calendar>,
}

const fn yes() -> bool {
    true
}

impl Policy {
    /// The brief's targets for a priority.
    #[must_use]
    pub fn standard(priority: Priority, at_risk_percent: i16) -> Self {
        let (first_response_minutes, resolution_minutes) = match priority {
            Priority::Urgent => (15, 2 * 60),
            Priority::High => (30, 4 * 60),
            Priority::Medium => (60, 8 * 60),
            Priority::Low => (2 * 60, 24 * 60),
        };
        Self {
            name: Some("standard".to_owned()),
            first_response_minutes,
            next_response_minutes: None,
            resolution_minutes,
            pause_when_waiting: true,
            at_risk_percent: WarningThresholds::Once(at_risk_percent),
            calendar: None,
        }
    }

    /// What it says of a clock; nothing of one that it has no target for.
    #[must_use]
    pub fn terms(&self, metric: Metric) -> Option<SlaTarget<'_>> {
        let target_minutes = match metric {
            Metric::FirstResponse => Some(self.first_response_minutes),
            Metric::NextResponse => self.next_response_minutes,
            Metric::Resolution => Some(self.resolution_minutes),
        }?;
        Some(SlaTarget {
            target_minutes,
            at_risk: &self.at_risk_percent,
            calendar: self.calendar.as_ref(),
        })
    }
}

/// A policy and the tickets that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRule {
    /// Of this priority,
    pub priority: Priority,
    /// of this category, or of any,
    #[serde(default)]
    pub category: Option<Category>,
    /// of a customer in this role, or in any.
    #[serde(default)]
    pub customer_role: Option<Role>,
    /// What such tickets are held to.
    #[serde(flatten)]
    pub policy: Policy,
}

impl PolicyRule {
    fn fits(&self, priority: Priority, category: Category, customer_role: Role) -> bool {
        self.priority == priority
            && self.category.is_none_or(|wanted| wanted == category)
            && self
                .customer_role
                .is_none_or(|wanted| wanted == customer_role)
    }
}

/// The brief's table as rules: what is in force until admins set others.
#[must_use]
pub fn default_rules(at_risk_percent: i16) -> Vec<PolicyRule> {
    let most_urgent_first = Priority::ALL.iter().rev();
    most_urgent_first
        .map(|&priority| PolicyRule {
            priority,
            category: None,
            customer_role: None,
            policy: Policy::standard(priority, at_risk_percent),
        })
        .collect()
}

/// The policy of the first rule that fits; the brief's, with `at_risk_percent`, where none does.
#[must_use]
pub fn first_match(
    rules: &[PolicyRule],
    priority: Priority,
    category: Category,
    customer_role: Role,
    at_risk_percent: i16,
) -> Policy {
    rules
        .iter()
        .find(|rule| rule.fits(priority, category, customer_role))
        .map_or_else(
            || Policy::standard(priority, at_risk_percent),
            |rule| rule.policy.clone(),
        )
}

#[cfg(test)]
mod tests;
