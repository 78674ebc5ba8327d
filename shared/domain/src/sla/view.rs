//! The `sla` object of a ticket in responses. Pure.
//!
//! `met` is false as soon as the deadline has passed, since the clock can no longer be met. The `state` is
//! then `breached` until the clock stops, and `missed` afterwards.

use crate::sla::{Calendar, Clocks, Metric, Policy, SlaClock};
use crate::text_enum;
use chrono::{DateTime, Utc};

text_enum! {
    /// The state of an SLA clock.
    pub enum ClockState as "SlaClockState" {
        /// The clock runs and has not passed its first warning threshold.
        Pending = "pending",
        /// The clock runs and has passed its first warning threshold.
        AtRisk = "at_risk",
        /// The clock has passed its deadline and has not stopped.
        Breached = "breached",
        /// The clock is paused, and its deadline has not passed.
        Paused = "paused",
        /// The clock stopped in time.
        Met = "met",
        /// The clock stopped after its deadline.
        Missed = "missed",
    }
}

/// The SLA policy of a ticket, and the state of its clocks.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Sla")]
pub struct SlaView {
    /// The policy of the ticket.
    pub policy: Policy,
    /// The clock of the first response: from the creation of the ticket to the first public answer.
    pub first_response: ClockView,
    /// The clock of the next response: from the oldest unanswered message of the customer to the next public answer.
    /// It is null if the policy has no target for it, or if no message has waited yet.
    pub next_response: Option<ClockView>,
    /// The clock of the resolution: from the creation or the last reopening of the ticket until it is resolved.
    pub resolution: ClockView,
    /// The working minutes for which the resolution clock was paused, rounded down.
    #[schemars(range(min = 0))]
    pub paused_minutes: i64,
}

/// The state of an SLA clock.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SlaClock")]
pub struct ClockView {
    /// The target in working minutes.
    #[schemars(range(min = 1, max = 525_600))]
    pub target_minutes: i32,
    /// The deadline. That of a paused clock is the deadline that it would have if it resumed now.
    #[serde(with = "crate::time_format")]
    #[schemars(with = "crate::time_format::Instant")]
    pub target_at: DateTime<Utc>,
    /// When the clock stopped. It is null while the clock runs or is paused.
    #[serde(with = "crate::time_format::option")]
    #[schemars(with = "Option<crate::time_format::Instant>")]
    pub at: Option<DateTime<Utc>>,
    /// The working minutes that have passed without the pauses, rounded down.
    #[schemars(range(min = 0))]
    pub elapsed_minutes: i64,
    /// The target minus the minutes that have passed. It is negative after the deadline.
    pub remaining_minutes: i64,
    /// The state of the clock.
    pub state: ClockState,
    /// Whether the target was met. It is null while that is undecided.
    pub met: Option<bool>,
}

impl SlaView {
    /// The view of a ticket's clocks at `now`, each in its latest cycle. `None` if a clock that every ticket
    /// has is missing.
    #[must_use]
    pub fn of(policy: &Policy, clocks: &Clocks, now: DateTime<Utc>) -> Option<Self> {
        let calendar = policy.calendar.as_ref();
        let resolution = clocks.latest(Metric::Resolution)?;
        let next_response = policy
            .next_response_minutes
            .and_then(|_| clocks.latest(Metric::NextResponse));
        Some(Self {
            policy: policy.clone(),
            first_response: ClockView::of(clocks.latest(Metric::FirstResponse)?, calendar, now),
            next_response: next_response.map(|clock| ClockView::of(clock, calendar, now)),
            resolution: ClockView::of(resolution, calendar, now),
            paused_minutes: resolution.paused(calendar, now).num_minutes(),
        })
    }
}

impl ClockView {
    /// The view of one clock at `now`, by the calendar of its ticket's policy.
    #[must_use]
    pub fn of(clock: &SlaClock, calendar: Option<&Calendar>, now: DateTime<Utc>) -> Self {
        let elapsed_minutes = clock.elapsed(calendar, now).num_minutes();
        let state = state(clock, now);
        Self {
            target_minutes: clock.target_minutes,
            target_at: clock.due_if_resumed(calendar, now),
            at: clock.stopped_at,
            elapsed_minutes,
            remaining_minutes: i64::from(clock.target_minutes) - elapsed_minutes,
            state,
            met: match state {
                ClockState::Met => Some(true),
                ClockState::Breached | ClockState::Missed => Some(false),
                ClockState::Pending | ClockState::AtRisk | ClockState::Paused => None,
            },
        }
    }
}

fn state(clock: &SlaClock, now: DateTime<Utc>) -> ClockState {
    match (clock.stopped_at.is_some(), clock.is_breached(now)) {
        (true, true) => ClockState::Missed,
        (true, false) => ClockState::Met,
        (false, true) => ClockState::Breached,
        (false, false) if clock.paused_at.is_some() => ClockState::Paused,
        (false, false) if now >= clock.warn_at => ClockState::AtRisk,
        (false, false) => ClockState::Pending,
    }
}

#[cfg(test)]
mod tests;
