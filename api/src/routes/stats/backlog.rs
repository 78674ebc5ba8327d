//! `GET /support/stats/backlog`: the tickets that are still to be resolved, over time.

use super::{respond, table_of_all};
use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    views::stats::StatsView,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::stats::{BacklogReport, Question};
use platform::context::Context;

/// Shows the tickets that are still to be resolved, over time.
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
    let answer = actions::stats::backlog(&cx, &question).await?;
    respond(&headers, &StatsView::from(answer), table_of_all)
}

pub(crate) fn operation() -> Operation {
    Operation::new("getBacklogStats", Access::Roles("admins"), "Show the backlog")
        .description(
            "The tickets that were neither resolved nor closed at the end of the period and of each interval, with their ages, and what \
             changed their number. A period that has not ended is shown until now. With `Accept: text/csv` the response is a table.",
        )
        .query(Question::read_report)
        .answers_whole::<StatsView<BacklogReport>>()
        .or_answers_table()
}
