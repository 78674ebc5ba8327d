//! The statistics of a period as a whole, in the shape of the brief. Pure.

use super::{Count, Figures, Group, InInterval, Ratings, TicketFigures, breakdown};
use crate::tickets::{Category, Priority, Status};
use serde::Serialize;

/// The statistics of the tickets that were created in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Statistics")]
pub struct Stats {
    /// The number of tickets that were created in the period.
    #[schemars(range(min = 0))]
    pub total: i64,
    /// The number of these tickets by status, the most frequent status first.
    pub status_breakdown: Vec<Count<Status>>,
    /// The number of these tickets by priority, the most frequent priority first.
    pub priority_breakdown: Vec<Count<Priority>>,
    /// The number of these tickets by category, the most frequent category first.
    pub category_breakdown: Vec<Count<Category>>,
    /// The figures of the requested agent, or of all agents together.
    pub agent_stats: AgentFigures,
    /// The figures of all tickets of each day, week or month. The field is there if `interval` was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Vec<InInterval<TicketFigures>>")]
    pub intervals: Option<Vec<InInterval<TicketFigures>>>,
}

/// Figures of one agent, or of all agents together. A ticket counts for its present assignee, and a
/// rating for the agent who had the ticket when it was resolved. Unassigned tickets count for no agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AgentStatistics")]
pub struct AgentFigures {
    /// The number of assigned tickets.
    #[schemars(range(min = 0))]
    pub total: i64,
    /// The number of tickets that are neither resolved nor closed.
    #[schemars(range(min = 0))]
    pub open: i64,
    /// The number of closed tickets.
    #[schemars(range(min = 0))]
    pub closed: i64,
    /// The number of resolved tickets, closed ones included.
    #[schemars(range(min = 0))]
    pub resolved: i64,
    /// The average number of minutes from the creation of a ticket to the first response. It is null without responses.
    #[schemars(range(min = 0))]
    pub avg_response_time: Option<i64>,
    /// The average number of minutes from the creation of a ticket to its resolution. It is null without resolutions.
    #[schemars(range(min = 0))]
    pub avg_resolution_time: Option<i64>,
    /// The average number of stars, as text with one decimal. It is null without ratings.
    pub satisfaction_rating: Option<String>,
    /// The percentage of the resolved tickets that met both deadlines, as text with two decimals. It is null without
    /// resolved tickets.
    pub sla_compliance: Option<String>,
}

impl Stats {
    /// Every ticket of the period is in one of the groups.
    #[must_use]
    pub fn of(
        groups: &[Group],
        agents: AgentFigures,
        intervals: Option<Vec<InInterval<TicketFigures>>>,
    ) -> Self {
        Self {
            total: groups.iter().map(|group| group.total).sum(),
            status_breakdown: breakdown(groups, |group| group.status),
            priority_breakdown: breakdown(groups, |group| group.priority),
            category_breakdown: breakdown(groups, |group| group.category),
            agent_stats: agents,
            intervals,
        }
    }
}

impl AgentFigures {
    /// The figures to show of assigned tickets.
    #[must_use]
    pub fn of(assigned: &Figures, ratings: &Ratings) -> Self {
        Self {
            total: assigned.total,
            open: assigned.open,
            closed: assigned.closed,
            resolved: assigned.resolved(),
            avg_response_time: assigned.response.average(),
            avg_resolution_time: assigned.resolution.average(),
            satisfaction_rating: ratings.mean(),
            sla_compliance: assigned.compliance(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Durations, *};

    fn group(status: Status, category: Category, total: i64) -> Group {
        Group {
            status,
            priority: Priority::Medium,
            category,
            total,
        }
    }

    #[test]
    fn the_answer_has_the_shape_of_the_brief() {
        let assigned = Figures {
            total: 4,
            open: 1,
            closed: 3,
            compliant: 2,
            response: Durations {
                count: 2,
                millis: 2 * 22 * 60_000 + 60_000,
                ..Durations::default()
            },
            resolution: Durations {
                count: 3,
                millis: 3 * 185 * 60_000 + 59_000,
                ..Durations::default()
            },
            ..Figures::default()
        };
        let groups = [
            group(Status::Open, Category::Payment, 1),
            group(Status::InProgress, Category::Technical, 1),
            group(Status::Closed, Category::Booking, 3),
            group(Status::InProgress, Category::Account, 1),
        ];
        let agents = AgentFigures::of(&assigned, &Ratings([0, 0, 0, 1, 2]));
        let stats = Stats::of(&groups, agents, None);
        assert_eq!(
            serde_json::to_value(stats).unwrap(),
            serde_json::json!({
                "total": 6,
                "statusBreakdown": [
                    {"_id": "closed", "count": 3},
                    {"_id": "in_progress", "count": 2},
                    {"_id": "open", "count": 1},
                ],
                "priorityBreakdown": [{"_id": "medium", "count": 6}],
                "categoryBreakdown": [
                    {"_id": "booking", "count": 3},
                    {"_id": "account", "count": 1},
                    {"_id": "payment", "count": 1},
                    {"_id": "technical", "count": 1},
                ],
                "agentStats": {
                    "total": 4,
                    "open": 1,
                    "closed": 3,
                    "resolved": 3,
                    "avgResponseTime": 23,
                    "avgResolutionTime": 185,
                    "satisfactionRating": "4.7",
                    "slaCompliance": "66.67",
                },
            })
        );
    }

    #[test]
    fn of_nothing_there_is_no_average() {
        let figures = AgentFigures::of(&Figures::default(), &Ratings::default());
        assert_eq!(figures.avg_response_time, None);
        assert_eq!(figures.avg_resolution_time, None);
        assert_eq!(figures.satisfaction_rating, None);
        assert_eq!(figures.sla_compliance, None);
        assert!(Stats::of(&[], figures, None).status_breakdown.is_empty());
    }
}
