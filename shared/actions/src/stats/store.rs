//! The SQL of the statistics: buckets are marked as dirty, counted and read. No decisions.
//!
//! The statements that count buckets are planned for each execution (`persistent(false)`): a plan that was cached
//! while the tables were empty would scan them when they are large.

use chrono::{DateTime, Utc};
use domain::stats::{
    Range,
    figures::{Group, Ratings, Sums},
    query::bucket_of,
};
use domain::{
    ids::UserId,
    tickets::{Category, Priority, Status},
};
use platform::work::UnitOfWork;
use sqlx::{PgConnection, PgExecutor, PgPool};

/// The key of the advisory lock of a roll-up: any number that nothing else uses.
const ROLL_UP_LOCK: i64 = 0x7374_6174_7321;

/// Marks the bucket of this instant as dirty, in the transaction that changes a ticket created then.
///
/// # Errors
/// The database failed.
pub async fn mark_dirty(work: &mut UnitOfWork<'_>, created_at: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into stats_dirty (bucket) values ($1)",
        bucket_of(created_at)
    )
    .execute(&mut *work.tx)
    .await?;
    Ok(())
}

/// Takes the lock of the roll-up until the transaction ends; `false` when another process has it.
///
/// JIT compilation is off until then: it takes half a second for queries of a hundredth of a second.
///
/// # Errors
/// The database failed.
pub(super) async fn try_lock(connection: &mut PgConnection) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock($1) as "locked!" from set_config('jit', 'off', true)"#,
        ROLL_UP_LOCK
    )
    .fetch_one(connection)
    .await
}

/// A dirty bucket and the number of its marks.
pub(super) struct Dirty {
    pub bucket: DateTime<Utc>,
    pub marks: i64,
}

/// Deletes the oldest marks, at most `most`; the result is their buckets.
///
/// # Errors
/// The database failed.
pub(super) async fn take_dirty(
    connection: &mut PgConnection,
    most: i64,
) -> sqlx::Result<Vec<Dirty>> {
    sqlx::query_as!(
        Dirty,
        r#"with taken as (
            delete from stats_dirty
            where id <= (select max(id) from (select id from stats_dirty order by id limit $1) as oldest)
            returning bucket
        )
        select bucket, count(*) as "marks!" from taken group by bucket"#,
        most
    )
    .fetch_all(connection)
    .await
}

/// Counts buckets again from the tickets.
///
/// A change is committed together with its mark. This must therefore be a later statement than [`take_dirty`], at
/// `read committed`: its snapshot then has every change whose mark was deleted.
///
/// Buckets are counted one by one, in a lateral query: for a plain join the planner expects a ninth of all tickets
/// in each bucket, and scans the whole table instead of the index.
///
/// # Errors
/// The database failed.
pub(super) async fn recount_buckets(
    connection: &mut PgConnection,
    buckets: &[DateTime<Utc>],
) -> sqlx::Result<()> {
    sqlx::query!(
        "delete from stats_buckets using unnest($1::timestamptz[]) as dirty (bucket)
        where stats_buckets.bucket = dirty.bucket",
        buckets
    )
    .persistent(false)
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into stats_buckets (
            bucket, agent_id, status, priority, category, department, total, compliant,
            response_count, response_millis, resolution_count, resolution_millis
        )
        select dirty.bucket, counted.*
        from unnest($1::timestamptz[]) as dirty (bucket)
        cross join lateral (
            select
                assigned_to, status, priority, category, department,
                count(*), count(*) filter (where is_compliant),
                count(response_millis), coalesce(sum(response_millis), 0)::bigint,
                count(resolution_millis), coalesce(sum(resolution_millis), 0)::bigint
            from ticket_figures
            where created_at >= dirty.bucket and created_at < dirty.bucket + interval '15 minutes'
            group by assigned_to, status, priority, category, department
        ) as counted",
        buckets
    )
    .persistent(false)
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "delete from stats_ratings using unnest($1::timestamptz[]) as dirty (bucket)
        where stats_ratings.bucket = dirty.bucket",
        buckets
    )
    .persistent(false)
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into stats_ratings (bucket, agent_id, rating_count, rating_sum)
        select dirty.bucket, rated.*
        from unnest($1::timestamptz[]) as dirty (bucket)
        cross join lateral (
            select rated_for, count(*), sum(rating)
            from ticket_figures
            where created_at >= dirty.bucket and created_at < dirty.bucket + interval '15 minutes'
                and rated_for is not null
            group by rated_for
        ) as rated",
        buckets
    )
    .persistent(false)
    .execute(connection)
    .await?;
    Ok(())
}

