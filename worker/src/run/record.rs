//! Writing a failure into the job's row: later, when the other side is fit again, or never.

use super::{Ended, Outcome};
use crate::{JobContext, jobs::JobError};
use actions::job_list::{self, Job};
use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Initiator;
use jobs::{
    circuit::{self, ProviderFailure},
    ledger::{ANSWER_LIMIT, Failure, Fence, Locked},
    store,
};
use platform::{db, error_chain::Chain, work::UnitOfWork};

/// Records a failed attempt, in a transaction of its own: put off, or dead when the error says
/// so or the attempts are used up. When the other side is in trouble its queue is held with it.
pub(super) async fn failure(cx: &JobContext, job: &Job, locked: &Locked, error: JobError) -> Ended {
    let attempt = FailedAttempt {
        cx,
        job,
        locked,
        error: &error,
    };
    match db::within(ANSWER_LIMIT, attempt.record()).await {
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

/// An attempt that failed.
struct FailedAttempt<'a> {
    cx: &'a JobContext,
    job: &'a Job,
    locked: &'a Locked,
    error: &'a JobError,
}

impl FailedAttempt<'_> {
    /// Writes it down, whatever becomes of the job.
    async fn record(&self) -> Result<Outcome, sqlx::Error> {
        let mut work = self.cx.cx.begin(Initiator::System).await?;
        let text = Chain(self.error).to_string();
        let (failure, outcome) = self.consequence(work.now());
        let fence = self.locked.fence();
        let ours = close_run(&mut work, Some(self.job), fence, failure, &text).await?;
        if let JobError::Hold { trouble, .. } = self.error {
            self.hold(&mut work, *trouble, &text).await?;
        }
        work.commit().await?;
        Ok(if ours { outcome } else { Outcome::NotOurs })
    }

    /// What becomes of the job, and what that is called.
    fn consequence(&self, now: DateTime<Utc>) -> (Failure, Outcome) {
        let last = self.locked.attempt + 1 >= self.locked.max_attempts;
        let age = now - self.locked.created_at;
        match self.error {
            // Behind those that have not been tried: the next one to see is another.
            JobError::Hold { trouble, .. } if trouble.spares_the_attempt(age) => {
                (Failure::Requeued(now), Outcome::Held)
            }
            JobError::Lost { .. } => (Failure::Requeued(now), Outcome::Retry),
            JobError::Hold { .. } | JobError::Retry { .. } if !last => {
                (Failure::Rescheduled(now + self.delay()), Outcome::Retry)
            }
            JobError::Hold { .. } | JobError::Retry { .. } | JobError::Fail { .. } => {
                (Failure::Dead(now), Outcome::Dead)
            }
        }
    }

    fn delay(&self) -> TimeDelta {
        let backoff = self.job.spec().policy.backoff;
        backoff.delay(self.locked.attempt + 1, self.cx.cx.ids.fraction())
    }

    /// Holds the queue of the job. Always after the row of the job, so that two transactions never wait for
    /// each other.
    async fn hold(
        &self,
        work: &mut UnitOfWork<'_>,
        trouble: ProviderFailure,
        text: &str,
    ) -> Result<(), sqlx::Error> {
        let (now, locked) = (work.now(), self.locked);
        let until = now + trouble.hold(locked.troubles, self.cx.cx.ids.fraction());
        let subject = (locked.queue, locked.id);
        if circuit::hold(&mut work.tx, subject, now, until, text).await? {
            tracing::warn!(queue = %locked.queue, %trouble, error = text, held_until = %until, "a queue is held: its other side is in trouble");
        }
        Ok(())
    }
}

/// Lays a job among the dead letters and leaves word of it. `false`: another run got further.
pub(super) async fn move_to_dead_letter(
    work: &mut UnitOfWork<'_>,
    job: Option<&Job>,
    fence: Fence,
    error: &JobError,
) -> Result<bool, sqlx::Error> {
    let (dead, text) = (Failure::Dead(work.now()), Chain(error).to_string());
    close_run(work, job, fence, dead, &text).await
}

/// Writes a failure, and what follows from a dead letter. `false`: another run got further.
async fn close_run(
    work: &mut UnitOfWork<'_>,
    job: Option<&Job>,
    fence: Fence,
    failure: Failure,
    text: &str,
) -> Result<bool, sqlx::Error> {
    let ours = store::close_run(&mut work.tx, fence, failure, text).await?;
    if let (true, Failure::Dead(_), Some(job)) = (ours, failure, job) {
        job_list::abandon(work, job, text).await?;
    }
    Ok(ours)
}
