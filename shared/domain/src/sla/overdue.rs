//! What comes on record of a clock: that its deadline is near, and that it has passed. Pure.

use crate::sla::Metric;
use crate::tickets::Happened;
use chrono::{DateTime, Utc};

/// What of a clock has just come on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overdue {
    /// Of which clock.
    pub metric: Metric,
    /// In which cycle of it.
    pub cycle: i32,
    /// What.
    pub kind: OverdueKind,
    /// The instant at which it was due, however late it was found.
    pub at: DateTime<Utc>,
    /// The clock's deadline.
    pub due_at: DateTime<Utc>,
    /// Whether it was found only when the clock stopped: told of, but escalates nothing.
    pub late: bool,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OverdueKind {
    /// The deadline comes near.
    Warning {
        /// The share of the target after which it is given.
        percent: i16,
    },
    /// The deadline has passed.
    Breach,
}

impl Overdue {
    /// The history's entry of it, to be dated [`Overdue::at`].
    #[must_use]
    pub const fn happened(&self) -> Happened {
        let Self {
            metric,
            cycle,
            due_at,
            late,
            ..
        } = *self;
        match self.kind {
            OverdueKind::Warning { percent } => Happened::SlaAtRisk {
                metric,
                cycle,
                percent: Some(percent),
                due_at,
                late,
            },
            OverdueKind::Breach => Happened::SlaBreached {
                metric,
                cycle,
                late,
            },
        }
    }
}
