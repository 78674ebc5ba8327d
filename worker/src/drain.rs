//! Running jobs in this process, one after the other, until none is due: for the demo and for
//! tests. Neither Redis nor a relay has a part in it.

use crate::{
    JobContext,
    run::{Outcome, run_one},
};
use domain::queue::Execution;
use jobs::{relay, store};
use std::time::Duration;

/// Why not everything that was due could be run.
#[derive(Debug, thiserror::Error)]
pub enum DrainError {
    /// The ledger could not be read.
    #[error("the ledger of jobs could not be read")]
    Ledger(#[from] sqlx::Error),
    /// A run left no outcome, as the database did not take it.
    #[error("the outcome of job {0} could not be recorded")]
    Unrecorded(jobs::JobId),
}

/// Runs every job of a lane that is due by the context's clock, those that follow from them
/// included; says how many runs that took. A job that fails is put off, and not waited for.
///
/// # Errors
/// The database failed.
pub async fn drain(cx: &JobContext, lane: Execution) -> Result<usize, DrainError> {
    let cx = cx.in_lane(lane);
    // Whoever drained before is gone: there is nobody to wait for.
    relay::rescue(&cx.cx.pool, lane, Duration::ZERO).await?;
    let mut runs = 0;
    loop {
        let mut ran_any = false;
        for id in store::due(&cx.cx.pool, lane, cx.cx.clock.now()).await? {
            match run_one(&cx, id).await {
                Outcome::Done | Outcome::Retry | Outcome::Dead => {
                    runs += 1;
                    ran_any = true;
                }
                // Somebody else drains the same lane: the rest is theirs, or comes up again. What is held
                // comes up when it is not.
                Outcome::NotOurs | Outcome::Held => {}
                Outcome::Unrecorded => return Err(DrainError::Unrecorded(id)),
            }
        }
        if !ran_any {
            return Ok(runs);
        }
    }
}
