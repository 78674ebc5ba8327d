//! The SQL of handing out: look, claim, give back, rescue.

use super::Look;
use crate::jobs::{JobId, Lane, Queue};
use chrono::{DateTime, Utc};
use sqlx::{
    PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use std::time::Duration;

/// How many leases that are over are taken back at a time.
const RESCUE_BATCH: i64 = 1_000;

/// A pool of one connection to the same database, to listen on: it is held for good, which must
/// cost the working pool nothing.
#[must_use]
pub fn listen_connection(pool: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect_lazy_with((*pool.connect_options()).clone())
}

/// Asks a connection that listens for an answer. What it hears meanwhile is not lost.
///
/// # Errors
/// It is none any more.
pub async fn is_alive(listener: &mut PgListener) -> Result<(), sqlx::Error> {
    sqlx::query!("select 1 as one")
        .fetch_one(listener)
        .await
        .map(drop)
}

/// How the queues stand.
///
/// # Errors
/// The database failed.
pub async fn look(
    pool: &PgPool,
    now: DateTime<Utc>,
    queues: &[Queue],
) -> Result<Vec<Look>, sqlx::Error> {
    let rows = sqlx::query!(
        r#"select served.queue as "queue!: Queue",
                  case when control.paused then 0 else coalesce(control.depth, 100) end as "depth!",
                  exists (select from jobs where state = 'ready' and lane = 'workers'
                          and jobs.queue = served.queue and run_at <= $1) as "has_due!"
           from unnest($2::text[]) as served (queue) left join queue_control as control using (queue)"#,
        now,
        &words(queues),
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Look {
            queue: row.queue,
            depth: usize::try_from(row.depth).unwrap_or(0),
            has_due: row.has_due,
        })
        .collect())
}

/// Claims jobs of a queue that are due, the most urgent first, to be handed out now. They are
/// committed as handed out before anybody hears of them.
///
/// # Errors
/// The database failed.
pub async fn claim(
    pool: &PgPool,
    queue: Queue,
    now: DateTime<Utc>,
    limit: usize,
    lease: Duration,
) -> Result<Vec<JobId>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"update jobs set state = 'sent', dispatches = dispatches + 1,
                  lease_until = clock_timestamp() + make_interval(secs => $4)
           where id in (
               select id from jobs where state = 'ready' and lane = 'workers' and queue = $1 and run_at <= $2
               order by priority desc, run_at, id limit $3 for update skip locked)
           returning id"#,
        queue.as_str(),
        now,
        i64::try_from(limit).unwrap_or(i64::MAX),
        lease.as_secs_f64(),
    )
    .fetch_all(pool)
    .await
}

/// Takes back jobs that could not be handed out.
///
/// # Errors
/// The database failed; their leases bring them back then.
pub async fn unclaim(pool: &PgPool, jobs: &[JobId]) -> Result<(), sqlx::Error> {
    let ids: Vec<i64> = jobs.iter().map(|job| job.0).collect();
    sqlx::query!(
        r#"update jobs set state = 'ready', dispatches = greatest(dispatches - 1, 0), lease_until = null
           where id in (select id from jobs where id = any($1) and state = 'sent' for update skip locked)"#,
        &ids,
    )
    .execute(pool)
    .await?;
    Ok(())
}

/// Takes back jobs whose lease is over: the hint was lost, or the process. One that runs in its
/// own transaction holds the lock on its row, and is passed over however long it takes. Where the
/// server was started less than a lease ago, nobody could renew or record anything meanwhile:
/// those who run outside of a transaction get that long to do so.
///
/// # Errors
/// The database failed.
pub async fn rescue(pool: &PgPool, lane: Lane, lease: Duration) -> Result<u64, sqlx::Error> {
    let rescued = sqlx::query!(
        r#"update jobs set state = 'ready', lease_until = null
           where id in (
               select id from jobs where state in ('sent', 'running') and lane = $1 and lease_until < clock_timestamp()
                 and (state = 'sent' or pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => $3))
               order by lease_until limit $2 for update skip locked)"#,
        lane.as_str(),
        RESCUE_BATCH,
        lease.as_secs_f64(),
    )
    .execute(pool)
    .await?;
    Ok(rescued.rows_affected())
}

/// Takes back, at once, everything of the queues that was handed out and does not run: Redis
/// lost its memory, or cannot be reached.
///
/// # Errors
/// The database failed.
pub async fn release(pool: &PgPool, queues: &[Queue]) -> Result<u64, sqlx::Error> {
    let released = sqlx::query!(
        r#"update jobs set state = 'ready', lease_until = null
           where id in (
               select id from jobs where state = 'sent' and lane = 'workers' and queue = any($1)
               for update skip locked)"#,
        &words(queues),
    )
    .execute(pool)
    .await?;
    Ok(released.rows_affected())
}

/// Says whether the relays of the queues sleep, so that inserts notify them.
///
/// # Errors
/// The database failed.
pub async fn set_asleep(pool: &PgPool, queues: &[Queue], asleep: bool) -> Result<(), sqlx::Error> {
    sqlx::query!(
        r#"insert into relay_asleep as known (queue, asleep) select queue, $2 from unnest($1::text[]) as served (queue)
           order by queue
           on conflict (queue) do update set asleep = excluded.asleep where known.asleep <> excluded.asleep"#,
        &words(queues),
        asleep,
    )
    .execute(pool)
    .await?;
    Ok(())
}

fn words(queues: &[Queue]) -> Vec<String> {
    queues.iter().map(Queue::to_string).collect()
}
