//! What is counted over tickets that have something in common, and the figures that are shown of it. Pure.

use super::{Clocks, InInterval, Ratings, arithmetic};
use serde::Serialize;

/// Counts and sums over tickets. Of a million tickets that took a year each, milliseconds fit in 64 bits a hundred times
/// over; microseconds would not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// All tickets.
    pub total: i64,
    /// Neither resolved nor closed.
    pub open: i64,
    /// Closed.
    pub closed: i64,
    /// Resolved or closed, and both clocks met their deadlines.
    pub compliant: i64,
    /// From the creation to the first response.
    pub response: Durations,
    /// From the creation to the resolution, of tickets that are resolved or closed.
    pub resolution: Durations,
    /// The clocks of the first response.
    pub response_clocks: Clocks,
    /// The clocks of the resolution.
    pub resolution_clocks: Clocks,
    /// Changes of the assignee from one agent to another.
    pub transfers: i64,
    /// Escalations.
    pub escalations: i64,
    /// Reopenings.
    pub reopenings: i64,
    /// Tickets that are resolved or closed, were never reopened, and needed at most one public message of staff.
    pub one_touch: i64,
}

/// The number, the sum and two quantiles of durations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Durations {
    /// How many.
    pub count: i64,
    /// Their sum in milliseconds.
    pub millis: i64,
    /// The least duration in milliseconds that half of them do not exceed.
    pub p50: Option<i64>,
    /// The least duration in milliseconds that nine of ten do not exceed.
    pub p90: Option<i64>,
}

impl Durations {
    /// The average in minutes.
    #[must_use]
    pub fn average(&self) -> Option<i64> {
        arithmetic::minutes(self.millis, self.count)
    }

    /// The median in minutes.
    #[must_use]
    pub fn median(&self) -> Option<i64> {
        arithmetic::minutes(self.p50?, 1)
    }

    /// The 90th percentile in minutes.
    #[must_use]
    pub fn ninetieth(&self) -> Option<i64> {
        arithmetic::minutes(self.p90?, 1)
    }
}

impl Figures {
    /// The tickets that are resolved or closed.
    #[must_use]
    pub const fn resolved(&self) -> i64 {
        self.total - self.open
    }

    /// The percentage of the resolved tickets that met both deadlines, with two decimals.
    #[must_use]
    pub fn compliance(&self) -> Option<String> {
        arithmetic::percent(self.compliant, self.resolved())
    }
}

/// The figures of tickets that have something in common. Times are in minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TicketFigures {
    /// The number of tickets.
    #[schemars(range(min = 0))]
    pub total: i64,
    /// The number of tickets that are neither resolved nor closed.
    #[schemars(range(min = 0))]
    pub open: i64,
    /// The number of resolved tickets, closed ones included.
    #[schemars(range(min = 0))]
    pub resolved: i64,
    /// The number of closed tickets.
    #[schemars(range(min = 0))]
    pub closed: i64,
    /// The average number of minutes from the creation of a ticket to the first response. It is null without responses.
    #[schemars(range(min = 0))]
    pub avg_response_time: Option<i64>,
    /// The number of minutes in which half of the first responses came. It is null without responses.
    #[schemars(range(min = 0))]
    pub p50_response_time: Option<i64>,
    /// The number of minutes in which nine of ten first responses came. It is null without responses.
    #[schemars(range(min = 0))]
    pub p90_response_time: Option<i64>,
    /// The average number of minutes from the creation of a ticket to its resolution. It is null without resolutions.
    #[schemars(range(min = 0))]
    pub avg_resolution_time: Option<i64>,
    /// The number of minutes in which half of the tickets were resolved. It is null without resolutions.
    #[schemars(range(min = 0))]
    pub p50_resolution_time: Option<i64>,
    /// The number of minutes in which nine of ten tickets were resolved. It is null without resolutions.
    #[schemars(range(min = 0))]
    pub p90_resolution_time: Option<i64>,
    /// The average number of stars, as text with one decimal. It is null without ratings.
    pub satisfaction_rating: Option<String>,
    /// The number of ratings.
    #[schemars(range(min = 0))]
    pub rating_count: i64,
    /// The percentage of the resolved tickets that met both deadlines, as text with two decimals. It is null without
    /// resolved tickets.
    pub sla_compliance: Option<String>,
    /// The number of times that a ticket passed from one agent to another.
    #[schemars(range(min = 0))]
    pub transfers: i64,
    /// The number of escalations.
    #[schemars(range(min = 0))]
    pub escalations: i64,
    /// The number of reopenings.
    #[schemars(range(min = 0))]
    pub reopenings: i64,
    /// The number of resolved tickets that were never reopened and needed at most one public message of staff.
    #[schemars(range(min = 0))]
    pub resolved_at_first_contact: i64,
}

/// The figures of tickets that have a word in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "{K}Figures")]
pub struct Grouped<K> {
    /// The word that the counted tickets have in common.
    #[serde(rename = "_id")]
    pub of: K,
    /// The figures of the whole period.
    #[serde(flatten)]
    pub figures: TicketFigures,
    /// The same figures for each day, week or month. The list is empty if `interval` was not sent.
    pub intervals: Vec<InInterval<TicketFigures>>,
}

impl TicketFigures {
    /// The figures to show.
    #[must_use]
    pub fn of(counted: &Figures, ratings: &Ratings) -> Self {
        let Figures {
            response,
            resolution,
            ..
        } = counted;
        Self {
            total: counted.total,
            open: counted.open,
            resolved: counted.resolved(),
            closed: counted.closed,
            avg_response_time: response.average(),
            p50_response_time: response.median(),
            p90_response_time: response.ninetieth(),
            avg_resolution_time: resolution.average(),
            p50_resolution_time: resolution.median(),
            p90_resolution_time: resolution.ninetieth(),
            satisfaction_rating: ratings.mean(),
            rating_count: ratings.count(),
            sla_compliance: counted.compliance(),
            transfers: counted.transfers,
            escalations: counted.escalations,
            reopenings: counted.reopenings,
            resolved_at_first_contact: counted.one_touch,
        }
    }
}
