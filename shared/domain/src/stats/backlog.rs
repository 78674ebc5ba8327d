//! The backlog: the tickets that were neither resolved nor closed at an instant, and how old they were. Pure.

use super::{InInterval, arithmetic::minutes};
use serde::Serialize;

/// What is counted of the backlog. Ages are in milliseconds, from the creation of a ticket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BacklogPoint {
    /// Tickets that were created since the instant before.
    pub created: i64,
    /// Resolutions since the instant before.
    pub resolved: i64,
    /// Reopenings since the instant before.
    pub reopened: i64,
    /// Tickets that were active at the instant.
    pub open: i64,
    /// The sum of their ages.
    pub age_millis: i64,
    /// The least age that half of them do not exceed.
    pub p50_age: Option<i64>,
    /// The least age that nine of ten do not exceed.
    pub p90_age: Option<i64>,
    /// The age of the oldest.
    pub max_age: Option<i64>,
}

impl BacklogPoint {
    /// The changes of this period and of the one that follows, and the backlog at the end of that.
    #[must_use]
    pub const fn then(self, next: Self) -> Self {
        Self {
            created: self.created + next.created,
            resolved: self.resolved + next.resolved,
            reopened: self.reopened + next.reopened,
            ..next
        }
    }
}

/// How the backlog changed in a period, and how it was at its end. Ages are in minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct BacklogFigures {
    /// The number of tickets that were created in the period.
    #[schemars(range(min = 0))]
    pub created: i64,
    /// The number of resolutions in the period. A ticket that was reopened may be resolved again.
    #[schemars(range(min = 0))]
    pub resolved: i64,
    /// The number of reopenings in the period.
    #[schemars(range(min = 0))]
    pub reopened: i64,
    /// The number of tickets that were neither resolved nor closed at the end of the period.
    #[schemars(range(min = 0))]
    pub open: i64,
    /// The average age of these tickets in minutes. It is null without any.
    #[schemars(range(min = 0))]
    pub avg_age: Option<i64>,
    /// The age in minutes that half of these tickets do not exceed. It is null without any.
    #[schemars(range(min = 0))]
    pub p50_age: Option<i64>,
    /// The age in minutes that nine of ten of these tickets do not exceed. It is null without any.
    #[schemars(range(min = 0))]
    pub p90_age: Option<i64>,
    /// The age in minutes of the oldest of these tickets. It is null without any.
    #[schemars(range(min = 0))]
    pub oldest_age: Option<i64>,
}

/// The report on the backlog of a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct BacklogReport {
    /// The whole period.
    #[serde(flatten)]
    pub figures: BacklogFigures,
    /// The same for each day, week or month. The list is empty if `interval` was not sent.
    pub intervals: Vec<InInterval<BacklogFigures>>,
}

impl From<BacklogPoint> for BacklogFigures {
    fn from(point: BacklogPoint) -> Self {
        let age = |millis: Option<i64>| minutes(millis?, 1);
        Self {
            created: point.created,
            resolved: point.resolved,
            reopened: point.reopened,
            open: point.open,
            avg_age: minutes(point.age_millis, point.open),
            p50_age: age(point.p50_age),
            p90_age: age(point.p90_age),
            oldest_age: age(point.max_age),
        }
    }
}
