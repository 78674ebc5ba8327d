//! `GET /support/stats/categories`: the figures of each category.

use super::{Table, respond};
use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    views::stats::{Categories, StatsView, grouped},
};
use actions::stats::{GroupBy, report};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::stats::Question;
use platform::context::Context;
use serde_json::Value;

/// Shows the figures of each category.
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
    let answer = report(&cx, &question, GroupBy::Category).await?;
    let figures = Categories {
        categories: grouped(&answer.figures),
    };
    respond(&headers, &StatsView::of(figures, answer.as_of), table)
}

fn table(figures: &Value) -> Table {
    super::table_of_groups(figures, "categories", "category")
}

pub(crate) fn operation() -> Operation {
    Operation::new("getCategoryStats", Access::Roles("admins"), "Show the statistics of categories")
        .description(
            "The figures of the tickets created from `startDate` to `endDate`, both included, for each category. A ticket counts \
             for its present category. With `Accept: text/csv` the response is a table.",
        )
        .query(Question::read_report)
        .answers_whole::<StatsView<Categories>>()
        .or_answers_table()
}
