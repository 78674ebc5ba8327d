//! `GET /support/stats/satisfaction`: how requesters rated their tickets.

use super::{respond, table_of_all};
use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    views::stats::StatsView,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::stats::{Question, SatisfactionReport};
use platform::context::Context;

/// Shows how requesters rated their tickets.
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
    let answer = actions::stats::satisfaction(&cx, &question).await?;
    respond(&headers, &StatsView::from(answer), table_of_all)
}

pub(crate) fn operation() -> Operation {
    Operation::new("getSatisfactionStats", Access::Roles("admins"), "Show how requesters rated their tickets")
        .description(
            "The ratings of the tickets created from `startDate` to `endDate`, both included. With `agentId` they are those of tickets \
             that the agent had when they were resolved. With `Accept: text/csv` the response is a table.",
        )
        .query(Question::read_report)
        .answers_whole::<StatsView<SatisfactionReport>>()
        .or_answers_table()
}
