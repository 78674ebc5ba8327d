//! Jobs are enqueued in the transaction of the change that they follow from, so that both are committed or neither
//! is.

use crate::job_list::Job;
use chrono::{DateTime, Utc};
use jobs::{self, Batch, NewJob};
use platform::work::UnitOfWork;

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
    let run_at = work.now();
    insert(work, jobs, run_at).await
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
    insert(work, std::slice::from_ref(job), run_at).await
}

async fn insert(
    work: &mut UnitOfWork<'_>,
    jobs: &[Job],
    run_at: DateTime<Utc>,
) -> sqlx::Result<()> {
    let jobs = jobs
        .iter()
        .map(new_job)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| sqlx::Error::Encode(error.into()))?;
    let batch = Batch {
        execution: work.cx.execution,
        created_at: work.now(),
        run_at,
        trace: work.trace,
    };
    jobs::enqueue(&mut work.tx, &jobs, batch).await
}

fn new_job(job: &Job) -> Result<NewJob, serde_json::Error> {
    let spec = job.spec();
    Ok(NewJob {
        queue: spec.queue,
        payload: serde_json::to_value(job)?,
        unique_key: spec.unique_key.map(str::to_owned),
        priority: spec.priority,
        attempts: spec.policy.attempts,
    })
}
