//! A job that talks to somebody else: claim under a lease and commit, call with no transaction
//! open, record what came of it where the claim still stands.

use super::{Ended, Outcome, guard, record};
use crate::{
    JobContext,
    jobs::{self, JobError},
};
use shared::{
    ids::NotificationId,
    jobs::{
        Job,
        ledger::{Fence, Locked, OUTSIDE_LIMIT},
        store,
    },
    metrics::Reached,
    notifications::Channel,
    work::{By, Work},
};
use std::{convert::Infallible, time::Duration};

/// Pauses before the recording is tried again. What was sent must not be sent again only because
/// the database was away for a moment.
const RECORD_PAUSES: [Duration; 4] = [
    Duration::from_millis(100),
    Duration::from_millis(500),
    Duration::from_secs(2),
    Duration::from_secs(5),
];

/// Claims a locked job and commits the claim.
pub(super) async fn claim(mut work: Work<'_>, locked: &Locked) -> Result<Fence, sqlx::Error> {
    let lease = work.cx.config.jobs.lease;
    let fence = store::claim_outside(&mut work.tx, locked, lease).await?;
    work.commit().await?;
    Ok(fence)
}

/// Delivers, and records, renewing the lease all the while.
pub(super) async fn run(
    cx: &JobContext,
    job: &Job,
    (fence, max_attempts): (Fence, i32),
    notification: NotificationId,
) -> Ended {
    let ended = tokio::select! {
        ended = deliver(cx, fence, notification) => ended,
        never = keep_lease(cx, fence) => match never {},
    };
    let error = match ended {
        Ok(ended) => return ended,
        Err(error) => error,
    };
    let ended = record::failure(cx, job, (fence, max_attempts), error).await;
    match ended.outcome {
        Outcome::Retry => count(cx, Reached::Delayed),
        Outcome::Dead => count(cx, Reached::Failed),
        Outcome::Done | Outcome::NotOurs | Outcome::Unrecorded => {}
    }
    ended
}

/// Every delivery is an e-mail as yet.
fn count(cx: &JobContext, reached: Reached) {
    cx.cx.metrics.delivery(Channel::Email, reached);
}

/// The error is that of the attempt, and is to be recorded as such.
async fn deliver(
    cx: &JobContext,
    fence: Fence,
    notification: NotificationId,
) -> Result<Ended, JobError> {
    let delivered = guard::run(OUTSIDE_LIMIT, jobs::deliver(cx, notification)).await?;
    let mut pauses = RECORD_PAUSES.into_iter();
    loop {
        let error = match close(cx, fence, notification, &delivered).await {
            Ok(outcome) => return Ok(Ended::well(outcome)),
            Err(error @ JobError::Fail { .. }) => return Err(error),
            Err(error @ JobError::Retry { .. }) => error,
        };
        match pauses.next() {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Ok(Ended::badly(Outcome::Unrecorded, error)),
        }
    }
}

/// Should another run have taken over, this one's outcome will not be recorded; the call that is
/// under way cannot be taken back.
async fn keep_lease(cx: &JobContext, fence: Fence) -> Infallible {
    let lease = cx.cx.config.jobs.lease;
    loop {
        tokio::time::sleep(lease / 3).await;
        if let Err(error) = store::renew(&cx.cx.pool, fence, lease).await {
            tracing::debug!(%error, "a lease could not be renewed yet");
        }
    }
}

async fn close(
    cx: &JobContext,
    fence: Fence,
    notification: NotificationId,
    delivered: &jobs::Delivered,
) -> Result<Outcome, JobError> {
    let mut work = cx.cx.begin(By::System).await?;
    let now = work.now;
    if !store::finish_outside(&mut work.tx, fence, now).await? {
        return Ok(Outcome::NotOurs);
    }
    jobs::record(&mut work, notification, delivered).await?;
    work.commit().await?;
    count(
        cx,
        match delivered {
            jobs::Delivered::Sent => Reached::Sent,
            jobs::Delivered::NothingToTell => Reached::Dropped,
        },
    );
    Ok(Outcome::Done)
}
