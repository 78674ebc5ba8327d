//! The figures of one agent's own work, for the dashboard. Pure.

use super::{Figures, Ratings};
use serde::Serialize;

/// The figures of the tickets that an agent has resolved in a period.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AgentPerformance")]
pub struct Performance {
    /// The number of tickets that were resolved, closed ones included.
    #[schemars(range(min = 0))]
    pub tickets_resolved: i64,
    /// The number of these tickets that are closed.
    #[schemars(range(min = 0))]
    pub tickets_closed: i64,
    /// The average number of minutes from the creation of a ticket to the first response. It is null without tickets.
    #[schemars(range(min = 0))]
    pub average_response_time: Option<i64>,
    /// The average number of minutes from the creation of a ticket to its resolution. It is null without tickets.
    #[schemars(range(min = 0))]
    pub average_resolution_time: Option<i64>,
    /// The average number of stars, with one decimal. It is null without ratings.
    #[schemars(range(min = 1, max = 5))]
    pub customer_satisfaction_rating: Option<f64>,
    /// The percentage of the tickets that met both deadlines, as text with two decimals. It is null without tickets.
    pub sla_compliance: Option<String>,
}

impl Performance {
    /// The figures to show of tickets that are all resolved.
    #[must_use]
    pub fn of(resolved: &Figures, ratings: &Ratings) -> Self {
        Self {
            tickets_resolved: resolved.total,
            tickets_closed: resolved.closed,
            average_response_time: resolved.response.average(),
            average_resolution_time: resolved.resolution.average(),
            customer_satisfaction_rating: ratings.mean().and_then(|mean| mean.parse().ok()),
            sla_compliance: resolved.compliance(),
        }
    }
}
