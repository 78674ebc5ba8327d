//! The SQL of handing out: look, claim, give back, rescue.

use crate::relay::{CircuitState, QueueSnapshot};
use crate::{JobId, circuit};
use chrono::{DateTime, Utc};
use domain::queue::{Execution, Queue};
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

/// How the queues stand. The index goes by urgency first, so that each urgency that there is gets a
/// look of its own: jobs that wait for a later time, however many, are not walked through.
///
/// # Errors
/// The database failed.
pub async fn look(
    pool: &PgPool,
    now: DateTime<Utc>,
    queues: &[Queue],
) -> Result<Vec<QueueSnapshot>, sqlx::Error> {
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
        &words(queues),
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

/// Claims jobs of a queue that are due, the most urgent first, to be handed out now. They are
/// committed as handed out before anybody hears of them.
///
/// As in [`look`], each urgency has a look of its own; they come highest first, and the limit ends
/// the walk.
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

/// Claims the one job of a queue in trouble that is sent to see, and holds the queue meanwhile.
/// `None`: there is none, or another relay has sent one.
///
/// # Errors
/// The database failed.
pub async fn claim_probe(
    pool: &PgPool,
    queue: Queue,
    now: DateTime<Utc>,
    lease: Duration,
) -> Result<Option<JobId>, sqlx::Error> {
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

/// Takes back jobs whose lease is over: the hint was lost, or the process; says how many. One that runs
/// in its own transaction holds the lock on its row, and is passed over however long it takes. One that
/// runs outside has a grace first ([`ledger::grace`]).
///
/// [`ledger::grace`]: crate::ledger::grace
///
/// # Errors
/// The database failed.
pub async fn rescue(pool: &PgPool, lane: Execution, grace: Duration) -> Result<u64, sqlx::Error> {
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
        lane.as_str(),
        RESCUE_BATCH,
        grace.as_secs_f64(),
    )
    .fetch_one(pool)
    .await?;
    Ok(rescued.unsigned_abs())
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
