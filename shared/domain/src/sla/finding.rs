//! Findings of a clock: warnings and breaches. Pure.

use crate::sla::Metric;
use chrono::{DateTime, Utc};

/// A warning or a breach that has just been recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlaFinding {
    /// The clock.
    pub metric: Metric,
    /// The cycle of the clock, from 1.
    pub cycle: i32,
    /// Warning or breach.
    pub kind: SlaFindingKind,
    /// When it was due, which may be long before its detection.
    pub at: DateTime<Utc>,
    /// The clock's deadline.
    pub due_at: DateTime<Utc>,
    /// Whether it was detected only when the clock stopped. Then it escalates nothing.
    pub detected_after_stop: bool,
}

/// The kind of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlaFindingKind {
    /// The clock passed a warning threshold.
    Warning {
        /// The threshold, in percent of the target.
        percent: i16,
    },
    /// The deadline has passed.
    Breach,
}
