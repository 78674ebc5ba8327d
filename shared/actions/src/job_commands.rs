//! Commands of operators on jobs, with their effect on notifications, and the only mapping of the ledger's errors to
//! [`ActionError`].

use crate::{
    error::ActionError,
    job_list::Job,
    notifications::{Attempt, record_attempt},
    webhooks,
};
use jobs::{
    JobId,
    operate::{self, JobRecord, OperateError},
};
use platform::work::UnitOfWork;

/// Makes a waiting, dead or cancelled job due now, with all of its attempts again.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such job; [`ActionError::Conflict`] when the job is handed out, runs or is done, or
/// another job with its unique key waits already; the database failed.
pub async fn retry(work: &mut UnitOfWork<'_>, id: JobId) -> Result<JobRecord, ActionError> {
    let now = work.now();
    operate::retry(&mut work.tx, id, now).await.map_err(refused)
}

/// Cancels a job: it never runs, and is kept as long as a job that is done. A cancelled delivery is recorded as
/// failed.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such job; [`ActionError::Conflict`] when the job runs, is done or is
/// cancelled already; the database failed.
pub async fn discard(work: &mut UnitOfWork<'_>, id: JobId) -> Result<JobRecord, ActionError> {
    let now = work.now();
    let entry = operate::discard(&mut work.tx, id, now)
        .await
        .map_err(refused)?;
    // This release may not know the job of another one; then nothing follows.
    if let Ok(job) = serde_json::from_value(entry.payload.clone()) {
        abandon(work, &job, "discarded by an operator").await?;
    }
    Ok(entry)
}

/// Records the failure of a delivery whose job will never succeed, in the transaction that ends the job. Other jobs
/// need no record.
///
/// # Errors
/// The database failed.
pub async fn abandon(work: &mut UnitOfWork<'_>, job: &Job, reason: &str) -> sqlx::Result<()> {
    if let Job::DeliverWebhook { delivery } = *job {
        return webhooks::abandon(work, delivery).await;
    }
    match job.spec().delivers {
        Some(delivery) => record_attempt(work, delivery.parcel, Attempt::Abandoned(reason)).await,
        None => Ok(()),
    }
}

/// The error for a refusal of the ledger.
#[must_use]
pub fn refused(error: OperateError) -> ActionError {
    match error {
        OperateError::NotFound => ActionError::NotFound("job"),
        OperateError::State { .. } => ActionError::conflict("job_state", error.to_string()),
        OperateError::WaitsAlready => ActionError::conflict("job_waits_already", error.to_string()),
        OperateError::Database(error) => ActionError::Database(error),
    }
}
