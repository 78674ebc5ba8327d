//! Jobs are enqueued in the transaction of the change that they follow from, so that both are committed or neither
//! is.

use crate::job_list::Job;
use chrono::{DateTime, Utc};
use jobs::{self, Batch, NewJob};
use platform::{trace::Trace, work::UnitOfWork};

/// Enqueues a job that is due as soon as the transaction is committed.
///
/// # Errors
/// The database failed.
pub async fn enqueue(work: &mut UnitOfWork<'_>, job: &Job) -> sqlx::Result<()> {
    enqueue_all(work, std::slice::from_ref(job)).await
}

/// Enqueues jobs that are due as soon as the transaction is committed.
///
/// # Errors
/// The database failed.
pub async fn enqueue_all(work: &mut UnitOfWork<'_>, jobs: &[Job]) -> sqlx::Result<()> {
    let (run_at, trace) = (work.now(), work.trace);
    insert(work, jobs.iter().map(|job| (job, trace)), run_at).await
}

/// Enqueues jobs that are due as soon as the transaction is committed, each in the trace that it continues.
///
/// # Errors
/// The database failed.
pub async fn enqueue_traced(
    work: &mut UnitOfWork<'_>,
    jobs: &[(Job, Option<Trace>)],
) -> sqlx::Result<()> {
    let run_at = work.now();
    insert(work, jobs.iter().map(|(job, trace)| (job, *trace)), run_at).await
}

/// Enqueues a job that is due at `run_at`, by the context's clock.
///
/// # Errors
/// The database failed.
pub async fn enqueue_at(
    work: &mut UnitOfWork<'_>,
    job: &Job,
    run_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let trace = work.trace;
    insert(work, [(job, trace)], run_at).await
}

async fn insert(
    work: &mut UnitOfWork<'_>,
    jobs: impl IntoIterator<Item = (&Job, Option<Trace>)>,
    run_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let jobs = jobs
        .into_iter()
        .map(|(job, trace)| new_job(job, trace))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    if jobs.is_empty() {
        return Ok(());
    }
    let batch = Batch {
        execution: work.cx.execution,
        created_at: work.now(),
        run_at,
    };
    jobs::enqueue(&mut work.tx, &jobs, batch).await
}

fn new_job(job: &Job, trace: Option<Trace>) -> Result<NewJob, serde_json::Error> {
    let spec = job.spec();
    Ok(NewJob {
        queue: spec.queue,
        payload: serde_json::to_value(job)?,
        unique_key: spec.unique_key.map(str::to_owned),
        priority: spec.priority,
        attempts: spec.policy.attempts,
        trace,
    })
}
