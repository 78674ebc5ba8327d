//! `GET /support/stats`: the statistics of a period, from the rows that workers keep.

use super::{Table, respond, table_of_all};
use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    views::stats::StatsView,
};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::stats::{Question, Stats};
use platform::context::Context;
use serde_json::{Value, json};

/// Shows the statistics of the tickets created from `startDate` to `endDate`, both included.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 422.
pub async fn get(
    Admin(_): Admin,
    State(cx): State<Context>,
    headers: HeaderMap,
    query: Query,
) -> Result<Response, Problem> {
    let question = query.read(Question::read)?;
    let answer = actions::stats::stats(&cx, &question).await?;
    respond(&headers, &StatsView::from(answer), table)
}

/// The intervals where they were asked for, else all figures in one row.
fn table(figures: &Value) -> Table {
    let Some(intervals) = figures.get("intervals").and_then(Value::as_array) else {
        return table_of_all(figures);
    };
    Table {
        rows: intervals.clone(),
        // The period may lie in the future.
        columns: json!({"startDate": "", "endDate": ""}),
    }
}

pub(crate) fn operation() -> Operation {
    Operation::new("getStats", Access::Roles("admins"), "Show the statistics of a period")
        .description(
            "The statistics of the tickets created from `startDate` to `endDate`, both included, by the days of `timezone` \
             (UTC by default). Without dates they cover all time. `agentId` applies only to `agentStats`, the other filters to \
             all figures. The figures come from rows that workers keep: they include every change until `asOf`.",
        )
        .query(Question::read)
        .answers_whole::<StatsView<Stats>>()
        .or_answers_table()
}
