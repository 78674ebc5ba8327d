//! `GET /support/stats/departments`: the figures of each department.

use super::{Table, respond};
use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    views::stats::{Departments, StatsView, grouped},
};
use actions::stats::{GroupBy, report};
use axum::{extract::State, http::HeaderMap, response::Response};
use domain::stats::Question;
use platform::context::Context;
use serde_json::Value;

/// Shows the figures of each department.
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
    let answer = report(&cx, &question, GroupBy::Department).await?;
    let figures = Departments {
        departments: grouped(&answer.figures),
    };
    respond(&headers, &StatsView::of(figures, answer.as_of), table)
}

fn table(figures: &Value) -> Table {
    super::table_of_groups(figures, "departments", "department")
}

pub(crate) fn operation() -> Operation {
    Operation::new("getDepartmentStats", Access::Roles("admins"), "Show the statistics of departments")
        .description(
            "The figures of the tickets created from `startDate` to `endDate`, both included, for each department. A ticket counts \
             for its present department. With `Accept: text/csv` the response is a table.",
        )
        .query(Question::read_report)
        .answers_whole::<StatsView<Departments>>()
        .or_answers_table()
}
