//! The SQL of the figures: rows of a period, counted in groups. No decisions.
//!
//! The statements run in a snapshot of [`snapshot`].

use chrono::{DateTime, Utc};
use domain::{
    ids::UserId,
    stats::{BacklogPoint, Clocks, Durations, Figures, Group, Range, Ratings, StatsFilter},
    tickets::{Category, Priority, Status},
};
use platform::db::{self, Tx};
use sqlx::{PgConnection, PgExecutor, PgPool};

/// What the tickets of a group have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupBy {
    /// Nothing: all tickets are one group.
    Nothing,
    /// The present assignee. Unassigned tickets are in no group.
    Agent,
    /// The department.
    Department,
    /// The category.
    Category,
    /// The priority.
    Priority,
}

impl GroupBy {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Agent => "agent",
            Self::Department => "department",
            Self::Category => "category",
            Self::Priority => "priority",
        }
    }
}

/// The tickets that are counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted<'a> {
    /// When they were created.
    pub range: Range,
    /// What else they have in common.
    pub filter: &'a StatsFilter,
    /// Whether unassigned tickets, and ratings of nobody, are left out.
    pub assigned: bool,
}

impl Counted<'_> {
    fn agent(&self) -> Option<uuid::Uuid> {
        self.filter.agent.map(|agent| agent.0)
    }

    fn departments(&self) -> Vec<String> {
        words(&self.filter.departments)
    }

    fn categories(&self) -> Vec<String> {
        words(&self.filter.categories)
    }

    fn priorities(&self) -> Vec<String> {
        words(&self.filter.priorities)
    }
}

fn words<T: ToString>(words: &[T]) -> Vec<String> {
    words.iter().map(T::to_string).collect()
}

/// What was counted in a group, in one of the intervals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell<T> {
    /// What the tickets have in common: an id or a word, empty for all tickets.
    pub key: String,
    /// The interval, from 1; 0 for tickets before the first, and where there are no intervals.
    pub interval: i32,
    /// What was counted.
    pub counted: T,
}

/// A snapshot in which each statement is planned for its parameters. A plan for any parameters would scan all rows for one
/// day, or look up each row of all time.
///
/// # Errors
/// The database failed.
pub(super) async fn snapshot(pool: &PgPool) -> sqlx::Result<Tx> {
    let mut tx = db::snapshot(pool).await?;
    sqlx::query!("select set_config('plan_cache_mode', 'force_custom_plan', true) as mode")
        .fetch_one(&mut *tx)
        .await?;
    Ok(tx)
}

/// The tickets by status, priority and category.
///
/// # Errors
/// The database failed.
pub(super) async fn groups(
    connection: &mut PgConnection,
    of: Counted<'_>,
) -> sqlx::Result<Vec<Group>> {
    sqlx::query_as!(
        Group,
        r#"select
            status as "status: Status", priority as "priority: Priority", category as "category: Category",
            count(*) as "total!"
        from stats_tickets
        where created_at >= coalesce($1, timestamptz '-infinity') and created_at < coalesce($2, timestamptz 'infinity')
            and (cardinality($3::text[]) = 0 or department = any($3))
            and (cardinality($4::text[]) = 0 or category = any($4))
            and (cardinality($5::text[]) = 0 or priority = any($5))
        group by status, priority, category"#,
        of.range.from,
        of.range.until,
        &of.departments(),
        &of.categories(),
        &of.priorities(),
    )
    .fetch_all(connection)
    .await
}

