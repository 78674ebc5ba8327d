//! Runs the jobs in this process, one after the other, until none is due: for the demo and for
//! tests. Uses neither Redis nor a relay.

use crate::{
    JobContext,
    run::{Outcome, run_one},
};
use domain::queue::Execution;
use jobs::{relay, store};
use std::time::Duration;

/// Why a job that was due could not be run.
#[derive(Debug, thiserror::Error)]
pub enum DrainError {
    /// The ledger could not be read.
    #[error("the ledger of jobs could not be read")]
    Ledger(#[from] sqlx::Error),
    /// The outcome of a run could not be recorded.
    #[error("the outcome of job {0} could not be recorded")]
    Unrecorded(jobs::JobId),
}

/// Runs all due jobs of an execution, one after the other, with the jobs that follow from them. Returns
/// the number of runs. A job that fails is rescheduled, and not waited for.
///
/// # Errors
/// The database failed.
pub async fn drain(cx: &JobContext, execution: Execution) -> Result<usize, DrainError> {
    let cx = cx.executed(execution);
    // No other process runs them now: there is no lease to wait for.
    relay::rescue(&cx.cx.pool, execution, Duration::ZERO).await?;
    let mut runs = 0;
    loop {
        let mut ran_any = false;
        for id in store::due(&cx.cx.pool, execution, cx.cx.clock.now()).await? {
            match run_one(&cx, id).await {
                Outcome::Done | Outcome::Retry | Outcome::Dead => {
                    runs += 1;
                    ran_any = true;
                }
                // Another process runs the same jobs, or the job comes up again.
                // Jobs behind an open circuit come up when it closes.
                Outcome::NotOurs | Outcome::Held => {}
                Outcome::Unrecorded => return Err(DrainError::Unrecorded(id)),
            }
        }
        if !ran_any {
            return Ok(runs);
        }
    }
}
