//! Records the outcome of a delivery, unless another run has claimed the job.

use super::{DeliveryRun, within_limit};
use crate::{
    channels::{Delivered, DeliveryError},
    jobs::JobError,
    mail::Verdict,
    run::Outcome,
};
use actions::notifications::{Attempt, record_attempt, undeliverable};
use domain::actor::Initiator;
use jobs::{
    circuit::{self, ProviderFailure, Subject},
    store,
};
use platform::{metrics::Reached, work::UnitOfWork};

impl DeliveryRun<'_> {
    /// Marks the job as done and records the delivery with the notification.
    pub(super) async fn record_delivered(&self, delivered: Delivered) -> Result<Outcome, JobError> {
        let mut work = self.cx.cx.begin(Initiator::System).await?;
        let now = work.now();
        if !store::finish_leased(&mut work.tx, self.locked.fence(), now).await? {
            return Ok(Outcome::NotOurs);
        }
        let (attempt, reached) = match delivered {
            Delivered::Sent => (Attempt::Sent, Reached::Sent),
            Delivered::NothingToTell => (Attempt::NothingToTell, Reached::Dropped),
            Delivered::Held => (Attempt::Held, Reached::Held),
            Delivered::Quiet(until, holding) => (Attempt::Quiet(until, holding), Reached::Held),
        };
        record_attempt(&mut work, self.delivery.parcel, attempt).await?;
        if delivered == Delivered::Sent {
            let (channel, parcel) = (self.delivery.channel, self.delivery.parcel);
            undeliverable::accepted(&mut work, channel, parcel).await?;
        }
        if self.locked.provider_failures > 0 {
            self.settle_circuit(&mut work, delivered).await?;
        }
        work.commit().await?;
        self.count(reached);
        Ok(Outcome::Done)
    }

    /// Records what a delivery says about a provider that had failed before.
    async fn settle_circuit(
        &self,
        work: &mut UnitOfWork<'_>,
        delivered: Delivered,
    ) -> sqlx::Result<()> {
        let queue = self.locked.queue;
        match delivered {
            Delivered::Sent => {
                if circuit::close(&mut work.tx, queue).await? {
                    tracing::info!(%queue, "the circuit of a queue closed: its provider responds again");
                }
            }
            Delivered::NothingToTell | Delivered::Held | Delivered::Quiet(..) => {
                let now = work.now();
                let subject = Subject {
                    queue,
                    job: self.locked.id,
                };
                circuit::end_probe(&mut work.tx, subject, now).await?;
            }
        }
        Ok(())
    }

    /// Records a failed attempt with the notification, and returns the error of the job. An attempt
    /// that does not count is not recorded.
    pub(super) async fn record_attempt(&self, error: DeliveryError) -> sqlx::Result<JobError> {
        match (error.failure, error.verdict) {
            (Some(ProviderFailure::Unreachable | ProviderFailure::SlowDown), _)
            | (None, Verdict::HeldUntil(_)) => {}
            (Some(ProviderFailure::BrokeOff) | None, _) => self.record_error(&error).await?,
        }
        Ok(match (error.failure, error.verdict) {
            (Some(failure), _) => JobError::provider(failure, error.source),
            (None, Verdict::Temporary) => JobError::retry(error.source),
            (None, Verdict::Permanent) => JobError::fail(error.source),
            (None, Verdict::HeldUntil(until)) => JobError::held(until, error.source),
        })
    }

    async fn record_error(&self, error: &DeliveryError) -> sqlx::Result<()> {
        let attempt = match error.verdict {
            Verdict::Temporary | Verdict::HeldUntil(_) => Attempt::Delayed(&error.record),
            Verdict::Permanent => Attempt::GivenUp(&error.record),
        };
        let recording = async {
            let mut work = self.cx.cx.begin(Initiator::System).await?;
            if !store::is_current(&mut work.tx, self.locked.fence()).await? {
                return Ok(());
            }
            record_attempt(&mut work, self.delivery.parcel, attempt).await?;
            if let (true, Verdict::Permanent) = (error.was_judged, error.verdict) {
                let (channel, parcel) = (self.delivery.channel, self.delivery.parcel);
                undeliverable::refused(&mut work, channel, parcel, error.refusal).await?;
            }
            if error.was_judged {
                circuit::close(&mut work.tx, self.locked.queue).await?;
            }
            work.commit().await
        };
        within_limit(recording).await
    }
}
