//! Policies as admins send them: every fault at once, each with the path of its field. Pure.

use super::{Policy, PolicyRule};
use crate::{
    fault::{Asks, Faults},
    people::Role,
};
use serde::Deserialize;
use std::ops::RangeInclusive;

/// The longest target: a year.
const MINUTES: RangeInclusive<i64> = 1..=525_600;
const PERCENT: RangeInclusive<i64> = 1..=99;
const MOST_RULES: usize = 200;
const NAME_CHARACTERS: usize = 100;

/// A policy as an admin sends it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewPolicy {
    /// See [`Policy::name`].
    pub name: Option<String>,
    /// See [`Policy::first_response_minutes`].
    pub first_response_minutes: Option<i64>,
    /// See [`Policy::next_response_minutes`].
    pub next_response_minutes: Option<i64>,
    /// See [`Policy::resolution_minutes`].
    pub resolution_minutes: Option<i64>,
    /// See [`Policy::pause_when_waiting`]; true when absent.
    pub pause_when_waiting: Option<bool>,
    /// See [`Policy::at_risk_percent`]; the configured share when absent.
    pub at_risk_percent: Option<i64>,
}

impl NewPolicy {
    /// Notes every fault, and gives the policy when there is none. `path` is what the fields hang
    /// on, such as `policy` or `policies[2]`.
    pub fn parse(&self, path: &str, at_risk_percent: i16, faults: &mut Faults) -> Option<Policy> {
        let field = |name: &str| format!("{path}.{name}");
        let name = faults.optional_text(&field("name"), self.name.as_deref(), 1, NAME_CHARACTERS);
        let mut minutes = |name: &str, minutes: Option<i64>, need: Need| {
            if minutes.is_none() && need == Need::Required {
                faults.required(&field(name));
            }
            let minutes = faults.integer(&field(name), minutes, MINUTES);
            minutes.and_then(|minutes| i32::try_from(minutes).ok())
        };
        let first = minutes(
            "firstResponseMinutes",
            self.first_response_minutes,
            Need::Required,
        );
        let next = minutes(
            "nextResponseMinutes",
            self.next_response_minutes,
            Need::Optional,
        );
        let resolution = minutes("resolutionMinutes", self.resolution_minutes, Need::Required);
        let percent = faults.integer(&field("atRiskPercent"), self.at_risk_percent, PERCENT);
        let percent = percent.and_then(|percent| i16::try_from(percent).ok());
        Some(Policy {
            name,
            first_response_minutes: first?,
            next_response_minutes: next,
            resolution_minutes: resolution?,
            pause_when_waiting: self.pause_when_waiting.unwrap_or(true),
            at_risk_percent: percent.unwrap_or(at_risk_percent),
        })
    }
}

/// Whether a field has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
}

/// A rule as an admin sends it: the policy's fields and those of the condition side by side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NewPolicyRule {
    /// See [`PolicyRule::priority`].
    pub priority: Option<String>,
    /// See [`PolicyRule::category`].
    pub category: Option<String>,
    /// See [`PolicyRule::customer_role`].
    pub customer_role: Option<String>,
    /// The policy.
    #[serde(flatten)]
    pub policy: NewPolicy,
}

impl NewPolicyRule {
    fn parse(&self, path: &str, at_risk_percent: i16, faults: &mut Faults) -> Option<PolicyRule> {
        let field = format!("{path}.priority");
        if self.priority.is_none() {
            faults.required(&field);
        }
        let priority = faults.word(&field, self.priority.as_deref());
        let category = faults.word(&format!("{path}.category"), self.category.as_deref());
        let field = format!("{path}.customerRole");
        let customer_role: Option<Role> = faults.word(&field, self.customer_role.as_deref());
        let requesters = Role::ALL.iter().filter(|role| !role.is_staff());
        faults.ask(
            &field,
            Asks::Word(requesters.map(|role| role.as_str()).collect()),
        );
        if customer_role.is_some_and(Role::is_staff) {
            let message = "must be one of: customer, technician, corporate";
            faults.add(field, "not_a_requester", message);
        }
        let policy = self.policy.parse(path, at_risk_percent, faults)?;
        Some(PolicyRule {
            priority: priority?,
            category,
            customer_role,
            policy,
        })
    }
}

impl PolicyRule {
    /// Reads the whole list of rules, in order, and notes every fault under `policies[…]`. Rules
    /// without a share of their own warn at `at_risk_percent`. An empty list brings the brief's
    /// table back.
    pub fn parse_list(
        rules: &[NewPolicyRule],
        at_risk_percent: i16,
        faults: &mut Faults,
    ) -> Option<Vec<Self>> {
        faults.entries("policies", rules.len(), MOST_RULES);
        let parsed: Vec<Option<Self>> = rules
            .iter()
            .take(MOST_RULES)
            .enumerate()
            .map(|(index, rule)| rule.parse(&format!("policies[{index}]"), at_risk_percent, faults))
            .collect();
        parsed.into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
