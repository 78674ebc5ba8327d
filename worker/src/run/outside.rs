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
        Job, circuit,
        ledger::{Fence, Locked},
        store,
    },
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
pub(super) async fn claim(mut work: Work<'_>, locked: &mut Locked) -> Result<(), sqlx::Error> {
    let lease = work.cx.config.jobs.lease;
    store::claim_outside(&mut work.tx, locked, lease).await?;
    work.commit().await
}

/// Delivers, and records, renewing the lease all the while.
pub(super) async fn run(
    cx: &JobContext,
    job: &Job,
    locked: &Locked,
    notification: NotificationId,
) -> Ended {
    let ended = tokio::select! {
        ended = deliver(cx, job, locked, notification) => ended,
        never = keep_lease(cx, locked.fence()) => match never {},
    };
    match ended {
        Ok(ended) => ended,
        Err(error) => record::failure(cx, job, locked, error).await,
    }
}

/// The error is that of the attempt, and is to be recorded as such.
async fn deliver(
    cx: &JobContext,
    job: &Job,
    locked: &Locked,
    notification: NotificationId,
) -> Result<Ended, JobError> {
    let limit = job.policy().limit;
    let delivered = guard::run(limit, jobs::deliver(cx, notification)).await?;
    let mut pauses = RECORD_PAUSES.into_iter();
    loop {
        let error = match close(cx, locked, notification, &delivered).await {
            Ok(outcome) => return Ok(Ended::well(outcome)),
            Err(error @ JobError::Fail { .. }) => return Err(error),
            Err(error @ (JobError::Retry { .. } | JobError::Hold { .. })) => error,
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
    locked: &Locked,
    notification: NotificationId,
    delivered: &jobs::Delivered,
) -> Result<Outcome, JobError> {
    let mut work = cx.cx.begin(By::System).await?;
    let now = work.now;
    if !store::finish_outside(&mut work.tx, locked.fence(), now).await? {
        return Ok(Outcome::NotOurs);
    }
    jobs::record(&mut work, notification, delivered).await?;
    if locked.troubles > 0 {
        other_side(&mut work, locked, delivered).await?;
    }
    work.commit().await?;
    Ok(Outcome::Done)
}

/// What a delivery says of the other side, which was in trouble when it began.
async fn other_side(
    work: &mut Work<'_>,
    locked: &Locked,
    delivered: &jobs::Delivered,
) -> Result<(), sqlx::Error> {
    match delivered {
        jobs::Delivered::Sent => {
            if circuit::reached(&mut work.tx, locked.queue).await? {
                tracing::info!(queue = %locked.queue, "the other side of a queue is fit again");
            }
        }
        jobs::Delivered::NothingToTell => {
            let now = work.now;
            circuit::told_nothing(&mut work.tx, (locked.queue, locked.id), now).await?;
        }
    }
    Ok(())
}
