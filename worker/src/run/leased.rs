//! A job that talks to somebody else: claim under a lease and commit, call with no transaction
//! open if the lease stands, record what came of it where the claim still does.

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
    circuit,
    ledger::{ANSWER_LIMIT, Locked},
    store,
};
use actions::job_list::{Delivery, Job};
use domain::{actor::Initiator, channel::Channel};
use platform::{db, error_chain::Chain, metrics::Reached, work::UnitOfWork};
use std::time::{Duration, Instant};

/// How long it is tried to record what was sent: it must not be sent again only because the database
/// was away. The job counts as interrupted then.
const RECORD_LIMIT: Duration = Duration::from_mins(30);

/// Claims a locked job and commits the claim.
pub(super) async fn claim<'a>(
    cx: &'a JobContext,
    mut work: UnitOfWork<'_>,
    locked: &mut Locked,
) -> Result<Lease<'a>, sqlx::Error> {
    let asked = Instant::now();
    let claiming = async {
        store::claim_leased(&mut work.tx, locked, cx.cx.config.jobs.lease).await?;
        work.commit().await
    };
    db::within(ANSWER_LIMIT, claiming).await?;
    Ok(Lease::new(cx, locked.fence(), asked))
}

/// Delivers, and records, renewing the lease all the while.
pub(super) async fn run(
    cx: &JobContext,
    job: &Job,
    (locked, lease): (&Locked, &Lease<'_>),
    delivery: Delivery,
) -> Ended {
    let ended = tokio::select! {
        ended = deliver(cx, job, (locked, lease), delivery) => ended,
        never = lease.keep() => match never {},
    };
    let error = match ended {
        Ok(ended) => return ended,
        Err(error) => error,
    };
    let ended = record::failure(cx, job, locked, error).await;
    match ended.outcome {
        Outcome::Retry | Outcome::Held => count(cx, delivery.channel, Reached::Delayed),
        Outcome::Dead => count(cx, delivery.channel, Reached::Failed),
        Outcome::Done | Outcome::NotOurs | Outcome::Unrecorded => {}
    }
    ended
}

fn count(cx: &JobContext, channel: Channel, reached: Reached) {
    cx.cx.metrics.delivery(channel, reached);
}

/// The error is that of the attempt, and is to be recorded as such.
async fn deliver(
    cx: &JobContext,
    job: &Job,
    (locked, lease): (&Locked, &Lease<'_>),
    delivery: Delivery,
) -> Result<Ended, JobError> {
    // In a box: it is large, and would make everything that awaits it as large.
    let delivering = Box::pin(jobs::deliver(cx, delivery, lease));
    let delivered = guard::run(job.spec().policy.limit, delivering).await?;
    let sent = Instant::now();
    loop {
        let closing = close(cx, locked, delivery, delivered);
        let closing = tokio::time::timeout(lease::answer_limit(cx), closing);
        let error = match closing
            .await
            .unwrap_or_else(|late| Err(JobError::retry(late)))
        {
            Ok(outcome) => return Ok(Ended::well(outcome)),
            Err(error @ JobError::Fail { .. }) => return Err(error),
            Err(
                error @ (JobError::Retry { .. } | JobError::Hold { .. } | JobError::Lost { .. }),
            ) => error,
        };
        if sent.elapsed() >= RECORD_LIMIT {
            return Ok(Ended::badly(Outcome::Unrecorded, error));
        }
        tracing::debug!(error = %Chain(&error), "what was sent could not be recorded yet");
        tokio::time::sleep(lease::PAUSE).await;
    }
}

async fn close(
    cx: &JobContext,
    locked: &Locked,
    delivery: Delivery,
    delivered: Delivered,
) -> Result<Outcome, JobError> {
    let mut work = cx.cx.begin(Initiator::System).await?;
    let now = work.now();
    if !store::finish_leased(&mut work.tx, locked.fence(), now).await? {
        return Ok(Outcome::NotOurs);
    }
    jobs::record(&mut work, delivery, delivered).await?;
    if locked.troubles > 0 {
        other_side(&mut work, locked, delivered).await?;
    }
    work.commit().await?;
    count(
        cx,
        delivery.channel,
        match delivered {
            Delivered::Sent => Reached::Sent,
            Delivered::NothingToTell => Reached::Dropped,
            Delivered::Held => Reached::Held,
        },
    );
    Ok(Outcome::Done)
}

/// What a delivery says of the other side, which was in trouble when it began.
async fn other_side(
    work: &mut UnitOfWork<'_>,
    locked: &Locked,
    delivered: Delivered,
) -> Result<(), sqlx::Error> {
    match delivered {
        Delivered::Sent => {
            if circuit::reached(&mut work.tx, locked.queue).await? {
                tracing::info!(queue = %locked.queue, "the other side of a queue is fit again");
            }
        }
        Delivered::NothingToTell | Delivered::Held => {
            let now = work.now();
            circuit::told_nothing(&mut work.tx, (locked.queue, locked.id), now).await?;
        }
    }
    Ok(())
}
