//! Records a failed run: rescheduled, requeued, or moved to the dead letters.

use super::{Ended, Outcome};
use crate::{JobContext, jobs::JobError};
use actions::{job_commands, job_list::Job};
use chrono::{DateTime, TimeDelta, Utc};
use domain::actor::Initiator;
use jobs::{
    circuit::{self, ProviderFailure, Subject},
    ledger::{ANSWER_LIMIT, Failure, Fence, Locked},
    store,
};
use platform::{db, error_chain::Chain, work::UnitOfWork};

/// The longest pause that a provider may ask for: a longer one would park the queue unseen.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(10);

/// Records a failed attempt in a transaction of its own: rescheduled, or dead when the error is
/// permanent or no attempts are left. A provider failure also opens the circuit of the queue.
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
            // The run's own error is in its line of the log; this line says why the row has none.
            tracing::warn!(
                job.id = locked.id.0,
                error = %Chain(&unrecorded),
                "a failure could not be recorded; the lease will requeue the job"
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
    /// Records the failure and its consequences.
    async fn record(&self) -> sqlx::Result<Outcome> {
        let mut work = self.cx.cx.begin(Initiator::System).await?;
        let text = Chain(self.error).to_string();
        let (failure, outcome) = self.consequence(work.now());
        let fence = self.locked.fence();
        let ours = close_run(&mut work, Some(self.job), fence, failure, &text).await?;
        if let JobError::Provider { failure, pause, .. } = self.error {
            let opening = Opening {
                failure: *failure,
                pause: *pause,
                text: &text,
            };
            open_circuit(&mut work, self.locked, opening).await?;
        }
        work.commit().await?;
        Ok(if ours { outcome } else { Outcome::NotOurs })
    }

    /// The new state of the job, and the outcome of the run.
    fn consequence(&self, now: DateTime<Utc>) -> (Failure, Outcome) {
        let last = self.locked.attempt + 1 >= self.locked.max_attempts;
        let age = now - self.locked.created_at;
        match self.error {
            // At `now`, so behind the jobs that have not been tried: the next probe is another job.
            JobError::Provider { failure, .. } if failure.spares_the_attempt(age) => {
                (Failure::Requeued(now), Outcome::Held)
            }
            JobError::Held { until, .. } if ProviderFailure::SlowDown.spares_the_attempt(age) => {
                (Failure::Requeued(*until), Outcome::Held)
            }
            JobError::Lost { .. } => (Failure::Requeued(now), Outcome::Retry),
            JobError::Provider { .. } | JobError::Held { .. } | JobError::Retry { .. } if !last => {
                (Failure::Rescheduled(now + self.delay()), Outcome::Retry)
            }
            JobError::Provider { .. }
            | JobError::Held { .. }
            | JobError::Retry { .. }
            | JobError::Fail { .. } => (Failure::Dead(now), Outcome::Dead),
        }
    }

    fn delay(&self) -> TimeDelta {
        let backoff = self.job.spec().policy.backoff;
        backoff.delay(self.locked.attempt + 1, self.cx.cx.ids.fraction())
    }
}

/// Why and for how long a circuit opens.
#[derive(Clone, Copy)]
pub(super) struct Opening<'a> {
    /// The kind of failure.
    pub failure: ProviderFailure,
    /// How long the provider asked us to wait.
    pub pause: Option<TimeDelta>,
    /// The error.
    pub text: &'a str,
}

/// Opens the circuit of a job's queue. Its row is always locked after the row of the job, so that
/// two transactions cannot deadlock.
pub(super) async fn open_circuit(
    work: &mut UnitOfWork<'_>,
    locked: &Locked,
    Opening {
        failure,
        pause,
        text,
    }: Opening<'_>,
) -> sqlx::Result<()> {
    let now = work.now();
    let usual = failure.open_for(locked.provider_failures, work.cx.ids.fraction());
    let asked = pause.unwrap_or_default().min(LONGEST_PAUSE);
    let until = now + usual.max(asked);
    let subject = Subject {
        queue: locked.queue,
        job: locked.id,
    };
    if circuit::open(&mut work.tx, subject, now, until, text).await? {
        tracing::warn!(
            queue = %locked.queue,
            %failure,
            error = text,
            open_until = %until,
            "the circuit of a queue opened: its provider failed"
        );
    }
    Ok(())
}

/// Moves a job to the dead letters and records why. `false`: another run has claimed the job.
pub(super) async fn move_to_dead_letter(
    work: &mut UnitOfWork<'_>,
    job: Option<&Job>,
    fence: Fence,
    error: &JobError,
) -> sqlx::Result<bool> {
    let (dead, text) = (Failure::Dead(work.now()), Chain(error).to_string());
    close_run(work, job, fence, dead, &text).await
}

/// Records a failure, and the consequences of a dead letter. `false`: another run has claimed the
/// job.
async fn close_run(
    work: &mut UnitOfWork<'_>,
    job: Option<&Job>,
    fence: Fence,
    failure: Failure,
    text: &str,
) -> sqlx::Result<bool> {
    let ours = store::close_run(&mut work.tx, fence, failure, text).await?;
    if let (true, Failure::Dead(_), Some(job)) = (ours, failure, job) {
        job_commands::abandon(work, job, text).await?;
    }
    Ok(ours)
}
