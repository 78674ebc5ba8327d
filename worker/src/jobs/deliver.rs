//! Delivers a notification: the call to the provider outside of any transaction, its outcome in the
//! transaction that marks the job as done. A process that dies between the two sends once more,
//! with the same key.

use super::JobError;
use crate::{
    JobContext,
    channels::{Delivered, DeliveryError, NotificationContent},
    mail::Verdict,
    run::lease::Lease,
};
use actions::{job_list::Delivery, notifications::Attempt};
use domain::actor::Initiator;
use jobs::{
    circuit::{self, ProviderFailure},
    ledger::{ANSWER_LIMIT, Fence},
    store,
};
use platform::{context::Context, db, work::UnitOfWork};

/// Sends a notification to its provider, unless it is no longer due, its address is not confirmed,
/// or another process may send it. No transaction is open during the call. The error of a failed
/// attempt is stored with the notification.
pub(crate) async fn deliver(
    cx: &JobContext,
    delivery: Delivery,
    lease: &Lease<'_>,
) -> Result<Delivered, JobError> {
    let channel = cx.channels.channel(delivery.channel);
    let cx = &cx.cx;
    let now = cx.clock.now();
    let content = within_limit(NotificationContent::load(&cx.pool, delivery.notification)).await?;
    let Some(content) = content.filter(|content| content.is_due(now)) else {
        return Ok(Delivered::NothingToTell);
    };
    if !within_limit(channel.admits(cx, &content)).await? {
        return Ok(Delivered::NothingToTell);
    }
    let sent = lease.bounds(channel.send(&content, now)).await;
    match sent.map_err(JobError::lost)? {
        Ok(delivered) => Ok(delivered),
        Err(error) => Err(fail(cx, delivery, lease.fence, error).await?),
    }
}

/// Returns the error of the job, and records the failed attempt. An attempt that does not count is
/// not recorded.
async fn fail(
    cx: &Context,
    delivery: Delivery,
    fence: Fence,
    error: DeliveryError,
) -> sqlx::Result<JobError> {
    match error.failure {
        Some(ProviderFailure::Unreachable | ProviderFailure::SlowDown) => {}
        Some(ProviderFailure::BrokeOff) | None => {
            record_failure(cx, delivery, fence, &error).await?;
        }
    }
    Ok(match (error.failure, error.verdict) {
        (Some(failure), _) => JobError::provider(failure, error.source),
        (None, Verdict::Temporary) => JobError::retry(error.source),
        (None, Verdict::Permanent) => JobError::fail(error.source),
    })
}

/// Records the outcome of a delivery, in the transaction that ends the job.
pub(crate) async fn record(
    work: &mut UnitOfWork<'_>,
    delivery: Delivery,
    delivered: Delivered,
) -> Result<(), JobError> {
    let attempt = match delivered {
        Delivered::Sent => Attempt::Sent,
        Delivered::NothingToTell => Attempt::NothingToTell,
        Delivered::Held => Attempt::Held,
    };
    actions::notifications::record(work, delivery.notification, attempt).await?;
    Ok(())
}

/// Records a failed attempt, unless another run has claimed the job.
async fn record_failure(
    cx: &Context,
    delivery: Delivery,
    fence: Fence,
    error: &DeliveryError,
) -> sqlx::Result<()> {
    let attempt = match error.verdict {
        Verdict::Temporary => Attempt::Delayed(&error.record),
        Verdict::Permanent => Attempt::GivenUp(&error.record),
    };
    let recording = async {
        let mut work = cx.begin(Initiator::System).await?;
        if !store::is_current(&mut work.tx, fence).await? {
            return Ok(());
        }
        actions::notifications::record(&mut work, delivery.notification, attempt).await?;
        if error.was_judged {
            circuit::close(&mut work.tx, delivery.channel.spec().queue).await?;
        }
        work.commit().await
    };
    within_limit(recording).await
}

/// Limits a request to the database: no other process may claim the job meanwhile, so the wait has
/// to be short.
async fn within_limit<T>(call: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    db::within(ANSWER_LIMIT, call).await
}
