//! The run of a delivery: a job that calls a provider. Its steps, in this order:
//! 1. [`claim`] takes a lease on the job and commits. From here no transaction is open.
//! 2. `send` loads the notification, asks whether it is still due, and lets its channel call the
//!    provider, while the lease is valid. The lease is renewed meanwhile.
//! 3. `record` writes the outcome, if the claim still holds: the notification and the job in one
//!    transaction.
//!
//! A process that dies between the call and 3 sends once more, with the same key where the provider has one.

mod record;

use super::{
    Ended, Outcome, guard,
    lease::{self, Lease, LeaseOver},
};
use crate::{
    JobContext,
    channels::{Delivered, NotificationContent},
    jobs::JobError,
};
use actions::{
    job_list::{Delivery, Job},
    notifications::{Holding, undeliverable},
};
use chrono::{DateTime, Utc};
use domain::{channel::Channel, notifications::content::Decision};
use jobs::{
    ledger::{ANSWER_LIMIT, Locked},
    store,
};
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
    within_limit(claiming).await?;
    Ok(Lease::new(cx, locked.fence(), asked))
}

/// A delivery that this process has claimed.
pub(super) struct DeliveryRun<'a> {
    pub cx: &'a JobContext,
    pub job: &'a Job,
    pub locked: &'a Locked,
    pub lease: &'a Lease<'a>,
    pub delivery: Delivery,
}

impl DeliveryRun<'_> {
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
        let ended = super::record::failure(self.cx, self.job, self.locked, error).await;
        match ended.outcome {
            Outcome::Retry | Outcome::Held => self.count(Reached::Delayed),
            Outcome::Dead => self.count(Reached::Failed),
            Outcome::Done | Outcome::NotOurs | Outcome::Unrecorded => {}
        }
        ended
    }

    /// Sends and records the success. An error is that of the attempt, which the caller records.
    async fn deliver(&self) -> Result<Ended, JobError> {
        // Boxed: it is large, and would make every future that awaits it as large.
        let sending = Box::pin(self.send());
        let delivered = guard::run(self.job.spec().policy.limit, sending).await?;
        let sent = Instant::now();
        loop {
            let recording = self.record_delivered(&delivered);
            let recording = tokio::time::timeout(lease::answer_limit(self.cx), recording).await;
            let error = match recording.unwrap_or_else(|late| Err(JobError::retry(late))) {
                Ok(outcome) => return Ok(Ended::well(outcome)),
                Err(error @ JobError::Fail { .. }) => return Err(error),
                Err(
                    error @ (JobError::Retry { .. }
                    | JobError::Provider { .. }
                    | JobError::Held { .. }
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

    /// Sends the notification to its provider, unless it is no longer due, its address is not
    /// confirmed, or another process may send it. The error of a failed attempt is stored with the
    /// notification.
    async fn send(&self) -> Result<Delivered, JobError> {
        let cx = &self.cx.cx;
        let channel = self.cx.channels.channel(self.delivery.channel);
        let now = cx.clock.now();
        let loading = NotificationContent::load(cx, self.delivery.parcel, now);
        let Some(content) = within_limit(loading).await? else {
            return Ok(Delivered::NothingToTell);
        };
        match content.decide(now) {
            Decision::Send => {}
            Decision::Drop => return Ok(Delivered::NothingToTell),
            Decision::Wait(until) if content.is_gathered() => {
                return Ok(Delivered::Quiet(until, Holding::Gathered));
            }
            Decision::Wait(until) => {
                let holding = Holding::ByItself(self.delivery.channel);
                return Ok(Delivered::Quiet(until, holding));
            }
        }
        if !within_limit(channel.admits(cx, &content)).await? {
            return Ok(self.not_admitted(&content, now).await?);
        }
        match self.lease.bounds(channel.send(&content, now)).await {
            Ok(Ok(delivered)) => Ok(delivered),
            Ok(Err(error)) => Err(self.record_attempt(error).await?),
            Err(over) => match (over, self.delivery.channel) {
                // A text message has no key by which anybody recognises a repetition: it is not sent again.
                (LeaseOver::DuringTheCall, Channel::Sms) => {
                    Ok(Delivered::Unknown(content.parcel(), over.to_string()))
                }
                (LeaseOver::DuringTheCall, Channel::Email | Channel::Push)
                | (LeaseOver::BeforeTheCall, _) => Err(JobError::lost(over)),
            },
        }
    }

    /// Why a channel does not admit a message.
    async fn not_admitted(
        &self,
        content: &NotificationContent,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Delivered> {
        let Some(person) = content.recipient() else {
            return Ok(Delivered::NothingToTell);
        };
        let pool = &self.cx.cx.pool;
        let asked = undeliverable::is_undeliverable(pool, self.delivery.channel, person.id, now);
        Ok(if within_limit(asked).await? {
            Delivered::Undeliverable
        } else {
            Delivered::NothingToTell
        })
    }

    fn count(&self, reached: Reached) {
        let metrics = &self.cx.cx.metrics;
        metrics.delivery(self.delivery.channel, reached);
    }
}

/// Limits a request to the database: no other process may claim the job meanwhile, so the wait has
/// to be short.
async fn within_limit<T>(call: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    db::within(ANSWER_LIMIT, call).await
}
