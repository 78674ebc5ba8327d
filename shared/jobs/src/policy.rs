//! The retry policy of a job: its attempts, its delays and the time limit of a run. Pure.

use crate::retry::Backoff;
use std::time::Duration;

/// The retry policy of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// Attempts before the job moves to the dead letters, at least 1.
    pub attempts: i32,
    /// The delay before each retry.
    pub backoff: Backoff,
    /// The time limit of a run; a longer run is a failed attempt.
    pub limit: Duration,
}
