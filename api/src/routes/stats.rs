//! `GET /support/stats`: the statistics of a period, from the aggregates that workers maintain.

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

/// Shows the statistics of the tickets created from `startDate` to `endDate`, both included.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 422.
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
    Operation::new("getStats", Access::Roles("admins"), "Show the statistics of a period")
        .description(
            "The statistics of the tickets created from `startDate` to `endDate`, both included, by the days of `timezone` \
             (UTC by default). Without dates they cover all time. `agentId` applies only to `agentStats`. The figures come \
             from aggregates: they include every change until `asOf`.",
        )
        .query(Asked::read)
        .answers_whole::<StatsView>()
}
