//! The figures and how they are made of sums: whole numbers until the last step, so that the same
//! tickets give the same figures in whatever order they were added up. Halves round up. Pure.

use crate::tickets::{Category, Priority, Status};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use std::{cmp::Reverse, collections::BTreeMap, fmt};

const MILLIS_PER_MINUTE: i64 = 60_000;

/// The statistics of the tickets that were created in a period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
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
    /// Every change that was made until this instant is counted. It is null before the figures were computed for the first time.
    #[serde(serialize_with = "in_milliseconds")]
    #[schemars(with = "Option<crate::time_format::Instant>")]
    pub as_of: Option<DateTime<Utc>>,
}

/// How many tickets have a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[schemars(rename = "{T}Count")]
pub struct Count<T> {
    /// The value that the counted tickets have in common.
    #[serde(rename = "_id")]
    pub of: T,
    /// The number of tickets with this value.
    #[schemars(range(min = 0))]
    pub count: i64,
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

/// The figures of the tickets that an agent has resolved today.
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

/// Sums over tickets. Of a million tickets that took a year each, milliseconds fit in 64 bits a
/// hundred times over; microseconds would not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Tickets.
    pub total: i64,
    /// Resolved ones with both clocks met.
    pub compliant: i64,
    /// Tickets that have a first response.
    pub response_count: i64,
    /// The time until then.
    pub response_millis: i64,
    /// Resolved tickets.
    pub resolution_count: i64,
    /// The time until then.
    pub resolution_millis: i64,
}

/// Ratings, counted and added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ratings {
    /// How many.
    pub count: i64,
    /// Stars altogether.
    pub sum: i64,
}

/// The tickets of a period that have status, priority and category in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group {
    /// Their status.
    pub status: Status,
    /// Their priority.
    pub priority: Priority,
    /// Their category.
    pub category: Category,
    /// All of them.
    pub total: i64,
    /// Those that agents have, or the one agent.
    pub agents: Sums,
}

impl Stats {
    /// Every ticket of the period is in one group.
    #[must_use]
    pub fn of(groups: &[Group], ratings: Ratings, as_of: Option<DateTime<Utc>>) -> Self {
        Self {
            total: groups.iter().map(|group| group.total).sum(),
            status_breakdown: breakdown(groups, |group| group.status),
            priority_breakdown: breakdown(groups, |group| group.priority),
            category_breakdown: breakdown(groups, |group| group.category),
            agent_stats: AgentFigures::of(groups, ratings),
            as_of,
        }
    }
}

impl AgentFigures {
    fn of(groups: &[Group], ratings: Ratings) -> Self {
        let (mut all, mut open, mut closed) = (Sums::default(), 0, 0);
        for group in groups {
            all.add(group.agents);
            if group.status.is_active() {
                open += group.agents.total;
            }
            if group.status == Status::Closed {
                closed += group.agents.total;
            }
        }
        let resolved = all.total - open;
        Self {
            total: all.total,
            open,
            closed,
            resolved,
            avg_response_time: minutes(all.response_millis, all.response_count),
            avg_resolution_time: minutes(all.resolution_millis, all.resolution_count),
            satisfaction_rating: ratings.mean().map(|mean| mean.to_string()),
            sla_compliance: percent(all.compliant, resolved),
        }
    }
}

impl Performance {
    /// Of tickets that are all resolved, of which some are closed.
    #[must_use]
    pub fn of(resolved: Sums, closed: i64, ratings: Ratings) -> Self {
        Self {
            tickets_resolved: resolved.total,
            tickets_closed: closed,
            average_response_time: minutes(resolved.response_millis, resolved.response_count),
            average_resolution_time: minutes(resolved.resolution_millis, resolved.resolution_count),
            customer_satisfaction_rating: ratings
                .mean()
                .and_then(|mean| mean.to_string().parse().ok()),
            sla_compliance: percent(resolved.compliant, resolved.total),
        }
    }
}

impl Sums {
    fn add(&mut self, other: Self) {
        self.total += other.total;
        self.compliant += other.compliant;
        self.response_count += other.response_count;
        self.response_millis += other.response_millis;
        self.resolution_count += other.resolution_count;
        self.resolution_millis += other.resolution_millis;
    }
}

impl Ratings {
    fn mean(self) -> Option<Decimal<1>> {
        rounded(self.sum.checked_mul(10)?, self.count).map(Decimal)
    }
}

