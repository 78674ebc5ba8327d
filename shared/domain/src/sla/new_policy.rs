//! The policies that admins send: every error at once, each with the path of its field. Pure.

use crate::sla::{Calendar, Policy, PolicyRule, WarningThresholds};
use crate::{
    field_error::{Constraint, FieldErrors},
    people::Role,
    reader::{Meanings, ObjectReader, OneOrSeveral},
};
use std::ops::RangeInclusive;

/// The longest target: a year.
const MINUTES: RangeInclusive<i64> = 1..=525_600;
/// A target must be reached within so many weeks, ten years, of a calendar's hours.
const MOST_WEEKS: i64 = 522;
const MOST_RULES: usize = 200;
const NAME_CHARACTERS: usize = 100;

/// The bounds of a warning threshold, in percent.
const PERCENT: RangeInclusive<i64> = 1..=99;
const MOST_THRESHOLDS: usize = WarningThresholds::MOST;

impl Policy {
    /// Reads a policy; `None` where a field has an error. A policy without thresholds of its own warns at
    /// `at_risk_percent`.
    pub fn read(reader: &mut ObjectReader, at_risk_percent: i16) -> Option<Self> {
        reader.named(
            "SlaPolicyCreate",
            "The targets of an SLA policy, without the tickets that it is for.",
        );
        reader.checks_last();
        Targets::read(reader, at_risk_percent).policy
    }
}

/// The fields of a policy, and the targets as they were sent.
struct Targets {
    policy: Option<Policy>,
    first_response: Option<i64>,
    resolution: Option<i64>,
}

impl Targets {
    fn read(reader: &mut ObjectReader, at_risk_percent: i16) -> Self {
        // Errors of kinds come in the order of reading, errors of values in that of checking.
        reader.mean(TARGETS);
        let thresholds = reader.one_or_several("atRiskPercent", WarningThresholds::named_schema);
        let name = reader.optional("name", 1..=NAME_CHARACTERS);
        let sent = [FIRST_RESPONSE, NEXT_RESPONSE, RESOLUTION].map(|field| reader.integer(field));
        let pauses = reader.flag("pauseWhenWaiting");
        let calendar = reader.object("calendar", Calendar::read).flatten();
        let errors = reader.errors();
        let [first_response, next_response, resolution] = sent;
        let mut minutes = |field: &str, sent: Option<i64>, need: Need| {
            if sent.is_none() && need == Need::Required {
                errors.required(field);
            }
            let minutes = errors.integer(field, sent, MINUTES);
            minutes.and_then(|minutes| i32::try_from(minutes).ok())
        };
        let first = minutes(FIRST_RESPONSE, first_response, Need::Required);
        let next = minutes(NEXT_RESPONSE, next_response, Need::Optional);
        let last = minutes(RESOLUTION, resolution, Need::Required);
        if let Some(calendar) = &calendar {
            for (field, target) in [
                (FIRST_RESPONSE, first),
                (NEXT_RESPONSE, next),
                (RESOLUTION, last),
            ] {
                if target.is_some_and(|target| never_comes(calendar, target)) {
                    let message = "is reached only after more than ten years of these hours";
                    errors.add(field, "never_comes", message);
                }
            }
        }
        let thresholds = match thresholds {
            None => Some(WarningThresholds::Once(at_risk_percent)),
            Some(sent) => warning_thresholds("atRiskPercent", sent, errors),
        };
        let policy = || {
            Some(Policy {
                name,
                first_response_minutes: first?,
                next_response_minutes: next,
                resolution_minutes: last?,
                pause_when_waiting: pauses.unwrap_or(true),
                at_risk_percent: thresholds?,
                calendar,
            })
        };
        Self {
            policy: policy(),
            first_response,
            resolution,
        }
    }
}

/// What the fields of a policy mean.
const TARGETS: Meanings = &[
    (
        "atRiskPercent",
        "The part of a target, in percent, after which the ticket is at risk: one threshold, or \
         several in ascending order. The default is the setting `SLA_AT_RISK_PERCENT`.",
    ),
    ("name", "The name of the policy, for people."),
    (
        FIRST_RESPONSE,
        "The minutes from the creation of a ticket until its first public answer.",
    ),
    (
        NEXT_RESPONSE,
        "The minutes from a later message of the customer until the next public answer. Without it \
         that time is not measured.",
    ),
    (
        RESOLUTION,
        "The minutes from the creation or the last reopening of a ticket until it is resolved.",
    ),
    (
        "pauseWhenWaiting",
        "Whether the resolution clock pauses while the ticket waits for the customer. The \
         default is true.",
    ),
    (
        "calendar",
        "The working hours in which the clocks run. Without a calendar they always run.",
    ),
];