/// Figures of tickets in groups, and within them in intervals that begin at these instants.
///
/// # Errors
/// The database failed.
pub(super) async fn figures(
    connection: &mut PgConnection,
    of: Counted<'_>,
    by: GroupBy,
    intervals: &[DateTime<Utc>],
) -> sqlx::Result<Vec<Cell<Figures>>> {
    let rows = sqlx::query!(
        r#"select
            key as "key!", interval as "interval!",
            count(*) as "total!",
            count(*) filter (where not is_resolved) as "open!",
            count(*) filter (where status = 'closed') as "closed!",
            count(*) filter (where is_resolved and response_clock = 'met' and resolution_clock = 'met') as "compliant!",
            count(response_millis) as "responses!",
            coalesce(sum(response_millis), 0)::bigint as "response_millis!",
            percentile_disc(array[0.5, 0.9]) within group (order by response_millis) as "response_quantiles: Vec<i64>",
            count(resolution_millis) as "resolutions!",
            coalesce(sum(resolution_millis), 0)::bigint as "resolution_millis!",
            percentile_disc(array[0.5, 0.9]) within group (order by resolution_millis) as "resolution_quantiles: Vec<i64>",
            count(*) filter (where response_clock = 'met') as "response_met!",
            count(*) filter (where response_clock = 'breached') as "response_breached!",
            count(*) filter (where response_clock = 'running') as "response_running!",
            count(*) filter (where resolution_clock = 'met') as "resolution_met!",
            count(*) filter (where resolution_clock = 'breached') as "resolution_breached!",
            count(*) filter (where resolution_clock = 'running') as "resolution_running!",
            coalesce(sum(transfers), 0)::bigint as "transfers!",
            coalesce(sum(escalations), 0)::bigint as "escalations!",
            coalesce(sum(reopenings), 0)::bigint as "reopenings!",
            count(*) filter (where is_one_touch) as "one_touch!"
        from (
            select
                *,
                status in ('resolved', 'closed') as is_resolved,
                case $8 when 'agent' then agent_id::text when 'department' then department when 'category' then category
                    when 'priority' then priority else '' end as key,
                width_bucket(created_at, $9::timestamptz[]) as interval
            from stats_tickets
        ) as counted
        where created_at >= coalesce($1, timestamptz '-infinity') and created_at < coalesce($2, timestamptz 'infinity')
            and ($3::uuid is null or agent_id = $3)
            and (not $4 or agent_id is not null)
            and (cardinality($5::text[]) = 0 or department = any($5))
            and (cardinality($6::text[]) = 0 or category = any($6))
            and (cardinality($7::text[]) = 0 or priority = any($7))
            and key is not null
        group by key, interval
        order by key, interval"#,
        of.range.from,
        of.range.until,
        of.agent(),
        of.assigned,
        &of.departments(),
        &of.categories(),
        &of.priorities(),
        by.as_str(),
        intervals,
    )
    .fetch_all(connection)
    .await?;
    let cells = rows.into_iter().map(|row| Cell {
        key: row.key,
        interval: row.interval,
        counted: Figures {
            total: row.total,
            open: row.open,
            closed: row.closed,
            compliant: row.compliant,
            response: durations(row.responses, row.response_millis, row.response_quantiles),
            resolution: durations(
                row.resolutions,
                row.resolution_millis,
                row.resolution_quantiles,
            ),
            response_clocks: Clocks {
                met: row.response_met,
                breached: row.response_breached,
                running: row.response_running,
            },
            resolution_clocks: Clocks {
                met: row.resolution_met,
                breached: row.resolution_breached,
                running: row.resolution_running,
            },
            transfers: row.transfers,
            escalations: row.escalations,
            reopenings: row.reopenings,
            one_touch: row.one_touch,
        },
    });
    Ok(cells.collect())
}

fn durations(count: i64, millis: i64, quantiles: Option<Vec<i64>>) -> Durations {
    let mut quantiles = quantiles.unwrap_or_default().into_iter();
    Durations {
        count,
        millis,
        p50: quantiles.next(),
        p90: quantiles.next(),
    }
}

/// Ratings of tickets in groups and intervals. A rating belongs to the agent who had the ticket when it was resolved.
///
/// # Errors
/// The database failed.
pub(super) async fn ratings(
    connection: &mut PgConnection,
    of: Counted<'_>,
    by: GroupBy,
    intervals: &[DateTime<Utc>],
) -> sqlx::Result<Vec<Cell<Ratings>>> {
    let rows = sqlx::query!(
        r#"select
            key as "key!", interval as "interval!",
            count(*) filter (where rating = 1) as "one!",
            count(*) filter (where rating = 2) as "two!",
            count(*) filter (where rating = 3) as "three!",
            count(*) filter (where rating = 4) as "four!",
            count(*) filter (where rating = 5) as "five!"
        from (
            select
                *,
                case $8 when 'agent' then rated_for::text when 'department' then department when 'category' then category
                    when 'priority' then priority else '' end as key,
                width_bucket(created_at, $9::timestamptz[]) as interval
            from stats_tickets
        ) as counted
        where rating is not null
            and created_at >= coalesce($1, timestamptz '-infinity') and created_at < coalesce($2, timestamptz 'infinity')
            and ($3::uuid is null or rated_for = $3)
            and (not $4 or rated_for is not null)
            and (cardinality($5::text[]) = 0 or department = any($5))
            and (cardinality($6::text[]) = 0 or category = any($6))
            and (cardinality($7::text[]) = 0 or priority = any($7))
            and key is not null
        group by key, interval
        order by key, interval"#,
        of.range.from,
        of.range.until,
        of.agent(),
        of.assigned,
        &of.departments(),
        &of.categories(),
        &of.priorities(),
        by.as_str(),
        intervals,
    )
    .fetch_all(connection)
    .await?;
    let cells = rows.into_iter().map(|row| Cell {
        key: row.key,
        interval: row.interval,
        counted: Ratings([row.one, row.two, row.three, row.four, row.five]),
    });
    Ok(cells.collect())
}

/// When the first ticket was created.
///
/// # Errors
/// The database failed.
pub(super) async fn earliest(connection: &mut PgConnection) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("select min(created_at) from stats_tickets")
        .fetch_one(connection)
        .await
}

/// The backlog at the end of each of these intervals, which follow each other: `begins` has their first instants, and
/// `ends` the first instants after them. The period of the tickets' creation is ignored.
///
/// A ticket counts at an end if one of the periods in which it was active began before and had not ended. So only the ends
/// within each period are visited, and no ticket that was resolved before the first interval is read.
///
/// # Errors
/// The database failed.
pub(super) async fn backlog(
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
            select interval, floor(extract(epoch from ($6::timestamptz[])[interval] - created_at) * 1000)::bigint as age
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

/// The figures of the tickets that were assigned to the agent when they were resolved, and are resolved still: for each of
/// these instants, of those that were resolved since then. They come from the tickets themselves.
///
/// # Errors
/// The database failed.
pub(super) async fn resolved_by(
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
