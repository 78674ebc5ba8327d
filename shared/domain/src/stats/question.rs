//! The parameters of the questions for statistics. Pure.

use super::{Interval, Period};
use crate::{
    field_error::Constraint,
    ids::UserId,
    people::Department,
    reader::{Meanings, QueryReader},
    tickets::{Category, Priority},
};
use chrono::NaiveDate;

/// A question for statistics. The default is all tickets of all time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// The period in which the tickets were created.
    pub period: Period,
    /// The tickets that are counted.
    pub filter: StatsFilter,
    /// The length of the intervals to show one by one; absent for the whole period alone.
    pub interval: Option<Interval>,
}

/// The tickets that are counted. Empty: all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StatsFilter {
    /// Those of this agent.
    pub agent: Option<UserId>,
    /// Those of any of these departments.
    pub departments: Vec<Department>,
    /// Those of any of these categories.
    pub categories: Vec<Category>,
    /// Those with any of these priorities.
    pub priorities: Vec<Priority>,
}

const MEANINGS: Meanings = &[
    (
        "startDate",
        "The first day of the period, such as `2025-10-01`. Without it the period has no beginning.",
    ),
    (
        "endDate",
        "The last day of the period, which is included. Without it the period has no end.",
    ),
    (
        "timezone",
        "The time zone in which the days begin and end. The default is UTC.",
    ),
    ("department", "Only tickets of one of these departments."),
    ("category", "Only tickets with one of these categories."),
    ("priority", "Only tickets with one of these priorities."),
    (
        "interval",
        "Shows the figures of each day, week or month of the period too, at most 400 of them. A period without a beginning \
         begins with the first ticket, and none goes beyond today.",
    ),
];

const AGENT_OF_STATS: Meanings = &[(
    "agentId",
    "The id of the agent to whom `agentStats` is restricted. Without it they cover all agents.",
)];

const AGENT_OF_REPORTS: Meanings = &[(
    "agentId",
    "Only tickets that are assigned to the agent with this id, and ratings of this agent.",
)];

impl Question {
    /// Reads the query of the statistics as a whole, where an agent restricts `agentStats` alone. `None` where a parameter
    /// has an error: a date that is none, an unknown zone or word, an id of an agent that is none. An end before the start is
    /// a contradiction.
    pub fn read(query: &mut QueryReader) -> Option<Self> {
        Self::read_with(query, AGENT_OF_STATS)
    }

    /// Reads the query of a report, where an agent is a filter like the others. `None` as for [`Question::read`].
    pub fn read_report(query: &mut QueryReader) -> Option<Self> {
        Self::read_with(query, AGENT_OF_REPORTS)
    }

    fn read_with(query: &mut QueryReader, agent: Meanings) -> Option<Self> {
        query.mean(MEANINGS);
        query.mean(agent);
        query.checks_last();
        let first = day(query, "startDate");
        let last = day(query, "endDate");
        let zone = query.zone("timezone");
        let filter = StatsFilter {
            agent: query.id("agentId"),
            departments: query.words("department"),
            categories: query.words("category"),
            priorities: query.words("priority"),
        };
        let interval = query.word("interval");
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            let message = "must not be before startDate";
            query
                .errors()
                .contradict("endDate", "before_start", message);
        }
        Some(Self {
            period: Period {
                first,
                last,
                zone: zone?,
            },
            filter,
            interval,
        })
    }
}

fn day(query: &mut QueryReader, field: &str) -> Option<NaiveDate> {
    let text = query.text(field);
    query.errors().ask(field, Constraint::Format("date"));
    let text = text?;
    // Written back and compared, since the parser also takes `2025-1-1` and `+2025-01-01`. Years
    // that PostgreSQL does not have are longer.
    let date = NaiveDate::parse_from_str(&text, "%Y-%m-%d")
        .ok()
        .filter(|date| text.len() == 10 && date.to_string() == text);
    if date.is_none() {
        let message = "must be a date, such as 2025-10-01";
        query.errors().add(field, "invalid_date", message);
    }
    date
}

#[cfg(test)]
mod tests;