const FIRST_RESPONSE: &str = "firstResponseMinutes";
const NEXT_RESPONSE: &str = "nextResponseMinutes";
const RESOLUTION: &str = "resolutionMinutes";

/// Checks the thresholds at which a clock warns: one, or several in ascending order.
fn warning_thresholds(
    field: &str,
    sent: OneOrSeveral,
    errors: &mut FieldErrors,
) -> Option<WarningThresholds> {
    let mut percent = |field: &str, percent: Option<i64>| {
        let percent = errors.integer(field, percent, PERCENT)?;
        i16::try_from(percent).ok()
    };
    let each = match sent {
        OneOrSeveral::One(once) => {
            return percent(field, Some(once)).map(WarningThresholds::Once);
        }
        OneOrSeveral::Several(each) => each,
    };
    let entries = each.iter().enumerate();
    let thresholds: Vec<_> = entries
        .map(|(index, threshold)| percent(&format!("{field}[{index}]"), *threshold))
        .collect();
    errors.entries(field, each.len(), MOST_THRESHOLDS);
    if each.is_empty() {
        errors.add(field, "too_few", "must have a share, such as [80]");
    }
    for (index, two) in each.windows(2).enumerate() {
        if let [Some(before), Some(after)] = two
            && before >= after
        {
            let field = format!("{field}[{}]", index + 1);
            errors.add(field, "not_ascending", "must be above the one before");
        }
    }
    let thresholds = thresholds.into_iter().collect::<Option<_>>();
    thresholds.map(WarningThresholds::Each)
}

fn never_comes(calendar: &Calendar, target_minutes: i32) -> bool {
    let minutes_of_a_week = calendar.weekly() / 60_000_000;
    i64::from(target_minutes) > minutes_of_a_week.saturating_mul(MOST_WEEKS)
}

/// Whether a field is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
}

impl PolicyRule {
    /// Reads `policies`, the whole list of rules, in order; `None` where a field has an error. Rules
    /// without thresholds of their own warn at `at_risk_percent`. An empty list restores the brief's table.
    pub fn read_list(reader: &mut ObjectReader, at_risk_percent: i16) -> Option<Vec<Self>> {
        let field = "policies";
        reader.named(
            "SlaPolicyListUpdate",
            "All SLA rules. They replace the present ones.",
        );
        reader.mean(&[(
            "policies",
            "The rules in their order of precedence: the first rule that matches a ticket sets its targets. An empty list \
             restores the defaults.",
        )]);
        reader.need(field);
        reader.checks_last();
        let rules =
            reader.objects_at_most(field, MOST_RULES, |rule| Self::read(rule, at_risk_percent));
        rules.into_iter().collect()
    }

    /// Reads one rule: the fields of the condition and those of the policy are in one object.
    fn read(reader: &mut ObjectReader, at_risk_percent: i16) -> Option<Self> {
        reader.named(
            "SlaPolicyRuleCreate",
            "An SLA policy, and the tickets that it is for.",
        );
        reader.mean(&[
            ("priority", "The priority of the tickets that the rule matches."),
            ("category", "The category of the tickets that the rule matches. Without it, any category matches."),
            ("customerRole", "The role of the customers whose tickets the rule matches. Without it, any role matches."),
        ]);
        reader.checks_last();
        let priority = reader.required_word("priority");
        let category = reader.word("category");
        let customer_role: Option<Role> = reader.word("customerRole");
        let errors = reader.errors();
        errors.ask("customerRole", Constraint::Word(Role::requesters()));
        if customer_role.is_some_and(Role::is_staff) {
            let message = "must be one of: customer, technician, corporate";
            errors.add("customerRole", "not_a_requester", message);
        }
        let targets = Targets::read(reader, at_risk_percent);
        if targets.resolution.is_some() && targets.resolution < targets.first_response {
            reader.errors().add(
                RESOLUTION,
                "shorter_than_first_response",
                "must not be less than firstResponseMinutes: a resolution is a response as well",
            );
        }
        Some(Self {
            priority: priority?,
            category,
            customer_role,
            policy: targets.policy?,
        })
    }
}

#[cfg(test)]
mod tests;
