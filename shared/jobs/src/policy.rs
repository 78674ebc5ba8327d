//! How a kind of job is tried: how often, at what pace, and how long a run may take. Pure.

use crate::retry::Backoff;
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
