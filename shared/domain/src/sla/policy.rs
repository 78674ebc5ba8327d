//! Policies: the targets of a ticket. The standard targets are the table of the contract; admins replace them by
//! rules. The first rule that matches a ticket gives its policy. Pure.

use crate::sla::{Calendar, Metric, WarningThresholds};
use crate::{
    category::{Category, Priority},
    people::Role,
};
use serde::{Deserialize, Serialize};

/// The targets and the calendar of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Policy {
    /// Name, given by admins.
    #[serde(default)]
    pub name: Option<String>,
    /// Minutes from creation to the first public staff message.
    pub first_response_minutes: i32,
    /// Minutes from the oldest unanswered customer message to the next public staff message; without it there is no
    /// next-response clock.
    #[serde(default)]
    pub next_response_minutes: Option<i32>,
    /// Minutes from creation, or the last reopening, to resolved.
    pub resolution_minutes: i32,
    /// Whether the resolution clock is paused while the ticket waits for the customer.
    #[serde(default = "yes")]
    pub pause_when_waiting: bool,
    /// The warning thresholds, in percent of a target.
    pub at_risk_percent: WarningThresholds,
    /// The calendar of working time; without one all time counts.
    #[serde(default)]
    pub calendar: Option<Calendar>,
}

/// The target of one clock.
#[derive(Debug, Clone, Copy)]
pub struct SlaTarget<'a> {
    /// The target, in working minutes.
    pub target_minutes: i32,
    /// The warning thresholds.
    pub at_risk: &'a WarningThresholds,
    /// The calendar of working time; without one all time counts.
    pub calendar: Option<&'a Calendar>,
}

const fn yes() -> bool {
    true
}

impl Policy {
    /// The standard policy for a priority. `at_risk_percent` is its warning threshold, 1 to 99.
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

    /// The target of a clock; `None` if the policy has none for it.
    #[must_use]
    pub fn target(&self, metric: Metric) -> Option<SlaTarget<'_>> {
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

/// A policy, and the tickets that it applies to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct PolicyRule {
    /// Priority that it matches.
    pub priority: Priority,
    /// Category that it matches; null matches all.
    #[serde(default)]
    pub category: Option<Category>,
    /// Role of the customer that it matches; null matches all.
    #[serde(default)]
    pub customer_role: Option<Role>,
    /// The policy of matching tickets.
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

/// The standard policies as rules: in force until admins set other rules.
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

/// The policy of the first rule that matches; the standard policy with `at_risk_percent`, if none does.
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
