//! `GET /support/stats/agents`: the figures of each agent.

use super::{Table, respond};
use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    views::stats::{Agents, StatsView},
};
use actions::{
    directory,
    stats::{GroupBy, report},
};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::stats::Question;
use platform::context::Context;
use serde_json::Value;

/// Shows the figures of each agent.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 422.
pub async fn get(
    Admin(_): Admin,
    State(cx): State<Context>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let question = query.read(Question::read_report)?;
    let answer = report(&cx, &question, GroupBy::Agent).await?;
    let entries = answer.figures.iter();
    let ids: Vec<_> = entries.filter_map(|entry| entry.key.parse().ok()).collect();
    let people = directory::names(&cx.pool, &ids).await?;
    let figures = Agents::of(&answer.figures, &people);
    respond(&headers, &StatsView::of(figures, answer.as_of), table)
}

fn table(figures: &Value) -> Table {
    super::table_of_groups(figures, "agents", "agent")
}

pub(crate) fn operation() -> Operation {
    Operation::new("getAgentStats", Access::Roles("admins"), "Show the statistics of agents")
        .description(
            "The figures of the tickets created from `startDate` to `endDate`, both included, for each agent. A ticket counts \
             for its present assignee, and a rating for the agent who had the ticket when it was resolved. With \
             `Accept: text/csv` the response is a table.",
        )
        .query(Question::read_report)
        .answers_whole::<StatsView<Agents<'_>>>()
        .or_answers_table()
}
