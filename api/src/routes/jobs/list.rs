//! `GET /admin/jobs`: lists jobs, by default the dead letters.

use crate::{
    auth::Admin,
    error::Problem,
    openapi::{Access, Operation, Resource},
    query::Query,
    respond::Answer,
    views::{job::JobView, page::Pagination},
};
use axum::extract::State as With;
use domain::{paging, reader::QueryReader};
use jobs::{
    JobId, State,
    operate::{self, Filter},
};
use platform::context::Context;

/// Lists jobs, newest first.
///
/// # Errors
/// 400, 401, 403 for anybody but an admin, 422.
pub async fn list(
    Admin(_): Admin,
    With(cx): With<Context>,
    query: Query,
) -> Result<Answer, Problem> {
    let (filter, before, limit) = query.read(self::query)?;
    let found = operate::page(&cx.pool, &filter, before, limit).await?;
    let next = found.next.map(|id| id.to_string());
    let pagination = match before {
        None => Pagination::new(1, limit, found.total),
        Some(_) => Pagination::after_cursor(limit, found.total),
    };
    let pagination = pagination.counted(found.total_is_exact).followed_by(next);
    let jobs: Vec<_> = found.jobs.iter().map(JobView::from).collect();
    Ok(Answer::of("jobs", jobs).with("pagination", pagination))
}

#[expect(clippy::unnecessary_wraps, reason = "all readers have one shape")]
fn query(query: &mut QueryReader) -> Option<(Filter, Option<JobId>, i64)> {
    query.mean(&[
        (
            "state",
            "Only jobs in one of these states. The default is `dead`: the dead letters.",
        ),
        ("queue", "Only jobs of this queue."),
        (
            "name",
            "Only jobs with this name, such as `deliver_email`. A name that no job has matches nothing.",
        ),
    ]);
    query.mean(paging::MEANINGS);
    let mut states = query.words("state");
    if states.is_empty() {
        states.push(State::Dead);
    }
    let queue = query.word("queue");
    let name = query.text("name");
    let limit = query.integer("limit", 1..=100).unwrap_or(20);
    let before = query.integer("cursor", 1..=i64::MAX).map(JobId);
    let filter = Filter {
        states,
        queue,
        name,
    };
    Some((filter, before, limit))
}

pub(crate) fn operation() -> Operation {
    Operation::new("listJobs", Access::Roles("admins"), "List jobs")
        .description(
            "The newest jobs come first. Without `state` the list has the dead letters. Several states are separated by \
             commas. `nextCursor` continues the list.",
        )
        .query(query)
        .answers::<Vec<JobView>>("jobs")
        .answers::<Pagination>("pagination")
        .leads_to("jobs/0/id", Resource::Job)
}
