//! Writing a failure into the job's row: later, when the other side is fit again, or never.

use super::{Ended, Outcome};
use crate::{JobContext, jobs::JobError};
use chrono::{DateTime, Utc};
use shared::{
    db,
    error::Chain,
    job_list::{self, Job},
    jobs::{
        circuit::{self, Trouble},
        ledger::{ANSWER_LIMIT, Failure, Fence, Locked},
        store,
    },
    work::{By, Work},
};

/// Records a failed attempt, in a transaction of its own: put off, or dead when the error says
/// so or the attempts are used up. When the other side is in trouble its queue is held with it.
pub(super) async fn failure(cx: &JobContext, job: &Job, locked: &Locked, error: JobError) -> Ended {
    match db::within(ANSWER_LIMIT, close(cx, job, locked, &error)).await {
        Ok(outcome) => Ended::badly(outcome, error),
        Err(unrecorded) => {
            // The run's own error is in its line of the log; this one says why the row is not.
            tracing::warn!(
                job.id = locked.id.0,
                error = %Chain(&unrecorded),
                "a failure could not be recorded; the lease will bring the job back"
            );
            Ended::badly(Outcome::Unrecorded, error)
        }
    }
}

async fn close(
    cx: &JobContext,
    job: &Job,
    locked: &Locked,
    error: &JobError,
) -> Result<Outcome, sqlx::Error> {
    let mut work = cx.cx.begin(By::System).await?;
    let (now, text) = (work.now, Chain(error).to_string());
    let (failure, outcome) = failure_of(cx, job, locked, (error, now));
    let ours = write(&mut work, Some(job), locked.fence(), (failure, &text)).await?;
    if let JobError::Hold { trouble, .. } = error {
        hold(&mut work, cx, locked, (*trouble, &text)).await?;
    }
    work.commit().await?;
    Ok(if ours { outcome } else { Outcome::NotOurs })
}

/// What becomes of a job after an error, and what that is called.
fn failure_of(
    cx: &JobContext,
    job: &Job,
    locked: &Locked,
    (error, now): (&JobError, DateTime<Utc>),
) -> (Failure, Outcome) {
    let last = locked.attempt + 1 >= locked.max_attempts;
    match error {
        // Behind those that have not been tried: the next one to see is another.
        JobError::Hold { trouble, .. } if trouble.spares_the_attempt(now - locked.created_at) => {
            (Failure::GivenBack(now), Outcome::Held)
        }
        JobError::Lost { .. } => (Failure::GivenBack(now), Outcome::Retry),
        JobError::Hold { .. } | JobError::Retry { .. } if !last => {
            let backoff = job.spec().policy.backoff;
            let delay = backoff.delay(locked.attempt + 1, cx.cx.ids.fraction());
            (Failure::PutOff(now + delay), Outcome::Retry)
        }
        JobError::Hold { .. } | JobError::Retry { .. } | JobError::Fail { .. } => {
            (Failure::Dead(now), Outcome::Dead)
        }
    }
}

/// Holds the queue of a job whose other side is in trouble.
async fn hold(
    work: &mut Work<'_>,
    cx: &JobContext,
    locked: &Locked,
    (trouble, text): (Trouble, &str),
) -> Result<(), sqlx::Error> {
    let now = work.now;
    let until = now + trouble.hold(locked.troubles, cx.cx.ids.fraction());
    let subject = (locked.queue, locked.id);
    if circuit::hold(&mut work.tx, subject, now, until, text).await? {
        tracing::warn!(queue = %locked.queue, %trouble, error = text, held_until = %until, "a queue is held: its other side is in trouble");
    }
    Ok(())
}

/// Lays a job among the dead letters and leaves word of it. `false`: another run got further.
pub(super) async fn bury(
    work: &mut Work<'_>,
    job: Option<&Job>,
    fence: Fence,
    error: &JobError,
) -> Result<bool, sqlx::Error> {
    let (dead, text) = (Failure::Dead(work.now), Chain(error).to_string());
    write(work, job, fence, (dead, &text)).await
}

/// Writes a failure, and for a dead letter what follows from that. `false`: another run got further.
async fn write(
    work: &mut Work<'_>,
    job: Option<&Job>,
    fence: Fence,
    (failure, text): (Failure, &str),
) -> Result<bool, sqlx::Error> {
    let ours = store::close_run(&mut work.tx, fence, failure, text).await?;
    if let (true, Failure::Dead(_), Some(job)) = (ours, failure, job) {
        job_list::abandon(work, job, text).await?;
    }
    Ok(ours)
}
