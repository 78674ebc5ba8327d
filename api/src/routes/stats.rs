//! `GET /support/stats`: the figures of a period, from the aggregates that workers keep.

use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation},
    query::Query,
    views::stats::StatsView,
};
use axum::{Json, extract::State};
use domain::stats::Query as Asked;
use platform::context::Context;

/// The figures of the tickets created from `startDate` to `endDate`, both included.
///
/// # Errors
/// The caller is not an admin; a value of the query that cannot be read.
pub async fn get(
    Admin(_): Admin,
    State(cx): State<Context>,
    query: Query,
) -> Result<Json<StatsView>, Problem> {
    let asked = query.read(Asked::read)?;
    let figures = actions::stats::stats(&cx, &asked.range, asked.agent).await?;
    Ok(Json(figures.into()))
}

pub(crate) fn operation() -> Operation {
    Operation::new("getStats", Access::Roles("admins"), "Show the figures of a period")
        .about("Of the tickets created from `startDate` to `endDate`, both included, in `timezone` (UTC by default); no dates mean \
            all time. `agentId` narrows `agentStats` alone. They are answered from aggregates: `asOf` says how fresh they are.")
        .query(Asked::read)
        .answers_whole::<StatsView>()
}
