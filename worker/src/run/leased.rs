//! A job that calls a provider: claim it under a lease and commit; call with no transaction open,
//! if the lease is valid; record the outcome, if the claim still holds.

use super::{
    Ended, Outcome, guard,
    lease::{self, Lease},
    record,
};
use crate::{
    JobContext,
    channels::Delivered,
    jobs::{self, JobError},
};
use ::jobs::{
    circuit::{self, Subject},
    ledger::{ANSWER_LIMIT, Locked},
    store,
};
use actions::job_list::{Delivery, Job};
use domain::actor::Initiator;
use platform::{db, error_chain::Chain, metrics::Reached, work::UnitOfWork};
use std::time::{Duration, Instant};

/// How long recording an outcome is retried: a mail must not be sent twice only because the
/// database was unavailable. After that the run counts as interrupted.
const RECORD_LIMIT: Duration = Duration::from_mins(30);

/// Claims a locked job and commits the claim.
pub(super) async fn claim<'a>(
    cx: &'a JobContext,
    mut work: UnitOfWork<'_>,
    locked: &mut Locked,
) -> sqlx::Result<Lease<'a>> {
    let asked = Instant::now();
    let claiming = async {
        store::claim_leased(&mut work.tx, locked, cx.cx.config.jobs.lease).await?;
        work.commit().await
    };
    db::within(ANSWER_LIMIT, claiming).await?;
    Ok(Lease::new(cx, locked.fence(), asked))
}

/// A delivery that this process has claimed.
pub(super) struct LeasedRun<'a> {
    pub cx: &'a JobContext,
    pub job: &'a Job,
    pub locked: &'a Locked,
    pub lease: &'a Lease<'a>,
    pub delivery: Delivery,
}

impl LeasedRun<'_> {
    /// Delivers and records the outcome, renewing the lease meanwhile.
    pub async fn run(&self) -> Ended {
        let ended = tokio::select! {
            ended = self.deliver() => ended,
            never = self.lease.keep() => match never {},
        };
        let error = match ended {
            Ok(ended) => return ended,
            Err(error) => error,
        };
        let ended = record::failure(self.cx, self.job, self.locked, error).await;
        match ended.outcome {
            Outcome::Retry | Outcome::Held => self.count(Reached::Delayed),
            Outcome::Dead => self.count(Reached::Failed),
            Outcome::Done | Outcome::NotOurs | Outcome::Unrecorded => {}
        }
        ended
    }

    fn count(&self, reached: Reached) {
        let metrics = &self.cx.cx.metrics;
        metrics.delivery(self.delivery.channel, reached);
    }

    /// Delivers and records the success. An error is that of the attempt, which the caller records.
    async fn deliver(&self) -> Result<Ended, JobError> {
        // Boxed: it is large, and would make every future that awaits it as large.
        let delivering = Box::pin(jobs::deliver(self.cx, self.delivery, self.lease));
        let delivered = guard::run(self.job.spec().policy.limit, delivering).await?;
        let sent = Instant::now();
        loop {
            let completing =
                tokio::time::timeout(lease::answer_limit(self.cx), self.complete(delivered));
            let error = match completing
                .await
                .unwrap_or_else(|late| Err(JobError::retry(late)))
            {
                Ok(outcome) => return Ok(Ended::well(outcome)),
                Err(error @ JobError::Fail { .. }) => return Err(error),
                Err(
                    error @ (JobError::Retry { .. }
                    | JobError::Provider { .. }
                    | JobError::Lost { .. }),
                ) => error,
            };
            if sent.elapsed() >= RECORD_LIMIT {
                return Ok(Ended::badly(Outcome::Unrecorded, error));
            }
            tracing::debug!(error = %Chain(&error), "a delivery could not be recorded yet; trying again");
            tokio::time::sleep(lease::PAUSE).await;
        }
    }

    /// Marks the job as done and records the delivery, unless another run has claimed the job.
    async fn complete(&self, delivered: Delivered) -> Result<Outcome, JobError> {
        let mut work = self.cx.cx.begin(Initiator::System).await?;
        let now = work.now();
        if !store::finish_leased(&mut work.tx, self.locked.fence(), now).await? {
            return Ok(Outcome::NotOurs);
        }
        jobs::record(&mut work, self.delivery, delivered).await?;
        if self.locked.provider_failures > 0 {
            settle_circuit(&mut work, self.locked, delivered).await?;
        }
        work.commit().await?;
        self.count(match delivered {
            Delivered::Sent => Reached::Sent,
            Delivered::NothingToTell => Reached::Dropped,
            Delivered::Held => Reached::Held,
        });
        Ok(Outcome::Done)
    }
}

/// Records what a delivery says about a provider that had failed before.
async fn settle_circuit(
    work: &mut UnitOfWork<'_>,
    locked: &Locked,
    delivered: Delivered,
) -> sqlx::Result<()> {
    match delivered {
        Delivered::Sent => {
            if circuit::close(&mut work.tx, locked.queue).await? {
                tracing::info!(queue = %locked.queue, "the circuit of a queue closed: its provider responds again");
            }
        }
        Delivered::NothingToTell | Delivered::Held => {
            let now = work.now();
            let subject = Subject {
                queue: locked.queue,
                job: locked.id,
            };
            circuit::end_probe(&mut work.tx, subject, now).await?;
        }
    }
    Ok(())
}