/// A number with `PLACES` decimals: what is kept is the number times 10^`PLACES`.
struct Decimal<const PLACES: u32>(i64);

impl<const PLACES: u32> fmt::Display for Decimal<PLACES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let one = 10_i64.pow(PLACES);
        let width = usize::try_from(PLACES).unwrap_or_default();
        write!(f, "{}.{:0width$}", self.0 / one, self.0 % one)
    }
}

fn minutes(millis: i64, count: i64) -> Option<i64> {
    rounded(millis, count.checked_mul(MILLIS_PER_MINUTE)?)
}

fn percent(part: i64, whole: i64) -> Option<String> {
    rounded(part.checked_mul(100 * 100)?, whole)
        .map(|hundredths| Decimal::<2>(hundredths).to_string())
}

/// The quotient of two numbers that are not negative, to the nearest whole number; none of nothing.
fn rounded(dividend: i64, divisor: i64) -> Option<i64> {
    dividend.checked_add(divisor / 2)?.checked_div(divisor)
}

/// How many tickets there are of each kind: the most frequent first, those of the same count by
/// their words, and what there is none of not at all.
fn breakdown<T: Ord + fmt::Display>(groups: &[Group], kind: impl Fn(&Group) -> T) -> Vec<Count<T>> {
    let mut counts = BTreeMap::new();
    for group in groups {
        *counts.entry(kind(group)).or_insert(0) += group.total;
    }
    let mut counts: Vec<_> = (counts.into_iter())
        .filter(|(_, count)| *count > 0)
        .map(|(of, count)| Count { of, count })
        .collect();
    counts.sort_by_cached_key(|one| (Reverse(one.count), one.of.to_string()));
    counts
}

#[expect(clippy::ref_option, reason = "serde hands over a reference")]
fn in_milliseconds<S: Serializer>(at: &Option<DateTime<Utc>>, to: S) -> Result<S::Ok, S::Error> {
    at.map(|at| at.to_rfc3339_opts(SecondsFormat::Millis, true))
        .serialize(to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(status: Status, category: Category, total: i64, agents: Sums) -> Group {
        Group {
            status,
            priority: Priority::Medium,
            category,
            total,
            agents,
        }
    }

    #[test]
    fn the_answer_has_the_shape_of_the_brief() {
        let closed = Sums {
            total: 3,
            compliant: 2,
            response_count: 2,
            response_millis: 2 * 22 * 60_000 + 60_000,
            resolution_count: 3,
            resolution_millis: 3 * 185 * 60_000 + 59_000,
        };
        let held = Sums {
            total: 1,
            ..Sums::default()
        };
        let groups = [
            group(Status::Open, Category::Payment, 1, Sums::default()),
            group(Status::InProgress, Category::Technical, 1, held),
            group(Status::Closed, Category::Booking, 3, closed),
            group(Status::InProgress, Category::Account, 1, Sums::default()),
        ];
        let as_of = "2025-10-01T08:30:00.123456Z".parse().ok();
        let stats = Stats::of(&groups, Ratings { count: 3, sum: 14 }, as_of);
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
                "asOf": "2025-10-01T08:30:00.123Z",
            })
        );
    }

    #[test]
    fn of_nothing_there_is_no_mean() {
        let stats = Stats::of(&[], Ratings::default(), None);
        let figures = stats.agent_stats;
        assert_eq!(figures.avg_response_time, None);
        assert_eq!(figures.avg_resolution_time, None);
        assert_eq!(figures.satisfaction_rating, None);
        assert_eq!(figures.sla_compliance, None);
        assert!(stats.status_breakdown.is_empty());
    }

    #[test]
    fn halves_round_up_and_decimals_are_always_written() {
        assert_eq!(minutes(90_000, 1), Some(2));
        assert_eq!(minutes(89_999, 1), Some(1));
        assert_eq!(percent(37, 40).as_deref(), Some("92.50"));
        assert_eq!(percent(40, 40).as_deref(), Some("100.00"));
        assert_eq!(percent(0, 40).as_deref(), Some("0.00"));
        let mean = |sum, count| Ratings { count, sum }.mean().unwrap().to_string();
        assert_eq!(mean(5, 1), "5.0");
        assert_eq!(mean(91, 20), "4.6");
    }
}
