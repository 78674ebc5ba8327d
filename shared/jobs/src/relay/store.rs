//! The SQL of dispatching: snapshot, claim, unclaim and rescue.

use crate::relay::{CircuitState, QueueSnapshot};
use crate::{JobId, circuit};
use chrono::{DateTime, Utc};
use domain::queue::{Execution, Queue};
use sqlx::{
    PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use std::time::Duration;

/// Expired leases that one statement ends.
const RESCUE_BATCH: i64 = 1_000;

/// A pool of one connection to the same database, to listen on. The connection is held for good,
/// and must not take a place in the working pool.
#[must_use]
pub fn listen_pool(pool: &PgPool) -> PgPool {
    PgPoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect_lazy_with((*pool.connect_options()).clone())
}

/// Checks that a listening connection still responds. Notifications that arrive meanwhile are kept.
///
/// # Errors
/// The connection is dead.
pub async fn is_alive(listener: &mut PgListener) -> sqlx::Result<()> {
    sqlx::query!("select 1 as one")
        .fetch_one(listener)
        .await
        .map(drop)
}

/// The state of each of the queues. The index is ordered by priority first, so that each priority
/// is looked up on its own; jobs that are due later are not scanned, however many.
///
/// # Errors
/// The database failed.
pub async fn snapshot(
    pool: &PgPool,
    now: DateTime<Utc>,
    queues: &[Queue],
) -> sqlx::Result<Vec<QueueSnapshot>> {
    let rows = sqlx::query!(
        r#"select served.queue as "queue!: Queue",
                  case when control.paused then 0 else coalesce(control.depth, 100) end as "depth!",
                  coalesce(control.failures, 0) > 0 as "in_trouble!", control.held_until as "held_until?",
                  coalesce(waiting.first <= $1, false) as "has_due!", waiting.next as "next_due?"
           from unnest($2::text[]) as served (queue)
           left join queue_control as control using (queue)
           cross join lateral (
               with recursive level as (
                   (select priority from jobs where state = 'ready' and lane = 'workers' and jobs.queue = served.queue
                    order by priority desc limit 1)
                   union all
                   select (select priority from jobs where state = 'ready' and lane = 'workers' and jobs.queue = served.queue
                           and priority < level.priority order by priority desc limit 1)
                   from level where level.priority is not null)
               select min(first.run_at) as first, min(next.run_at) as next
               from level
               left join lateral (
                   select run_at from jobs where state = 'ready' and lane = 'workers' and jobs.queue = served.queue
                   and jobs.priority = level.priority order by run_at limit 1) as first on true
               left join lateral (
                   select run_at from jobs where state = 'ready' and lane = 'workers' and jobs.queue = served.queue
                   and jobs.priority = level.priority and run_at > $1 order by run_at limit 1) as next on true
           ) as waiting"#,
        now,
        &names(queues),
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| QueueSnapshot {
            queue: row.queue,
            depth: usize::try_from(row.depth).unwrap_or(0),
            has_due: row.has_due,
            next_due: row.next_due,
            circuit: match row.held_until.filter(|until| *until > now) {
                Some(until) => CircuitState::OpenUntil(until),
                None if row.in_trouble => CircuitState::HalfOpen,
                None => CircuitState::Closed,
            },
        })
        .collect())
}

/// Claims the due jobs of a queue, at most `limit`, the highest priority first. They are committed
/// as `sent`, with a lease, before a worker hears of them.
///
/// As in [`snapshot`], each priority is looked up on its own, highest first; the limit ends the
/// walk.
///
/// # Errors
/// The database failed.
pub async fn claim(
    pool: &PgPool,
    queue: Queue,
    now: DateTime<Utc>,
    limit: usize,
    lease: Duration,
) -> sqlx::Result<Vec<JobId>> {
    sqlx::query_scalar!(
        r#"with recursive level as (
               (select priority from jobs where state = 'ready' and lane = 'workers' and queue = $1
                order by priority desc limit 1)
               union all
               select (select priority from jobs where state = 'ready' and lane = 'workers' and queue = $1
                       and priority < level.priority order by priority desc limit 1)
               from level where level.priority is not null),
           chosen as materialized (
               select due.id from level cross join lateral (
                   select id from jobs where state = 'ready' and lane = 'workers' and queue = $1
                   and jobs.priority = level.priority and run_at <= $2
                   order by run_at, id limit $3 for update skip locked) as due
               limit $3)
           update jobs set state = 'sent', dispatches = dispatches + 1,
                  lease_until = clock_timestamp() + make_interval(secs => $4)
           from chosen where jobs.id = chosen.id returning jobs.id"#,
        queue.as_str(),
        now,
        i64::try_from(limit).unwrap_or(i64::MAX),
        lease.as_secs_f64(),
    )
    .fetch_all(pool)
    .await
}

