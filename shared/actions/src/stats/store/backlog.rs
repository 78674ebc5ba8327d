//! The SQL of the backlog: which tickets were active at an instant. No decisions.

use super::Counted;
use chrono::{DateTime, Utc};
use domain::stats::BacklogPoint;
use sqlx::PgConnection;

/// The backlog at the end of each of these intervals, which follow each other: `begins` has their first instants, and
/// `ends` the first instants after them. The period of the tickets' creation is ignored.
///
/// A ticket counts at an end if one of the periods in which it was active began before and had not ended. So only the ends
/// within each period are visited, and no ticket that was resolved before the first interval is read.
///
/// # Errors
/// The database failed.
pub(in crate::stats) async fn backlog(
    connection: &mut PgConnection,
    of: Counted<'_>,
    begins: &[DateTime<Utc>],
    ends: &[DateTime<Utc>],
) -> sqlx::Result<Vec<BacklogPoint>> {
    sqlx::query_as!(
        BacklogPoint,
        r#"with counted as materialized (
            select created_at, active from stats_tickets
            where active_until >= ($5::timestamptz[])[1] and created_at < ($6::timestamptz[])[cardinality($6)]
                and ($1::uuid is null or agent_id = $1)
                and (cardinality($2::text[]) = 0 or department = any($2))
                and (cardinality($3::text[]) = 0 or category = any($3))
                and (cardinality($4::text[]) = 0 or priority = any($4))
        ), spans as materialized (
            select created_at, lower(span) as begins, upper(span) as ends from counted cross join unnest(active) as span
        ), changes as (
            select width_bucket(at, $5) as interval, kind
            from (
                select created_at as at, 'created' as kind from counted
                union all
                select begins, 'reopened' from spans where begins > created_at
                union all
                select ends, 'resolved' from spans where ends is not null
            ) as all_changes
            where at < ($6::timestamptz[])[cardinality($6)]
        ), flows as (
            select
                interval,
                count(*) filter (where kind = 'created') as created,
                count(*) filter (where kind = 'resolved') as resolved,
                count(*) filter (where kind = 'reopened') as reopened
            from changes group by interval
        ), ages as (
            select interval, round(date_part('epoch', ($6::timestamptz[])[interval] - created_at) * 1000)::bigint as age
            from spans
            cross join lateral generate_series(
                width_bucket(begins, $6) + 1,
                case when ends is null then cardinality($6) else width_bucket(ends, $6) end
            ) as interval
        ), points as (
            select
                interval, count(*) as open, sum(age)::bigint as age_millis, max(age) as max_age,
                percentile_disc(array[0.5, 0.9]) within group (order by age) as quantiles
            from ages group by interval
        )
        select
            coalesce(created, 0) as "created!", coalesce(resolved, 0) as "resolved!", coalesce(reopened, 0) as "reopened!",
            coalesce(open, 0) as "open!", coalesce(age_millis, 0) as "age_millis!",
            quantiles[1] as p50_age, quantiles[2] as p90_age, max_age
        from generate_series(1, cardinality($6)) as interval
        left join points using (interval)
        left join flows using (interval)
        order by interval"#,
        of.agent(),
        &of.departments(),
        &of.categories(),
        &of.priorities(),
        begins,
        ends,
    )
    .fetch_all(connection)
    .await
}
