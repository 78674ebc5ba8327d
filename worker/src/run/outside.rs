//! A job that talks to somebody else: claim under a lease and commit, call with no transaction
//! open, record what came of it where the claim still stands.

use super::{Ended, Outcome, guard, record};
use crate::{
    JobContext,
    jobs::{self, JobError},
};
use shared::{
    db,
    error::Chain,
    ids::NotificationId,
    jobs::{
        Job, circuit,
        ledger::{ANSWER_LIMIT, Fence, Locked},
        store,
    },
    metrics::Reached,
    notifications::Channel,
    work::{By, Work},
};
use std::{
    convert::Infallible,
    time::{Duration, Instant},
};

/// Between two attempts to record what was sent. It must not be sent again only because the database
/// was away, so that whoever has sent it is to be among the first when it is back.
const RECORD_PAUSE: Duration = Duration::from_millis(100);
/// How long it is tried. The job counts as interrupted then.
const RECORD_LIMIT: Duration = Duration::from_mins(30);

/// Claims a locked job and commits the claim.
pub(super) async fn claim(mut work: Work<'_>, locked: &mut Locked) -> Result<(), sqlx::Error> {
    let lease = work.cx.config.jobs.lease;
    let claiming = async {
        store::claim_outside(&mut work.tx, locked, lease).await?;
        work.commit().await
    };
    db::within(ANSWER_LIMIT, claiming).await
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
    let error = match ended {
        Ok(ended) => return ended,
        Err(error) => error,
    };
    let ended = record::failure(cx, job, locked, error).await;
    match ended.outcome {
        Outcome::Retry | Outcome::Held => count(cx, Reached::Delayed),
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
    job: &Job,
    locked: &Locked,
    notification: NotificationId,
) -> Result<Ended, JobError> {
    // In a box: it is large, and would make everything that awaits it as large.
    let delivering = Box::pin(jobs::deliver(cx, notification));
    let delivered = guard::run(job.policy().limit, delivering).await?;
    let sent = Instant::now();
    loop {
        let closing =
            tokio::time::timeout(ANSWER_LIMIT, close(cx, locked, notification, &delivered));
        let error = match closing
            .await
            .unwrap_or_else(|late| Err(JobError::retry(late)))
        {
            Ok(outcome) => return Ok(Ended::well(outcome)),
            Err(error @ JobError::Fail { .. }) => return Err(error),
            Err(error @ (JobError::Retry { .. } | JobError::Hold { .. })) => error,
        };
        if sent.elapsed() >= RECORD_LIMIT {
            return Ok(Ended::badly(Outcome::Unrecorded, error));
        }
        tracing::debug!(error = %Chain(&error), "what was sent could not be recorded yet");
        tokio::time::sleep(RECORD_PAUSE).await;
    }
}

/// Should another run have taken over, this one's outcome will not be recorded; the call that is
/// under way cannot be taken back.
async fn keep_lease(cx: &JobContext, fence: Fence) -> Infallible {
    let lease = cx.cx.config.jobs.lease;
    loop {
        tokio::time::sleep(lease / 3).await;
        let renewing = db::within(ANSWER_LIMIT, store::renew(&cx.cx.pool, fence, lease));
        if let Err(error) = renewing.await {
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
    count(
        cx,
        match delivered {
            jobs::Delivered::Sent => Reached::Sent,
            jobs::Delivered::NothingToTell => Reached::Dropped,
        },
    );
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
