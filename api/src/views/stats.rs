//! Statistics as the API shows them: `success`, the figures, and the instant up to which they are complete.

use super::people::{Name, People, name};
use actions::stats::{Answer, Entry};
use chrono::{DateTime, Utc};
use domain::stats::{Grouped, InInterval, TicketFigures};
use schemars::JsonSchema;
use serde::Serialize;
use std::str::FromStr;

/// An answer of the statistics.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "{T}")]
pub struct StatsView<T> {
    /// Always true, as in every successful response.
    #[schemars(extend("const" = true))]
    success: bool,
    /// The figures.
    #[serde(flatten)]
    pub figures: T,
    /// Every change that was made until this instant is counted. It is null before the figures were computed for the first time.
    #[serde(with = "domain::time_format::option")]
    #[schemars(with = "Option<domain::time_format::Instant>")]
    pub as_of: Option<DateTime<Utc>>,
}

impl<T> StatsView<T> {
    /// The view of figures.
    pub const fn of(figures: T, as_of: Option<DateTime<Utc>>) -> Self {
        Self {
            success: true,
            figures,
            as_of,
        }
    }
}

impl<T> From<Answer<T>> for StatsView<T> {
    fn from(answer: Answer<T>) -> Self {
        Self::of(answer.figures, answer.as_of)
    }
}

/// The figures of agents.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AgentReport")]
pub struct Agents<'a> {
    /// The agents who have tickets or ratings of the period, those with the most tickets first.
    pub agents: Vec<OfAgent<'a>>,
}

/// The figures of one agent: of the tickets that are assigned to the agent now, and of the agent's ratings.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AgentFigures")]
pub struct OfAgent<'a> {
    /// The agent.
    agent: Name<'a>,
    /// The figures of the whole period.
    #[serde(flatten)]
    figures: TicketFigures,
    /// The same figures for each day, week or month. The list is empty if `interval` was not sent.
    intervals: Vec<InInterval<TicketFigures>>,
}

impl<'a> Agents<'a> {
    /// The figures of agents, with the names that `people` has.
    #[must_use]
    pub fn of(entries: &[Entry], people: &'a People) -> Self {
        let agents = entries.iter().filter_map(|entry| {
            let (figures, intervals) = entry.shown();
            Some(OfAgent {
                agent: name(entry.key.parse().ok()?, people),
                figures,
                intervals,
            })
        });
        Self {
            agents: agents.collect(),
        }
    }
}

/// The figures of departments.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "DepartmentReport")]
pub struct Departments {
    /// The departments that have tickets of the period, those with the most tickets first.
    pub departments: Vec<Grouped<domain::people::Department>>,
}

/// The figures of categories.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "CategoryReport")]
pub struct Categories {
    /// The categories that have tickets of the period, those with the most tickets first.
    pub categories: Vec<Grouped<domain::tickets::Category>>,
}

/// The figures of groups that have words for names.
#[must_use]
pub fn grouped<K: FromStr>(entries: &[Entry]) -> Vec<Grouped<K>> {
    let groups = entries.iter().filter_map(|entry| {
        let (figures, intervals) = entry.shown();
        Some(Grouped {
            of: entry.key.parse().ok()?,
            figures,
            intervals,
        })
    });
    groups.collect()
}
