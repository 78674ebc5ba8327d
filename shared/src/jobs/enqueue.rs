//! Putting jobs on the ledger, in the transaction of the change that they follow from: both are
//! committed, or neither is.

use super::{Job, store};
use crate::work::Work;
use chrono::{DateTime, Utc};

/// Enqueues a job, to be run as soon as the transaction is committed.
///
/// # Errors
/// The database failed.
pub async fn enqueue(work: &mut Work<'_>, job: &Job) -> Result<(), sqlx::Error> {
    enqueue_all(work, std::slice::from_ref(job)).await
}

/// Enqueues jobs, to be run as soon as the transaction is committed.
///
/// # Errors
/// The database failed.
pub async fn enqueue_all(work: &mut Work<'_>, jobs: &[Job]) -> Result<(), sqlx::Error> {
    let run_at = work.now();
    store::insert(work, jobs, run_at).await
}

/// Enqueues a job, to be run at an instant of the context's clock.
///
/// # Errors
/// The database failed.
pub async fn enqueue_at(
    work: &mut Work<'_>,
    job: &Job,
    run_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    store::insert(work, std::slice::from_ref(job), run_at).await
}
