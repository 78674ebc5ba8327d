//! `GET /support/stats/sla`: how deadlines were met.

use super::{respond, table_of_all};
use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    views::stats::StatsView,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::stats::{Question, SlaReport};
use platform::context::Context;

/// Shows how deadlines were met.
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
    let answer = actions::stats::sla(&cx, &question).await?;
    respond(&headers, &StatsView::from(answer), table_of_all)
}

pub(crate) fn operation() -> Operation {
    Operation::new("getSlaStats", Access::Roles("admins"), "Show how deadlines were met")
        .description(
            "How the deadlines of the tickets created from `startDate` to `endDate`, both included, were met. A ticket that was reopened \
             counts with its latest deadlines. With `Accept: text/csv` the response is a table.",
        )
        .query(Question::read_report)
        .answers_whole::<StatsView<SlaReport>>()
        .or_answers_table()
}
