//! What comes on record of a clock: that its deadline is near, and that it has passed. Pure.

use crate::sla::Metric;
use crate::tickets::TicketEventKind;
use chrono::{DateTime, Utc};

/// What of a clock has just come on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlaFinding {
    /// Of which clock.
    pub metric: Metric,
    /// In which cycle of it.
    pub cycle: i32,
    /// What.
    pub kind: SlaFindingKind,
    /// The instant at which it was due, however late it was found.
    pub at: DateTime<Utc>,
    /// The clock's deadline.
    pub due_at: DateTime<Utc>,
    /// Whether it was found only when the clock stopped: told of, but escalates nothing.
    pub late: bool,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SlaFindingKind {
    /// The deadline comes near.
    Warning {
        /// The share of the target after which it is given.
        percent: i16,
    },
    /// The deadline has passed.
    Breach,
}

impl SlaFinding {
    /// The history's entry of it, to be dated [`SlaFinding::at`].
    #[must_use]
    pub const fn happened(&self) -> TicketEventKind {
        let Self {
            metric,
            cycle,
            due_at,
            late,
            ..
        } = *self;
        match self.kind {
            SlaFindingKind::Warning { percent } => TicketEventKind::SlaAtRisk {
                metric,
                cycle,
                percent: Some(percent),
                due_at,
                late,
            },
            SlaFindingKind::Breach => TicketEventKind::SlaBreached {
                metric,
                cycle,
                late,
            },
        }
    }
}
