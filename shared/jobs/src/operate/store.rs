//! The SQL behind the operators' view of jobs.

use crate::operate::{COUNTED, Filter, JobRecord, OpenCircuit, Page, QueueState};
use crate::{
    JobId, State,
    ledger::{Count, NAME},
};
use chrono::{DateTime, Utc};
use domain::queue::{Queue, QueueName};
use platform::work::Tx;
use sqlx::{PgConnection, PgExecutor, PgPool, Postgres, QueryBuilder};
use std::collections::BTreeSet;

/// The one column list of [`JobRecord`]. The queue is read as text, since this release may not have
/// it.
macro_rules! job_records {
    ($head:literal, $tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            JobRecord,
            $head + r#" id, queue as "queue!: String", state, payload, priority, attempt, max_attempts, run_at, lease_until,
                dispatches, interruptions, last_error, traceparent, created_at, finished_at "# + $tail
            $(, $argument)*
        )
    };
}

/// A page of the jobs that match `filter`, newest first: at most `limit`, with ids below `before`.
///
/// # Errors
/// The database failed.
pub async fn page(
    pool: &PgPool,
    filter: &Filter,
    before: Option<JobId>,
    limit: i64,
) -> sqlx::Result<Page> {
    let mut count = QueryBuilder::new("select count(*) from (");
    narrow(&mut count, filter, None, COUNTED.saturating_add(1));
    count.push(") meant");
    let found: i64 = count.build_query_scalar().fetch_one(pool).await?;
    let mut query = QueryBuilder::new("");
    narrow(&mut query, filter, before, limit.saturating_add(1));
    let mut ids: Vec<i64> = query.build_query_scalar().fetch_all(pool).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = ids.len() > wanted;
    ids.truncate(wanted);
    let jobs = job_records!(
        "select",
        "from jobs where id = any($1) order by id desc",
        &ids,
    )
    .fetch_all(pool)
    .await?;
    Ok(Page {
        jobs,
        total: found.min(COUNTED),
        total_is_exact: found <= COUNTED,
        next: ids.last().filter(|_| more).copied().map(JobId),
    })
}

/// Selects the newest ids of each state, at most `limit` in all. Each state has its own index and
/// is therefore queried on its own, with a literal.
fn narrow(query: &mut QueryBuilder<Postgres>, filter: &Filter, before: Option<JobId>, limit: i64) {
    query.push("select id from (");
    let mut states = filter.states.clone();
    states.sort_unstable();
    states.dedup();
    for (at, state) in states.iter().enumerate() {
        if at > 0 {
            query.push(" union all ");
        }
        query.push("(select id from jobs where lane = 'workers' and state = '");
        query.push(state.as_str()).push("'");
        if let Some(queue) = filter.queue {
            query.push(" and queue = ").push_bind(queue.as_str());
        }
        if let Some(name) = &filter.name {
            query.push(" and payload ->> ").push_bind(NAME);
            query.push(" = ").push_bind(name.clone());
        }
        if let Some(before) = before {
            query.push(" and id < ").push_bind(before.0);
        }
        query
            .push(" order by id desc limit ")
            .push_bind(limit)
            .push(")");
    }
    query
        .push(") of_states order by id desc limit ")
        .push_bind(limit);
}

/// A job by its id.
///
/// # Errors
/// The database failed.
pub async fn find(db: impl PgExecutor<'_>, id: JobId) -> sqlx::Result<Option<JobRecord>> {
    job_records!(
        "select",
        "from jobs where id = $1 and lane = 'workers'",
        id.0,
    )
    .fetch_optional(db)
    .await
}

/// Locks a job, unless it runs at this moment.
///
/// # Errors
/// The database failed.
pub async fn lock(tx: &mut Tx, id: JobId) -> sqlx::Result<Option<JobRecord>> {
    job_records!(
        "select",
        "from jobs where id = $1 and lane = 'workers' for update skip locked",
        id.0,
    )
    .fetch_optional(&mut **tx)
    .await
}

/// Makes a locked job ready at `now`, with all of its attempts.
///
/// # Errors
/// The database failed.
pub async fn make_ready(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> sqlx::Result<JobRecord> {
    job_records!(
        "update jobs set state = 'ready', run_at = $2, attempt = 0, dispatches = 0, interruptions = 0,
             lease_until = null, finished_at = null
         where id = $1 returning",
        "",
        id.0,
        now,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Cancels a locked job.
///
/// # Errors
/// The database failed.
pub async fn cancel(tx: &mut Tx, id: JobId, now: DateTime<Utc>) -> sqlx::Result<JobRecord> {
    job_records!(
        "update jobs set state = 'cancelled', finished_at = $2, lease_until = null
         where id = $1 returning",
        "",
        id.0,
        now,
    )
    .fetch_one(&mut **tx)
    .await
}

/// Pauses or resumes a queue. Resuming resets its circuit.
///
/// # Errors
/// The database failed.
pub async fn pause(tx: &mut Tx, queue: Queue, paused: bool) -> sqlx::Result<()> {
    sqlx::query!(
        "update queue_control set paused = $2, held_until = case when $2 then held_until end,
             held_because = case when $2 then held_because end, probe = case when $2 then probe end,
             failures = case when $2 then failures else 0 end
         where queue = $1",
        queue.as_str(),
        paused,
    )
    .execute(&mut **tx)
    .await
    .map(|_| ())
}

/// A row of `queue_control`.
struct Control {
    queue: QueueName,
    paused: bool,
    failures: i32,
    held_until: Option<DateTime<Utc>>,
    held_because: Option<String>,
}

/// The state of each queue of this release, and of each other queue that the database has.
///
/// # Errors
/// The database failed.
pub async fn queues(db: &mut PgConnection, now: DateTime<Utc>) -> sqlx::Result<Vec<QueueState>> {
    let counts = crate::store::counts(&mut *db, now).await?;
    let controls = sqlx::query_as!(
        Control,
        r#"select queue as "queue!: String", paused, failures, held_until, held_because from queue_control"#,
    )
    .fetch_all(db)
    .await?;
    let ours = Queue::ALL.iter().map(|queue| QueueName::from(*queue));
    let counted = counts.iter().map(|count| count.queue.clone());
    let set = controls.iter().map(|control| control.queue.clone());
    let names: BTreeSet<QueueName> = ours.chain(counted).chain(set).collect();
    let states = names.iter().map(|name| state_of(name, &counts, &controls));
    Ok(states.collect())
}

fn state_of(name: &QueueName, counts: &[Count], controls: &[Control]) -> QueueState {
    let find = |state| {
        counts
            .iter()
            .find(|count| count.queue == *name && count.state == state)
    };
    let count = |state| find(state).map_or(0, |count| count.count);
    let control = controls.iter().find(|control| control.queue == *name);
    let open = control.filter(|control| control.failures > 0);
    QueueState {
        queue: name.clone(),
        paused: control.is_some_and(|control| control.paused),
        ready: count(State::Ready),
        sent: count(State::Sent),
        running: count(State::Running),
        dead: count(State::Dead),
        oldest_due: find(State::Ready).and_then(|count| count.oldest_due),
        circuit: open.and_then(|control| {
            Some(OpenCircuit {
                until: control.held_until?,
                because: control.held_because.clone().unwrap_or_default(),
                times: control.failures,
            })
        }),
    }
}
