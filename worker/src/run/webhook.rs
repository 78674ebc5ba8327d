//! The run of a `deliver_webhook`: one attempt. As a delivery it is claimed under a lease, calls with no transaction open,
//! and then records. The next attempt is no attempt of the job: the planner begins it when its time has come.

use super::{
    Ended, Outcome, guard,
    lease::{self, Lease},
};
use crate::{JobContext, jobs::JobError, webhooks::call};
use actions::{
    job_list::Job,
    webhooks::{self, AttemptReport},
};
use domain::{actor::Initiator, ids::WebhookDeliveryId};
use jobs::{
    ledger::{ANSWER_LIMIT, Locked},
    store,
};
use platform::{db, error_chain::Chain};
use std::time::{Duration, Instant};

/// How long recording an outcome is retried. After that the run counts as interrupted.
const RECORD_LIMIT: Duration = Duration::from_mins(5);

/// An attempt that this process has claimed.
pub(super) struct WebhookRun<'a> {
    pub cx: &'a JobContext,
    pub job: &'a Job,
    pub locked: &'a Locked,
    pub lease: &'a Lease<'a>,
    pub delivery: WebhookDeliveryId,
}

impl WebhookRun<'_> {
    /// Makes the attempt and records it, renewing the lease meanwhile.
    pub async fn run(&self) -> Ended {
        let ended = tokio::select! {
            ended = self.attempt() => ended,
            never = self.lease.keep() => match never {},
        };
        self.cx.webhook_ended.notify_one();
        match ended {
            Ok(ended) => ended,
            Err(error) => super::record::failure(self.cx, self.job, self.locked, error).await,
        }
    }

    async fn attempt(&self) -> Result<Ended, JobError> {
        let sending = Box::pin(self.send());
        let report = guard::run(self.job.spec().policy.limit, sending).await?;
        let sent = Instant::now();
        loop {
            let recording = self.record(report.clone());
            let recording = tokio::time::timeout(lease::answer_limit(self.cx), recording).await;
            let error = match recording.unwrap_or_else(|late| Err(JobError::retry(late))) {
                Ok(outcome) => return Ok(Ended::well(outcome)),
                Err(error) => error,
            };
            if sent.elapsed() >= RECORD_LIMIT {
                return Ok(Ended::badly(Outcome::Unrecorded, error));
            }
            tracing::debug!(error = %Chain(&error), "an attempt could not be recorded yet; trying again");
            tokio::time::sleep(lease::PAUSE).await;
        }
    }

    /// Sends, if the delivery is still under way. No transaction is open.
    async fn send(&self) -> Result<Option<AttemptReport>, JobError> {
        let cx = &self.cx.cx;
        let now = cx.clock.now();
        let outgoing = webhooks::outgoing(cx, self.delivery, now);
        let Some(outgoing) = db::within(ANSWER_LIMIT, outgoing).await? else {
            return Ok(None);
        };
        let calling = call(&self.cx.outbound, &outgoing, now);
        let report = self.lease.bounds(calling).await.map_err(JobError::lost)?;
        Ok(Some(report))
    }

    /// Marks the job as done and records the attempt, in one transaction.
    async fn record(&self, report: Option<AttemptReport>) -> Result<Outcome, JobError> {
        let mut work = self.cx.cx.begin(Initiator::System).await?;
        let now = work.now();
        if !store::finish_leased(&mut work.tx, self.locked.fence(), now).await? {
            return Ok(Outcome::NotOurs);
        }
        let counted = if let Some(report) = report {
            webhooks::record_attempt(&mut work, self.delivery, report).await?
        } else {
            webhooks::hold(&mut work, self.delivery).await?;
            None
        };
        work.commit().await?;
        if let Some(outcome) = counted {
            self.cx.cx.metrics.webhook(outcome);
        }
        Ok(Outcome::Done)
    }
}
