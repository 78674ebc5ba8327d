//! What operators decide about jobs, with what follows for notifications, and the one place where a refusal of the
//! ledger becomes one of an action.

use crate::job_list::Job;
use crate::{
    error::ActionError,
    notifications::{Attempt, record},
};
use jobs::{
    JobId,
    operate::{self, JobRecord, OperateError},
};
use platform::work::UnitOfWork;

/// Has a job tried now: a dead letter with all of its attempts anew, one that waits without waiting
/// on.
///
/// # Errors
/// [`ActionError::NotFound`]; [`ActionError::Conflict`] where it runs, is over, or where its like
/// waits already.
pub async fn retry(work: &mut UnitOfWork<'_>, id: JobId) -> Result<JobRecord, ActionError> {
    let now = work.now();
    operate::retry(&mut work.tx, id, now).await.map_err(refused)
}

/// Decides against a job: it never runs, and is forgotten like one that is done. A mail that is
/// not sent by that is on record as failed.
///
/// # Errors
/// [`ActionError::NotFound`]; [`ActionError::Conflict`] where it runs or is over.
pub async fn discard(work: &mut UnitOfWork<'_>, id: JobId) -> Result<JobRecord, ActionError> {
    let now = work.now();
    let entry = operate::discard(&mut work.tx, id, now)
        .await
        .map_err(refused)?;
    // The payload may be one that this release cannot read: nothing follows then.
    if let Ok(job) = serde_json::from_value(entry.payload.clone()) {
        abandon(work, &job, "discarded by an operator").await?;
    }
    Ok(entry)
}

/// Records what follows from a job that will never be done, in the transaction that ends it: a delivery is on
/// record as failed, of other jobs nothing is.
///
/// # Errors
/// The database failed.
pub async fn abandon(
    work: &mut UnitOfWork<'_>,
    job: &Job,
    reason: &str,
) -> sqlx::Result<()> {
    match job.spec().delivers {
        Some(delivery) => record(work, delivery.notification, Attempt::Abandoned(reason)).await,
        None => Ok(()),
    }
}

/// What callers are told of a refusal of the ledger.
#[must_use]
pub fn refused(error: OperateError) -> ActionError {
    match error {
        OperateError::NotFound => ActionError::NotFound("job"),
        OperateError::State { .. } => ActionError::conflict("job_state", error.to_string()),
        OperateError::WaitsAlready => ActionError::conflict("job_waits_already", error.to_string()),
        OperateError::Database(error) => ActionError::Database(error),
    }
}
