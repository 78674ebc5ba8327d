//! Writing a failure into the job's row: later, when the other side is fit again, or never.

use super::{Ended, Outcome};
use crate::{
    JobContext,
    jobs::{self, JobError},
};
use chrono::TimeDelta;
use shared::{
    db,
    error::Chain,
    jobs::{
        Job,
        circuit::{self, Trouble},
        ledger::{ANSWER_LIMIT, Fence, Locked},
        store,
    },
    work::{By, Work},
};

/// Records a failed attempt, in a transaction of its own: put off, or dead when the error says
/// so or the attempts are used up. When the other side is in trouble its queue is held with it.
pub(super) async fn failure(cx: &JobContext, job: &Job, locked: &Locked, error: JobError) -> Ended {
    let last = locked.attempt + 1 >= locked.max_attempts;
    let recorded = match error {
        JobError::Hold { trouble, .. } => {
            let holding = hold(cx, job, locked, (trouble, &error));
            db::within(ANSWER_LIMIT, holding).await
        }
        JobError::Lost { .. } => db::within(ANSWER_LIMIT, give_back(cx, locked, &error)).await,
        JobError::Retry { .. } if !last => {
            db::within(ANSWER_LIMIT, put_off(cx, job, locked, &error)).await
        }
        JobError::Retry { .. } | JobError::Fail { .. } => {
            db::within(ANSWER_LIMIT, give_up(cx, job, locked, &error)).await
        }
    };
    match recorded {
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

async fn hold(
    cx: &JobContext,
    job: &Job,
    locked: &Locked,
    (trouble, error): (Trouble, &JobError),
) -> Result<Outcome, sqlx::Error> {
    let mut work = cx.cx.begin(By::System).await?;
    let (now, fence, text) = (work.now(), locked.fence(), Chain(error).to_string());
    let until = now + trouble.hold(locked.troubles, cx.cx.ids.fraction());
    let last = locked.attempt + 1 >= locked.max_attempts;
    let (ours, outcome) = if trouble.spares_the_attempt(now - locked.created_at) {
        // Behind those that have not been tried: the next one to see is another.
        let ours = store::give_back(&mut work.tx, fence, now, &text).await?;
        (ours, Outcome::Held)
    } else if last {
        (
            bury(&mut work, Some(job), fence, error).await?,
            Outcome::Dead,
        )
    } else {
        let run_at = now + delay(cx, job, locked);
        let ours = store::put_off(&mut work.tx, fence, run_at, &text).await?;
        (ours, Outcome::Retry)
    };
    let subject = (locked.queue, locked.id);
    if circuit::hold(&mut work.tx, subject, now, until, &text).await? {
        tracing::warn!(queue = %locked.queue, %trouble, error = text, held_until = %until, "a queue is held: its other side is in trouble");
    }
    work.commit().await?;
    Ok(if ours { outcome } else { Outcome::NotOurs })
}

async fn give_back(
    cx: &JobContext,
    locked: &Locked,
    error: &JobError,
) -> Result<Outcome, sqlx::Error> {
    let mut work = cx.cx.begin(By::System).await?;
    let (now, text) = (work.now(), Chain(error).to_string());
    let ours = store::give_back(&mut work.tx, locked.fence(), now, &text).await?;
    work.commit().await?;
    Ok(if ours {
        Outcome::Retry
    } else {
        Outcome::NotOurs
    })
}

fn delay(cx: &JobContext, job: &Job, locked: &Locked) -> TimeDelta {
    let backoff = job.policy().backoff;
    backoff.delay(locked.attempt + 1, cx.cx.ids.fraction())
}

async fn put_off(
    cx: &JobContext,
    job: &Job,
    locked: &Locked,
    error: &JobError,
) -> Result<Outcome, sqlx::Error> {
    let mut work = cx.cx.begin(By::System).await?;
    let run_at = work.now() + delay(cx, job, locked);
    let text = Chain(error).to_string();
    let ours = store::put_off(&mut work.tx, locked.fence(), run_at, &text).await?;
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
    locked: &Locked,
    error: &JobError,
) -> Result<Outcome, sqlx::Error> {
    let mut work = cx.cx.begin(By::System).await?;
    let ours = bury(&mut work, Some(job), locked.fence(), error).await?;
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
    let now = work.now();
    let ours = store::bury(&mut work.tx, fence, now, &text).await?;
    if let (true, Some(job)) = (ours, job) {
        jobs::abandon(work, job, &text).await?;
    }
    Ok(ours)
}
