//! Policies: the targets of a ticket. The standard targets are the table of the contract; admins replace them by
//! rules. The first rule that matches a ticket gives its policy. Pure.

use crate::sla::{Calendar, Metric, WarningThresholds};
use crate::{
    category::{Category, Priority},
    people::Role,
};
use serde::{Deserialize, Serialize};

/// The targets of a ticket, and the working hours in which its clocks run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SlaPolicy")]
pub struct Policy {
    /// The name of the policy, for people. It may be null.
    #[serde(default)]
    pub name: Option<String>,
    /// The minutes from the creation of a ticket until its first public answer.
    #[schemars(range(min = 1, max = 525_600))]
    pub first_response_minutes: i32,
    /// The minutes from a later message of the customer until the next public answer. It is null if that time is not
    /// measured.
    #[schemars(range(min = 1, max = 525_600))]
    #[serde(default)]
    pub next_response_minutes: Option<i32>,
    /// The minutes from the creation or the last reopening of a ticket until it is resolved.
    #[schemars(range(min = 1, max = 525_600))]
    pub resolution_minutes: i32,
    /// Whether the resolution clock pauses while the ticket waits for the customer.
    #[serde(default = "yes")]
    pub pause_when_waiting: bool,
    /// The part of a target, in percent, after which the ticket is at risk.
    pub at_risk_percent: WarningThresholds,
    /// The working hours in which the clocks run. It is null if they always run.
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

/// An SLA policy, and the tickets that it is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SlaPolicyRule")]
pub struct PolicyRule {
    /// The priority of the tickets that the rule matches.
    pub priority: Priority,
    /// The category of the tickets that the rule matches. Null matches any category.
    #[serde(default)]
    pub category: Option<Category>,
    /// The role of the customers whose tickets the rule matches. Null matches any role.
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
