//! The SQL of the ledger: enqueueing, a run from its lock to its outcome, and the counts.
//! Dispatching is in [`crate::relay`].

use crate::{
    Batch, JobId, NewJob, State,
    ledger::{ANSWER_LIMIT, Count, Failure, Fence, Locked, RUN_LIMIT, SWEEP_LIMIT, TOGETHER_LIMIT},
};
use chrono::{DateTime, Utc};
use domain::queue::Execution;
use platform::{trace::Trace, work::Tx};
use sqlx::{PgExecutor, PgPool};
use std::time::Duration;

/// Inserts jobs, in the transaction of the change that they follow from. A job whose unique key
/// already waits or runs is left out.
///
/// # Errors
/// The database failed.
pub async fn enqueue(tx: &mut Tx, jobs: &[NewJob], batch: Batch) -> sqlx::Result<()> {
    let queues: Vec<String> = jobs.iter().map(|job| job.queue.to_string()).collect();
    let payloads: Vec<_> = jobs.iter().map(|job| job.payload.clone()).collect();
    let priorities: Vec<i16> = jobs.iter().map(|job| job.priority).collect();
    let keys: Vec<String> = jobs
        .iter()
        .map(|job| job.unique_key.clone().unwrap_or_default())
        .collect();
    let traces: Vec<String> = jobs
        .iter()
        .map(|job| job.trace.map(|trace| trace.to_string()).unwrap_or_default())
        .collect();
    let attempts: Vec<i32> = jobs.iter().map(|job| job.attempts).collect();
    sqlx::query!(
        r#"insert into jobs (queue, lane, payload, priority, unique_key, state, run_at, due_at, max_attempts, created_at, traceparent)
           select queue, $1, payload, priority, nullif(unique_key, ''), 'ready', $2, $2, max_attempts, $3, nullif(trace, '')
           from unnest($4::text[], $5::jsonb[], $6::smallint[], $7::text[], $8::integer[], $9::text[])
               as fresh (queue, payload, priority, unique_key, max_attempts, trace)
           on conflict (unique_key, lane)
               where unique_key is not null and state in ('ready', 'sent', 'running') do nothing"#,
        batch.execution.as_str(),
        batch.run_at,
        batch.created_at,
        &queues,
        &payloads,
        &priorities,
        &keys,
        &attempts,
        &traces,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Locks jobs for a run, of those whose row is not locked by another one.
///
/// The transaction gets time limits: PostgreSQL ends it within a second where its process was
/// killed while a statement waited, and later where the process was frozen or its machine vanished.
/// Without the limits the row would stay locked for hours.
macro_rules! lock_jobs {
    ($which:literal, $limits:expr, $now:expr, $($argument:expr),+) => {
        sqlx::query!(
            r#"select id, jobs.queue, payload, attempt, max_attempts, dispatches, interruptions, lease_token, run_at, traceparent, created_at,
                      coalesce(due_at, created_at) as "due_at!", coalesce(failures, 0) as "failures!",
                      lane = 'workers' and probe is distinct from id
                          and coalesce(held_until > $3 or (failures > 0 and state = 'sent'), false) as "held!",
                      set_config('client_connection_check_interval', '1s', true) as look_for_the_client,
                      set_config('statement_timeout', $1, true) as statement_limit,
                      set_config('idle_in_transaction_session_timeout', $2, true) as idle_limit
               from jobs left join queue_control as control on control.queue = jobs.queue
               where "# + $which + " for update of jobs skip locked",
            millis($limits.0),
            millis($limits.1),
            $now,
            $($argument),+
        )
        .map(|row| Locked {
            id: row.id,
            queue: row.queue,
            payload: row.payload,
            attempt: row.attempt,
            max_attempts: row.max_attempts,
            dispatches: row.dispatches,
            interruptions: row.interruptions,
            lease_token: row.lease_token,
            run_at: row.run_at,
            due_at: row.due_at,
            trace: row.traceparent.as_deref().and_then(Trace::parse),
            created_at: row.created_at,
            provider_failures: row.failures,
            is_blocked: row.held,
        })
    };
}

/// Locks a job for a run. `None`: it is done, rescheduled, or another run has locked it. A `ready`
/// job whose reference arrived late may run too, once it is due.
///
/// While a circuit is open only its probe may run, also after the delay is over; every other job
/// comes with [`Locked::is_blocked`].
///
/// # Errors
/// The database failed.
pub async fn lock(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> sqlx::Result<Option<Locked>> {
    lock_jobs!(
        "id = $4 and (state = 'sent' or (state = 'ready' and run_at <= $3))",
        (
            RUN_LIMIT + Duration::from_secs(5),
            SWEEP_LIMIT + Duration::from_secs(30)
        ),
        now,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Locks those of the jobs that have one of these names and are in the first run of their first attempt, in their order. Their
/// transaction is never idle for long: that of a frozen process ends within [`ANSWER_LIMIT`].
///
/// # Errors
/// The database failed.
pub async fn lock_fresh(
    tx: &mut Tx,
    ids: &[JobId],
    names: &[&str],
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<Locked>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    lock_jobs!(
        "id = any($4) and state = 'sent' and dispatches = 1 and attempt = 0 and payload->>'job' = any($5) order by id",
        (TOGETHER_LIMIT, ANSWER_LIMIT),
        now,
        &ids,
        &names
    )
    .fetch_all(&mut **tx)
    .await
}

fn millis(limit: Duration) -> String {
    limit.as_millis().to_string()
}

/// Counts, before a run, that the run before it ended without an outcome.
///
/// # Errors
/// The database failed.
pub async fn note_interruption(tx: &mut Tx, id: JobId) -> sqlx::Result<()> {
    sqlx::query!(
        "update jobs set interruptions = interruptions + 1 where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Marks a locked job as done.
///
/// # Errors
/// The database failed.
pub async fn finish(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> sqlx::Result<()> {
    sqlx::query!(
        "update jobs set state = 'done', attempt = attempt + 1, finished_at = $2 where id = $1",
        id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Marks locked jobs as done.
///
/// # Errors
/// The database failed.
pub async fn finish_all(tx: &mut Tx, ids: &[JobId], now: DateTime<Utc>) -> sqlx::Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update jobs set state = 'done', attempt = attempt + 1, finished_at = $2 where id = any($1)",
        &ids,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Claims a locked job for a run outside of any transaction; the claim stands once the transaction
/// is committed. It counts as an interruption until there is an outcome. `locked` gets the new
/// fencing token.
///
/// # Errors
/// The database failed.
pub async fn claim_leased(tx: &mut Tx, locked: &mut Locked, lease: Duration) -> sqlx::Result<()> {
    locked.lease_token = sqlx::query_scalar!(
        r#"update jobs set state = 'running', lease_token = lease_token + 1, interruptions = interruptions + 1,
                  overdue = false, lease_until = clock_timestamp() + make_interval(secs => $2)
           where id = $1 returning lease_token"#,
        locked.id.0,
        lease.as_secs_f64(),
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(())
}

/// Renews the lease of a job that runs outside of a transaction, also within the grace after its
/// end. `false`: the job was requeued, or another run has claimed it.
///
/// # Errors
/// The database failed.
pub async fn renew(pool: &PgPool, fence: Fence, lease: Duration) -> sqlx::Result<bool> {
    let renewed = sqlx::query!(
        r#"update jobs set overdue = false, lease_until = clock_timestamp() + make_interval(secs => $3)
           where id = $1 and lease_token = $2 and attempt = $4 and state = 'running'"#,
        fence.id.0,
        fence.lease_token,
        lease.as_secs_f64(),
        fence.attempt,
    )
    .execute(pool)
    .await?;
    Ok(renewed.rows_affected() == 1)
}

/// Whether the outcome of this run still counts. If it does, the row stays locked until the end of
/// the transaction, so that no other run can start before it.
///
/// # Errors
/// The database failed.
pub async fn is_current(tx: &mut Tx, fence: Fence) -> sqlx::Result<bool> {
    let current = sqlx::query!(
        r#"select from jobs where id = $1 and lease_token = $2 and attempt = $3 and state in ('ready', 'sent', 'running')
           for update"#,
        fence.id.0,
        fence.lease_token,
        fence.attempt,
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(current.is_some())
}

/// Marks a job that ran outside of a transaction as done, also after its lease expired and it was
/// requeued, unless another run has begun. `false`: another run has claimed the job, and the
/// outcome of this run must not be recorded.
///
/// # Errors
/// The database failed.
pub async fn finish_leased(tx: &mut Tx, fence: Fence, now: DateTime<Utc>) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"update jobs set state = 'done', attempt = attempt + 1, interruptions = 0, finished_at = $3
           where id = $1 and lease_token = $2 and attempt = $4 and state in ('ready', 'sent', 'running')"#,
        fence.id.0,
        fence.lease_token,
        now,
        fence.attempt,
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Records the end of a run that did not complete its job: the job is rescheduled, requeued or
/// moved to the dead letters. `false`: another run has claimed the job, and nothing is written.
///
/// # Errors
/// The database failed.
pub async fn close_run(
    tx: &mut Tx,
    fence: Fence,
    failure: Failure,
    error: &str,
) -> sqlx::Result<bool> {
    let (state, at, attempts) = match failure {
        Failure::Rescheduled(run_at) => (State::Ready, run_at, 1),
        Failure::Requeued(run_at) => (State::Ready, run_at, 0),
        Failure::Dead(since) => (State::Dead, since, 1),
    };
    let closed = sqlx::query!(
        r#"update jobs set state = $4, attempt = attempt + $6, last_error = left($7, 2000), lease_until = null,
                  run_at = case when $4 = 'ready' then $5 else run_at end,
                  finished_at = case when $4 = 'dead' then $5 else finished_at end,
                  dispatches = case when $4 = 'ready' then 0 else dispatches end,
                  interruptions = case when $4 = 'ready' then 0 else interruptions end
           where id = $1 and attempt = $2 and lease_token = $3 and state in ('ready', 'sent', 'running')"#,
        fence.id.0,
        fence.attempt,
        fence.lease_token,
        state.as_str(),
        at,
        attempts,
        error,
    )
    .execute(&mut **tx)
    .await?;
    Ok(closed.rows_affected() == 1)
}

/// Returns a locked job to `ready` without a trace of its dispatch: the circuit of its queue is
/// open.
///
/// # Errors
/// The database failed.
pub async fn undo_dispatch(tx: &mut Tx, id: JobId) -> sqlx::Result<()> {
    sqlx::query!(
        "update jobs set state = 'ready', dispatches = greatest(dispatches - 1, 0), lease_until = null where id = $1",
        id.0
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The jobs of an execution that are due, at most 100, in the order of `run_at`.
///
/// # Errors
/// The database failed.
pub async fn due(
    pool: &PgPool,
    execution: Execution,
    now: DateTime<Utc>,
) -> sqlx::Result<Vec<JobId>> {
    sqlx::query_scalar!(
        r#"select id from jobs where state = 'ready' and lane = $1 and run_at <= $2 order by run_at, id limit 100"#,
        execution.as_str(),
        now,
    )
    .fetch_all(pool)
    .await
}

/// Deletes jobs of an execution that were done or cancelled before an instant, at most `limit` of each
/// state. Returns how many.
///
/// # Errors
/// The database failed.
pub async fn delete_over(
    pool: &PgPool,
    execution: Execution,
    before: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<u64> {
    let deleted = sqlx::query!(
        r#"delete from jobs where id in (
               select id from (select id from jobs where state = 'done' and lane = $1 and finished_at < $2
                               order by finished_at limit $3 for update skip locked) done
               union all
               select id from (select id from jobs where state = 'cancelled' and lane = $1 and finished_at < $2
                               order by finished_at limit $3 for update skip locked) cancelled)"#,
        execution.as_str(),
        before,
        limit,
    )
    .execute(pool)
    .await?;
    Ok(deleted.rows_affected())
}

/// The number of jobs of each queue in each state that is not final, and of dead letters. Only jobs
/// of the workers count. Queues that only another release has are included.
///
/// # Errors
/// The database failed.
pub async fn counts(db: impl PgExecutor<'_>, now: DateTime<Utc>) -> sqlx::Result<Vec<Count>> {
    sqlx::query_as!(
        Count,
        r#"select queue as "queue!: String", state as "state!: crate::State", count(*) as "count!",
                  min(run_at) filter (where state = 'ready' and run_at <= $1) as oldest_due
           from (select queue, state, run_at from jobs where state = 'ready' and lane = 'workers'
                 union all select queue, state, run_at from jobs where state in ('sent', 'running') and lane = 'workers'
                 union all select queue, state, run_at from jobs where state = 'dead' and lane = 'workers') as kept
           group by queue, state order by queue, state"#,
        now,
    )
    .fetch_all(db)
    .await
}
