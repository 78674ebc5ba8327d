//! Writing a failure into the job's row: later, or never.

use super::{Ended, Outcome};
use crate::{
    JobContext,
    jobs::{self, JobError},
};
use shared::{
    db,
    error::Chain,
    jobs::{
        Job,
        ledger::{ANSWER_LIMIT, Fence},
        store,
    },
    work::{By, Work},
};

/// Records a failed attempt, in a transaction of its own: put off, or dead when the error says
/// so or the attempts are used up.
pub(super) async fn failure(
    cx: &JobContext,
    job: &Job,
    (fence, max_attempts): (Fence, i32),
    error: JobError,
) -> Ended {
    let failures = fence.attempt + 1;
    let recorded = match error {
        JobError::Retry { .. } if failures < max_attempts => {
            db::within(ANSWER_LIMIT, put_off(cx, job, fence, &error)).await
        }
        JobError::Retry { .. } | JobError::Fail { .. } => {
            db::within(ANSWER_LIMIT, give_up(cx, job, fence, &error)).await
        }
    };
    match recorded {
        Ok(outcome) => Ended::badly(outcome, error),
        Err(unrecorded) => {
            // The run's own error is in its line of the log; this one says why the row is not.
            tracing::warn!(
                job.id = fence.id.0,
                error = %Chain(&unrecorded),
                "a failure could not be recorded; the lease will bring the job back"
            );
            Ended::badly(Outcome::Unrecorded, error)
        }
    }
}

async fn put_off(
    cx: &JobContext,
    job: &Job,
    fence: Fence,
    error: &JobError,
) -> Result<Outcome, sqlx::Error> {
    let mut work = cx.cx.begin(By::System).await?;
    let delay = job.backoff().delay(fence.attempt + 1, cx.cx.ids.fraction());
    let run_at = work.now + delay;
    let text = Chain(error).to_string();
    let ours = store::put_off(&mut work.tx, fence, run_at, &text).await?;
    work.commit().await?;
    Ok(if ours {
        Outcome::Retry
    } else {
        Outcome::NotOurs
    })
}

async fn give_up(
    cx: &JobContext,
    job: &Job,
    fence: Fence,
    error: &JobError,
) -> Result<Outcome, sqlx::Error> {
    let mut work = cx.cx.begin(By::System).await?;
    let ours = bury(&mut work, Some(job), fence, error).await?;
    work.commit().await?;
    Ok(if ours {
        Outcome::Dead
    } else {
        Outcome::NotOurs
    })
}

/// Lays a job among the dead letters and leaves word of it. `false`: another run got further.
pub(super) async fn bury(
    work: &mut Work<'_>,
    job: Option<&Job>,
    fence: Fence,
    error: &JobError,
) -> Result<bool, sqlx::Error> {
    let text = Chain(error).to_string();
    let now = work.now;
    let ours = store::bury(&mut work.tx, fence, now, &text).await?;
    if let (true, Some(job)) = (ours, job) {
        jobs::abandon(work, job, &text).await?;
    }
    Ok(ours)
}
