//! The `sla` object of a ticket in responses. Pure.
//!
//! `met` is false as soon as the deadline has passed, since the clock can no longer be met. The `state` is
//! then `breached` until the clock stops, and `missed` afterwards.

use crate::sla::{Calendar, Clocks, Metric, Policy, SlaClock};
use crate::text_enum;
use chrono::{DateTime, Utc};

text_enum! {
    /// The state of a clock.
    pub enum ClockState {
        /// Running, before its first warning threshold.
        Pending = "pending",
        /// Running, past its first warning threshold.
        AtRisk = "at_risk",
        /// Not stopped, and past its deadline.
        Breached = "breached",
        /// Paused, before its deadline.
        Paused = "paused",
        /// Stopped in time.
        Met = "met",
        /// Stopped too late.
        Missed = "missed",
    }
}

/// The `sla` object.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlaView {
    /// The policy of the ticket.
    pub policy: Policy,
    /// From creation to the first public staff message.
    pub first_response: ClockView,
    /// From the oldest unanswered customer message to the next public staff message. If no message is
    /// unanswered, the clock of the last answered one. Null if the policy has no target for it, or there was no
    /// such message yet.
    pub next_response: Option<ClockView>,
    /// From creation, or the last reopening, to resolved.
    pub resolution: ClockView,
    /// Working minutes for which the resolution clock was paused, rounded down.
    pub paused_minutes: i64,
}

/// One clock of the `sla` object.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClockView {
    /// The target, in working minutes.
    pub target_minutes: i32,
    /// The deadline; for a paused clock, the deadline if it resumed now.
    #[serde(with = "crate::time_format")]
    #[schemars(with = "crate::time_format::Instant")]
    pub target_at: DateTime<Utc>,
    /// When the clock stopped; null while it has not.
    #[serde(with = "crate::time_format::option")]
    #[schemars(with = "Option<crate::time_format::Instant>")]
    pub at: Option<DateTime<Utc>>,
    /// Working minutes used, without pauses, rounded down.
    pub elapsed_minutes: i64,
    /// The target minus the minutes used: the minutes left, rounded up; below zero, the whole minutes past the
    /// deadline. For a stopped clock, as of its stop.
    pub remaining_minutes: i64,
    /// The state of the clock.
    pub state: ClockState,
    /// Whether the target was met; null while that is open.
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
