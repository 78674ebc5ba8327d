//! How each kind of job is tried: how often, at what pace, and how long a run may take. The table
//! of `docs/JOBS.md` is this one. Pure.

use super::{
    Job,
    ledger::{OUTSIDE_LIMIT, RUN_LIMIT, SWEEP_LIMIT},
    retry::Backoff,
};
use chrono::TimeDelta;
use std::time::Duration;

/// How a kind of job is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Attempts before it goes to the dead letters.
    pub attempts: i32,
    /// How soon it is tried again.
    pub backoff: Backoff,
    /// How long a run may take before it counts as a failed attempt.
    pub limit: Duration,
}

impl Job {
    /// How it is tried. A job that waits only once at a time is never put off for long: its
    /// successor is not enqueued meanwhile. A mail that a server refuses for now may take hours.
    #[must_use]
    pub const fn policy(&self) -> Policy {
        match self {
            Self::AssignTicket { .. }
            | Self::PlanNotifications { .. }
            | Self::TellOfFailures { .. } => policy(10, pace(2, 600), RUN_LIMIT),
            Self::RequestPasswordReset { .. } => policy(10, pace(2, 120), Duration::from_secs(15)),
            Self::FillAgent { .. } | Self::ReleaseTickets { .. } => {
                policy(10, pace(2, 600), SWEEP_LIMIT)
            }
            Self::AssignWaiting => policy(10, pace(1, 15), Duration::from_mins(1)),
            Self::SweepSla | Self::AutoClose | Self::RollUpStats | Self::Prune => {
                policy(10, pace(1, 15), SWEEP_LIMIT)
            }
            Self::DeliverEmail { .. } => policy(12, pace(10, 3_600), OUTSIDE_LIMIT),
        }
    }
}

const fn policy(attempts: i32, backoff: Backoff, limit: Duration) -> Policy {
    Policy {
        attempts,
        backoff,
        limit,
    }
}

/// From the first delay to the longest, in seconds.
const fn pace(first: i64, longest: i64) -> Backoff {
    Backoff {
        first: TimeDelta::seconds(first),
        longest: TimeDelta::seconds(longest),
    }
}
