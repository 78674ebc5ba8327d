//! Records the outcome of a delivery, unless another run has claimed the job.

use super::{DeliveryRun, within_limit};
use crate::{
    channels::{Delivered, DeliveryError},
    jobs::JobError,
    mail::Verdict,
    run::{
        Outcome,
        record::{Opening, open_circuit},
    },
};
use actions::notifications::{Attempt, record_attempt, sms, undeliverable};
use domain::actor::Initiator;
use jobs::{
    circuit::{self, ProviderFailure, Subject},
    store,
};
use platform::{metrics::Reached, work::UnitOfWork};

/// What is stored with a message that was not tried.
const UNDELIVERABLE: &str = "not tried: the address refused several messages";

impl DeliveryRun<'_> {
    /// Marks the job as done and records the delivery with the notification.
    pub(super) async fn record_delivered(
        &self,
        delivered: &Delivered,
    ) -> Result<Outcome, JobError> {
        let mut work = self.cx.cx.begin(Initiator::System).await?;
        let now = work.now();
        if !store::finish_leased(&mut work.tx, self.locked.fence(), now).await? {
            return Ok(Outcome::NotOurs);
        }
        let reached = self.record_with_notification(&mut work, delivered).await?;
        self.settle_circuit(&mut work, delivered).await?;
        work.commit().await?;
        self.count(reached);
        if reached == Reached::Sent {
            let age = (now - self.locked.due_at).to_std();
            let metrics = &self.cx.cx.metrics;
            metrics.delivered(self.delivery.channel, age.unwrap_or_default());
        }
        Ok(Outcome::Done)
    }

    async fn record_with_notification(
        &self,
        work: &mut UnitOfWork<'_>,
        delivered: &Delivered,
    ) -> sqlx::Result<Reached> {
        let (channel, parcel) = (self.delivery.channel, self.delivery.parcel);
        let (attempt, reached) = match delivered {
            Delivered::Accepted(message, receipt) => {
                (sms::accept(work, *message, receipt).await?, Reached::Sent)
            }
            Delivered::Sent => (Attempt::Sent, Reached::Sent),
            Delivered::Unknown(message, reason) => {
                (sms::doubt(work, *message, reason).await?, Reached::Unknown)
            }
            Delivered::NothingToTell => (Attempt::NothingToTell, Reached::Dropped),
            Delivered::Undeliverable => (Attempt::GivenUp(UNDELIVERABLE), Reached::Undeliverable),
            Delivered::Held => (Attempt::Held, Reached::Held),
            Delivered::Quiet(until, holding) => (Attempt::Quiet(*until, *holding), Reached::Held),
        };
        record_attempt(work, parcel, attempt).await?;
        match delivered {
            Delivered::Sent => undeliverable::accepted(work, channel, parcel).await?,
            Delivered::Accepted(message, _) => {
                undeliverable::message_taken(work, *message).await?;
            }
            Delivered::Unknown(..)
            | Delivered::NothingToTell
            | Delivered::Undeliverable
            | Delivered::Held
            | Delivered::Quiet(..) => {}
        }
        Ok(reached)
    }

    /// Records what a delivery says about its provider.
    async fn settle_circuit(
        &self,
        work: &mut UnitOfWork<'_>,
        delivered: &Delivered,
    ) -> sqlx::Result<()> {
        let queue = self.locked.queue;
        let has_failed = self.locked.provider_failures > 0;
        match delivered {
            Delivered::Unknown(_, text) => {
                let opening = Opening {
                    failure: ProviderFailure::BrokeOff,
                    pause: None,
                    text,
                };
                open_circuit(work, self.locked, opening).await?;
            }
            Delivered::Sent | Delivered::Accepted(..) if has_failed => {
                if circuit::close(&mut work.tx, queue).await? {
                    tracing::info!(%queue, "the circuit of a queue closed: its provider responds again");
                }
            }
            Delivered::NothingToTell
            | Delivered::Undeliverable
            | Delivered::Held
            | Delivered::Quiet(..)
                if has_failed =>
            {
                let now = work.now();
                let subject = Subject {
                    queue,
                    job: self.locked.id,
                };
                circuit::end_probe(&mut work.tx, subject, now).await?;
            }
            Delivered::Sent
            | Delivered::Accepted(..)
            | Delivered::NothingToTell
            | Delivered::Undeliverable
            | Delivered::Held
            | Delivered::Quiet(..) => {}
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
            (Some(failure), _) => JobError::provider(failure, error.pause, error.source),
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
