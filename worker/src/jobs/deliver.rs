//! Tells somebody on a channel: the call to the provider outside of any transaction, what became of it inside
//! the one that marks the job as done. A process that dies between the two sends it once
//! more, with the same key.

use super::JobError;
use crate::{
    JobContext,
    channels::{Delivered, Told, Undelivered},
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

/// Hands a notification to the provider, unless there is nothing to tell any more, its address is not confirmed, or
/// somebody else may be at it. No transaction is open meanwhile. What stood in the way is written down with the notification.
pub(crate) async fn deliver(
    cx: &JobContext,
    delivery: Delivery,
    lease: &Lease<'_>,
) -> Result<Delivered, JobError> {
    let channel = cx.channels.of(delivery.channel);
    let cx = &cx.cx;
    let now = cx.clock.now();
    let told = asked(Told::load(&cx.pool, delivery.notification)).await?;
    let Some(told) = told.filter(|told| told.is_due(now)) else {
        return Ok(Delivered::NothingToTell);
    };
    if !asked(channel.admits(cx, &told)).await? {
        return Ok(Delivered::NothingToTell);
    }
    let sent = lease.bounds(channel.send(&told, now)).await;
    match sent.map_err(JobError::lost)? {
        Ok(delivered) => Ok(delivered),
        Err(error) => Err(failed(cx, (delivery, lease.fence), error).await?),
    }
}

/// What is to become of the job. An attempt that is spared is none: nothing is written down then.
async fn failed(
    cx: &Context,
    of: (Delivery, Fence),
    error: Undelivered,
) -> Result<JobError, sqlx::Error> {
    match error.trouble {
        Some(ProviderFailure::Unreachable | ProviderFailure::SlowDown) => {}
        Some(ProviderFailure::BrokeOff) | None => record_failure(cx, of, &error).await?,
    }
    Ok(match (error.trouble, error.verdict) {
        (Some(trouble), _) => JobError::hold(trouble, error.source),
        (None, Verdict::Temporary) => JobError::retry(error.source),
        (None, Verdict::Permanent) => JobError::fail(error.source),
    })
}

/// Records what became of it, together with the end of the job.
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

/// Of a run that another has got past nothing is written down.
async fn record_failure(
    cx: &Context,
    (delivery, fence): (Delivery, Fence),
    error: &Undelivered,
) -> Result<(), sqlx::Error> {
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
            circuit::reached(&mut work.tx, delivery.channel.spec().queue).await?;
        }
        work.commit().await
    };
    asked(recording).await
}

/// While it waits for the database nobody else may take the job over, so that it waits briefly.
async fn asked<T>(call: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    db::within(ANSWER_LIMIT, call).await
}
