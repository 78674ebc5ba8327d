//! The SQL of an agent's own figures. No decisions.

use super::durations;
use chrono::{DateTime, Utc};
use domain::{
    ids::UserId,
    stats::{Figures, Ratings},
};
use sqlx::PgExecutor;

/// The figures of the tickets that were assigned to the agent when they were resolved, and are resolved still: for each of
/// these instants, of those that were resolved since then. They come from the tickets themselves.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn resolved_by(
    db: impl PgExecutor<'_>,
    agent: UserId,
    since: &[DateTime<Utc>],
) -> sqlx::Result<Vec<(Figures, Ratings)>> {
    let rows = sqlx::query!(
        r#"with resolved as materialized (
            select * from ticket_figures
            where resolved_for = $1 and resolved_at >= (select min(at) from unnest($2::timestamptz[]) as at)
                and status in ('resolved', 'closed')
        )
        select
            count(id) as "total!",
            count(id) filter (where status = 'closed') as "closed!",
            count(id) filter (where is_compliant) as "compliant!",
            count(response_millis) as "responses!",
            coalesce(sum(response_millis), 0)::bigint as "response_millis!",
            count(resolution_millis) as "resolutions!",
            coalesce(sum(resolution_millis), 0)::bigint as "resolution_millis!",
            array[
                count(*) filter (where rated_for = $1 and rating = 1), count(*) filter (where rated_for = $1 and rating = 2),
                count(*) filter (where rated_for = $1 and rating = 3), count(*) filter (where rated_for = $1 and rating = 4),
                count(*) filter (where rated_for = $1 and rating = 5)
            ] as "ratings!"
        from unnest($2::timestamptz[]) with ordinality as period (since, number)
        left join resolved on resolved_at >= since
        group by number
        order by number"#,
        agent.0,
        since,
    )
    .fetch_all(db)
    .await?;
    let figures = rows.into_iter().map(|row| {
        let figures = Figures {
            total: row.total,
            closed: row.closed,
            compliant: row.compliant,
            response: durations(row.responses, row.response_millis, None),
            resolution: durations(row.resolutions, row.resolution_millis, None),
            ..Figures::default()
        };
        let mut ratings = Ratings::default();
        for (place, count) in ratings.0.iter_mut().zip(row.ratings) {
            *place = count;
        }
        (figures, ratings)
    });
    Ok(figures.collect())
}
