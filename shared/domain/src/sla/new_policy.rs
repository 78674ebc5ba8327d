//! Policies as admins send them: every fault at once, each with the path of its field. Pure.

use crate::sla::{Calendar, Policy, PolicyRule, WarningThresholds};
use crate::{
    field_error::{Constraint, Entries, FieldErrors},
    people::Role,
};
use serde::Deserialize;
use std::ops::RangeInclusive;

/// The longest target: a year.
const MINUTES: RangeInclusive<i64> = 1..=525_600;
/// A target that a calendar reaches only after so many weeks, ten years, is none.
const MOST_WEEKS: i64 = 522;
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
    pub at_risk_percent: Option<NewWarningThresholds>,
    /// See [`Policy::calendar`].
    pub calendar: Option<Calendar>,
}

/// Shares as an admin sends them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum NewWarningThresholds {
    /// A number.
    Once(i64),
    /// A list of numbers.
    Each(Entries<i64>),
}

impl NewWarningThresholds {
    /// What a share may be, in percent.
    pub const PERCENT: RangeInclusive<i64> = 1..=99;
    /// How many of them there may be.
    pub const MOST: usize = 10;

    fn parse(&self, field: &str, faults: &mut FieldErrors) -> Option<WarningThresholds> {
        let mut percent = |field: &str, percent: Option<i64>| {
            let percent = faults.integer(field, percent, Self::PERCENT)?;
            i16::try_from(percent).ok()
        };
        match self {
            Self::Once(once) => percent(field, Some(*once)).map(WarningThresholds::Once),
            Self::Each(each) => {
                let thresholds: Vec<_> = each
                    .iter()
                    .enumerate()
                    .map(|(index, threshold)| percent(&format!("{field}[{index}]"), *threshold))
                    .collect();
                faults.entries(field, each.len(), Self::MOST);
                if each.is_empty() {
                    faults.add(field, "too_few", "must have a share, such as [80]");
                }
                for (index, two) in each.windows(2).enumerate() {
                    if let [Some(before), Some(after)] = two
                        && before >= after
                    {
                        let field = format!("{field}[{}]", index + 1);
                        faults.add(field, "not_ascending", "must be above the one before");
                    }
                }
                thresholds
                    .into_iter()
                    .collect::<Option<_>>()
                    .map(WarningThresholds::Each)
            }
        }
    }
}

impl NewPolicy {
    /// Notes every fault, and gives the policy when there is none. `path` is what the fields hang
    /// on, such as `policy` or `policies[2]`.
    pub fn parse(
        &self,
        path: &str,
        at_risk_percent: i16,
        faults: &mut FieldErrors,
    ) -> Option<Policy> {
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
        if let Some(calendar) = &self.calendar {
            for (name, target) in [
                ("firstResponseMinutes", first),
                ("nextResponseMinutes", next),
                ("resolutionMinutes", resolution),
            ] {
                if target.is_some_and(|target| never_comes(calendar, target)) {
                    let message = "is reached only after more than ten years of these hours";
                    faults.add(field(name), "never_comes", message);
                }
            }
        }
        let at_risk = self.at_risk_percent.as_ref();
        let at_risk = at_risk.map(|thresholds| thresholds.parse(&field("atRiskPercent"), faults));
        Some(Policy {
            name,
            first_response_minutes: first?,
            next_response_minutes: next,
            resolution_minutes: resolution?,
            pause_when_waiting: self.pause_when_waiting.unwrap_or(true),
            at_risk_percent: at_risk.unwrap_or(Some(WarningThresholds::Once(at_risk_percent)))?,
            calendar: self.calendar.clone(),
        })
    }
}

fn never_comes(calendar: &Calendar, target_minutes: i32) -> bool {
    let minutes_of_a_week = calendar.weekly() / 60_000_000;
    i64::from(target_minutes) > minutes_of_a_week.saturating_mul(MOST_WEEKS)
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
    fn parse(
        &self,
        path: &str,
        at_risk_percent: i16,
        faults: &mut FieldErrors,
    ) -> Option<PolicyRule> {
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
            Constraint::Word(requesters.map(|role| role.as_str()).collect()),
        );
        if customer_role.is_some_and(Role::is_staff) {
            let message = "must be one of: customer, technician, corporate";
            faults.add(field, "not_a_requester", message);
        }
        let policy = self.policy.parse(path, at_risk_percent, faults);
        let (first, resolution) = (
            self.policy.first_response_minutes,
            self.policy.resolution_minutes,
        );
        if resolution.is_some() && resolution < first {
            faults.add(
                format!("{path}.resolutionMinutes"),
                "shorter_than_first_response",
                "must not be less than firstResponseMinutes: a resolution is a response as well",
            );
        }
        Some(PolicyRule {
            priority: priority?,
            category,
            customer_role,
            policy: policy?,
        })
    }
}

impl PolicyRule {
    /// Reads the whole list of rules, in order, and notes every fault under `policies[…]`. Rules
    /// without a share of their own warn at `at_risk_percent`. An empty list brings the brief's
    /// table back.
    pub fn parse_list(
        rules: &[Option<NewPolicyRule>],
        at_risk_percent: i16,
        faults: &mut FieldErrors,
    ) -> Option<Vec<Self>> {
        faults.entries("policies", rules.len(), MOST_RULES);
        let parsed: Vec<Option<Self>> = rules
            .iter()
            .enumerate()
            .map(|(index, rule)| {
                let path = format!("policies[{index}]");
                rule.as_ref()?.parse(&path, at_risk_percent, faults)
            })
            .collect();
        parsed.into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
