//! How the deadlines of a period's tickets were met. Pure.

use super::{Figures, InInterval, arithmetic};
use crate::tickets::Priority;
use serde::Serialize;

/// Clocks of one metric, each ticket's in its latest cycle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clocks {
    /// Stopped before the deadline.
    pub met: i64,
    /// Passed the deadline, whether they have stopped since or not.
    pub breached: i64,
    /// Run or are paused, before the deadline.
    pub running: i64,
}

/// How the deadlines of the first response and of the resolution were met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SlaFigures {
    /// The number of tickets.
    #[schemars(range(min = 0))]
    pub total: i64,
    /// The percentage of the resolved tickets that met both deadlines, as text with two decimals. It is null without
    /// resolved tickets.
    pub sla_compliance: Option<String>,
    /// The deadlines of the first response.
    pub first_response: ClockFigures,
    /// The deadlines of the resolution.
    pub resolution: ClockFigures,
}

/// How the deadlines of one kind were met. A ticket that was reopened counts with its latest deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ClockFigures {
    /// The number of deadlines that were met.
    #[schemars(range(min = 0))]
    pub met: i64,
    /// The number of deadlines that were missed.
    #[schemars(range(min = 0))]
    pub breached: i64,
    /// The number of deadlines that are not decided yet.
    #[schemars(range(min = 0))]
    pub running: i64,
    /// The percentage of the decided deadlines that were met, as text with two decimals. It is null if none is decided.
    pub compliance: Option<String>,
}

/// The report on the deadlines of the tickets of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SlaReport {
    /// The whole period.
    #[serde(flatten)]
    pub figures: SlaFigures,
    /// The same for each priority that tickets of the period have.
    pub priorities: Vec<PrioritySla>,
    /// The same for each day, week or month. The list is empty if `interval` was not sent.
    pub intervals: Vec<InInterval<SlaFigures>>,
}

/// How the deadlines of the tickets with one priority were met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PrioritySla {
    /// The priority.
    #[serde(rename = "_id")]
    pub priority: Priority,
    /// How their deadlines were met.
    #[serde(flatten)]
    pub figures: SlaFigures,
}

impl SlaFigures {
    /// The figures to show.
    #[must_use]
    pub fn of(counted: &Figures) -> Self {
        Self {
            total: counted.total,
            sla_compliance: counted.compliance(),
            first_response: ClockFigures::of(counted.response_clocks),
            resolution: ClockFigures::of(counted.resolution_clocks),
        }
    }
}

impl ClockFigures {
    fn of(clocks: Clocks) -> Self {
        Self {
            met: clocks.met,
            breached: clocks.breached,
            running: clocks.running,
            compliance: arithmetic::percent(clocks.met, clocks.met + clocks.breached),
        }
    }
}