/// Claims the probe of a half-open circuit, and keeps the circuit open meanwhile. `None`: no job is
/// due, or another relay has claimed a probe.
///
/// # Errors
/// The database failed.
pub async fn claim_probe(
    pool: &PgPool,
    queue: Queue,
    now: DateTime<Utc>,
    lease: Duration,
) -> sqlx::Result<Option<JobId>> {
    sqlx::query_scalar!(
        r#"with due as (
               select id from jobs where state = 'ready' and lane = 'workers' and queue = $1 and run_at <= $2
               order by priority desc, run_at, id limit 1 for update skip locked),
           probe as (
               update queue_control set held_until = $3, probe = due.id from due
               where queue = $1 and failures > 0 and (held_until is null or held_until <= $2)
               returning due.id)
           update jobs set state = 'sent', dispatches = dispatches + 1,
                  lease_until = clock_timestamp() + make_interval(secs => $4)
           from probe where jobs.id = probe.id returning jobs.id"#,
        queue.as_str(),
        now,
        now + circuit::PROBE,
        lease.as_secs_f64(),
    )
    .fetch_optional(pool)
    .await
}

/// Returns claimed jobs that could not be passed on.
///
/// # Errors
/// The database failed; the leases of the jobs requeue them then.
pub async fn unclaim(pool: &PgPool, jobs: &[JobId]) -> sqlx::Result<()> {
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

/// Requeues jobs whose lease expired, as their reference or their process was lost. Returns how
/// many. A job that runs in its own transaction holds the lock on its row and is skipped, however
/// long it takes. A job that runs outside of a transaction has a grace first ([`ledger::grace`]).
///
/// [`ledger::grace`]: crate::ledger::grace
///
/// # Errors
/// The database failed.
pub async fn rescue(pool: &PgPool, execution: Execution, grace: Duration) -> sqlx::Result<u64> {
    let rescued = sqlx::query_scalar!(
        r#"with ended as (
               select id, state = 'running' and not overdue and $3::float8 > 0 as has_grace from jobs
               where state in ('sent', 'running') and lane = $1 and lease_until < statement_timestamp()
               order by lease_until limit $2 for update skip locked),
           looked_at as (
               update jobs set state = case when has_grace then state else 'ready' end, overdue = has_grace,
                      lease_until = case when has_grace then clock_timestamp() + make_interval(secs => $3) end
               from ended where jobs.id = ended.id returning has_grace)
           select count(*) as "rescued!" from looked_at where not has_grace"#,
        execution.as_str(),
        RESCUE_BATCH,
        grace.as_secs_f64(),
    )
    .fetch_one(pool)
    .await?;
    Ok(rescued.unsigned_abs())
}

/// Requeues at once every job of the queues that was dispatched and does not run: Redis lost its
/// memory, or is unreachable. Returns how many.
///
/// # Errors
/// The database failed.
pub async fn release(pool: &PgPool, queues: &[Queue]) -> sqlx::Result<u64> {
    let released = sqlx::query!(
        r#"update jobs set state = 'ready', lease_until = null
           where id in (
               select id from jobs where state = 'sent' and lane = 'workers' and queue = any($1)
               for update skip locked)"#,
        &names(queues),
    )
    .execute(pool)
    .await?;
    Ok(released.rows_affected())
}

/// Records whether the relays of the queues sleep. Inserts notify only sleeping relays.
///
/// # Errors
/// The database failed.
pub async fn set_asleep(pool: &PgPool, queues: &[Queue], asleep: bool) -> sqlx::Result<()> {
    sqlx::query!(
        r#"insert into relay_asleep as known (queue, asleep) select queue, $2 from unnest($1::text[]) as served (queue)
           order by queue
           on conflict (queue) do update set asleep = excluded.asleep where known.asleep <> excluded.asleep"#,
        &names(queues),
        asleep,
    )
    .execute(pool)
    .await?;
    Ok(())
}

fn names(queues: &[Queue]) -> Vec<String> {
    queues.iter().map(Queue::to_string).collect()
}