/// Records that every change up to an instant is counted. The record never goes back: where the clocks of two
/// processes differ, the later instant was correct already.
///
/// # Errors
/// The database failed.
pub(super) async fn set_as_of(
    connection: &mut PgConnection,
    as_of: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update stats_freshness set as_of = $1 where as_of is null or as_of < $1",
        as_of
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The instant up to which every change is counted; `None` before the first roll-up.
///
/// # Errors
/// The database failed.
pub(super) async fn as_of(connection: &mut PgConnection) -> sqlx::Result<Option<DateTime<Utc>>> {
    sqlx::query_scalar!("select as_of from stats_freshness")
        .fetch_one(connection)
        .await
}

/// The tickets of a period by status, priority and category.
///
/// `agent_id = coalesce($3, agent_id)` is true for this agent, or for any agent where `$3` is null, and never for
/// an unassigned ticket.
///
/// # Errors
/// The database failed.
pub(super) async fn groups(
    connection: &mut PgConnection,
    range: &Range,
    agent: Option<UserId>,
) -> sqlx::Result<Vec<Group>> {
    let rows = sqlx::query!(
        r#"select
            status as "status: Status",
            priority as "priority: Priority",
            category as "category: Category",
            sum(total)::bigint as "all!",
            coalesce(sum(total) filter (where agent_id = coalesce($3, agent_id)), 0)::bigint as "total!",
            coalesce(sum(compliant) filter (where agent_id = coalesce($3, agent_id)), 0)::bigint as "compliant!",
            coalesce(sum(response_count) filter (where agent_id = coalesce($3, agent_id)), 0)::bigint as "response_count!",
            coalesce(sum(response_millis) filter (where agent_id = coalesce($3, agent_id)), 0)::bigint as "response_millis!",
            coalesce(sum(resolution_count) filter (where agent_id = coalesce($3, agent_id)), 0)::bigint as "resolution_count!",
            coalesce(sum(resolution_millis) filter (where agent_id = coalesce($3, agent_id)), 0)::bigint as "resolution_millis!"
        from stats_buckets
        where bucket >= coalesce($1, timestamptz '-infinity') and bucket < coalesce($2, timestamptz 'infinity')
        group by status, priority, category"#,
        range.from(),
        range.until(),
        agent.map(|agent| agent.0)
    )
    .fetch_all(connection)
    .await?;
    let groups = rows.into_iter().map(|row| Group {
        status: row.status,
        priority: row.priority,
        category: row.category,
        total: row.all,
        agents: Sums {
            total: row.total,
            compliant: row.compliant,
            response_count: row.response_count,
            response_millis: row.response_millis,
            resolution_count: row.resolution_count,
            resolution_millis: row.resolution_millis,
        },
    });
    Ok(groups.collect())
}

/// The ratings of the tickets that were created in a period, for one agent or all.
///
/// # Errors
/// The database failed.
pub(super) async fn ratings(
    connection: &mut PgConnection,
    range: &Range,
    agent: Option<UserId>,
) -> sqlx::Result<Ratings> {
    sqlx::query_as!(
        Ratings,
        r#"select
            coalesce(sum(rating_count), 0)::bigint as "count!",
            coalesce(sum(rating_sum), 0)::bigint as "sum!"
        from stats_ratings
        where bucket >= coalesce($1, timestamptz '-infinity') and bucket < coalesce($2, timestamptz 'infinity')
            and agent_id = coalesce($3, agent_id)"#,
        range.from(),
        range.until(),
        agent.map(|agent| agent.0)
    )
    .fetch_one(connection)
    .await
}

/// The figures of the tickets that an agent resolved in a period.
pub(super) struct Resolved {
    pub sums: Sums,
    pub closed: i64,
    pub ratings: Ratings,
}

/// The figures of the tickets that were resolved in `from..until`, were assigned to the agent then, and are
/// resolved still.
///
/// # Errors
/// The database failed.
pub(super) async fn resolved_by(
    db: impl PgExecutor<'_>,
    agent: UserId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<Resolved> {
    let row = sqlx::query!(
        r#"select
            count(*) as "total!",
            count(*) filter (where status = 'closed') as "closed!",
            count(*) filter (where is_compliant) as "compliant!",
            count(response_millis) as "response_count!",
            coalesce(sum(response_millis), 0)::bigint as "response_millis!",
            count(resolution_millis) as "resolution_count!",
            coalesce(sum(resolution_millis), 0)::bigint as "resolution_millis!",
            count(rating) filter (where rated_for = $1) as "rating_count!",
            coalesce(sum(rating) filter (where rated_for = $1), 0) as "rating_sum!"
        from ticket_figures
        where resolved_for = $1 and resolved_at >= $2 and resolved_at < $3
            and status in ('resolved', 'closed')"#,
        agent.0,
        from,
        until
    )
    .fetch_one(db)
    .await?;
    Ok(Resolved {
        sums: Sums {
            total: row.total,
            compliant: row.compliant,
            response_count: row.response_count,
            response_millis: row.response_millis,
            resolution_count: row.resolution_count,
            resolution_millis: row.resolution_millis,
        },
        closed: row.closed,
        ratings: Ratings {
            count: row.rating_count,
            sum: row.rating_sum,
        },
    })
}

/// The number of rows in which the aggregates differ from a recount of all tickets: 0 when no bucket is dirty. It
/// scans whole tables.
///
/// # Errors
/// The database failed.
pub async fn differences(pool: &PgPool) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"with counted as (
            select
                date_bin('15 minutes', created_at, timestamptz 'epoch') as bucket,
                assigned_to as agent_id, status, priority, category, department,
                count(*) as total, count(*) filter (where is_compliant) as compliant,
                count(response_millis) as response_count,
                coalesce(sum(response_millis), 0)::bigint as response_millis,
                count(resolution_millis) as resolution_count,
                coalesce(sum(resolution_millis), 0)::bigint as resolution_millis
            from ticket_figures
            group by 1, 2, 3, 4, 5, 6
        ), rated as (
            select
                date_bin('15 minutes', created_at, timestamptz 'epoch') as bucket,
                rated_for as agent_id, count(*) as rating_count, sum(rating) as rating_sum
            from ticket_figures
            where rated_for is not null
            group by 1, 2
        )
        select
            (select count(*) from (select * from counted except all select * from stats_buckets) as missing)
            + (select count(*) from (select * from stats_buckets except all select * from counted) as wrong)
            + (select count(*) from (select * from rated except all select * from stats_ratings) as missing_ratings)
            + (select count(*) from (select * from stats_ratings except all select * from rated) as wrong_ratings)
            as "differences!""#
    )
    .fetch_one(pool)
    .await
}
