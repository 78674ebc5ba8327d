//! The `sla` object of a ticket's answer. Pure.
//!
//! `met` is false as soon as the deadline has passed: it cannot be met any more, although the
//! `state` is `breached` until the clock stops and `missed` from then on.

use crate::sla::{Calendar, Clocks, Metric, Policy, SlaClock};
use crate::text_enum;
use chrono::{DateTime, Utc};

text_enum! {
    /// How a clock stands.
    pub enum ClockState {
        /// Running, with time in hand.
        Pending = "pending",
        /// Running, and past the share of its target at which a warning is given.
        AtRisk = "at_risk",
        /// Not stopped, and past its deadline, whether it stands still now or not.
        Breached = "breached",
        /// Standing still, its deadline not passed.
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
    /// What the ticket is held to.
    pub policy: Policy,
    /// From creation to the first public staff message.
    pub first_response: ClockView,
    /// From the oldest unanswered customer message to the next public staff message; of the last
    /// one answered when none waits. Null when the policy has no target for it, or no message has
    /// ever waited.
    pub next_response: Option<ClockView>,
    /// From creation, or the last reopening, to resolved.
    pub resolution: ClockView,
    /// Working minutes for which the resolution clock stood still, rounded down.
    pub paused_minutes: i64,
}

/// One clock of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClockView {
    /// The target, in working minutes.
    pub target_minutes: i32,
    /// The deadline; of a clock that stands still, as if it ran on now.
    #[serde(with = "crate::time_format")]
    #[schemars(with = "crate::time_format::Instant")]
    pub target_at: DateTime<Utc>,
    /// When what it measures happened.
    #[serde(with = "crate::time_format::option")]
    #[schemars(with = "Option<crate::time_format::Instant>")]
    pub at: Option<DateTime<Utc>>,
    /// Working minutes used, pauses left out, rounded down.
    pub elapsed_minutes: i64,
    /// The target less the minutes used: what is left, begun minutes counted whole; below zero,
    /// the whole minutes past the deadline. Of a clock that has stopped, as of then.
    pub remaining_minutes: i64,
    /// How it stands.
    pub state: ClockState,
    /// Null while undecided.
    pub met: Option<bool>,
}

impl SlaView {
    /// What is to be shown of a ticket's clocks at `now`; of several cycles, the latest. None
    /// where the clocks that every ticket has are missing.
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
    /// What is to be shown of one clock at `now`, by the calendar of its ticket's policy.
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
