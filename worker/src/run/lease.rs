//! The lease of a job that runs outside of any transaction, as its holder sees it. It is counted by
//! the holder's own clock, from before the database was asked for it, so that here it is never over
//! later than there: who cannot say any more that the job is theirs stops before another begins.

use crate::JobContext;
use shared::{
    db,
    jobs::{
        ledger::{ANSWER_LIMIT, Fence},
        store,
    },
};
use std::{
    convert::Infallible,
    future::poll_fn,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// Between two tries to renew it, or to write an outcome, while the database does not answer.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// It could not be renewed in time: somebody else may run the job.
#[derive(Debug, thiserror::Error)]
#[error("the lease was over before the job was: the database could not be reached for as long")]
pub(super) struct LeaseOver;

/// A lease.
pub(super) struct Lease<'a> {
    cx: &'a JobContext,
    fence: Fence,
    until: watch::Sender<Instant>,
}

impl<'a> Lease<'a> {
    /// One that the database was asked for at that instant.
    pub fn new(cx: &'a JobContext, fence: Fence, asked: Instant) -> Self {
        let until = watch::Sender::new(asked + length(cx));
        Self { cx, fence, until }
    }

    /// Renews it for as long as this is awaited.
    pub async fn keep(&self) -> Infallible {
        let length = length(self.cx);
        let mut pause = length / 3;
        loop {
            tokio::time::sleep(pause).await;
            let asked = Instant::now();
            let renewing = store::renew(&self.cx.cx.pool, self.fence, length);
            pause = match db::within(answer_limit(self.cx), renewing).await {
                Ok(true) => {
                    self.until.send_replace(asked + length);
                    length / 3
                }
                Ok(false) => {
                    self.until.send_replace(asked);
                    length
                }
                Err(error) => {
                    tracing::debug!(%error, "a lease could not be renewed yet");
                    PAUSE
                }
            }
        }
    }

    /// Awaits a call for as long as the lease stands; then drops it as it is.
    pub async fn during<T>(&self, call: impl Future<Output = T>) -> Result<T, LeaseOver> {
        let mut call = pin!(call);
        let mut until = self.until.subscribe();
        loop {
            let end = *until.borrow_and_update();
            // In this order: whatever the call waited for, it goes on only if the lease stands.
            tokio::select! {
                biased;
                _ = until.changed() => {}
                () = passed(end) => return Err(LeaseOver),
                done = &mut call => return Ok(done),
            }
        }
    }
}

/// Waits until an instant has passed. It looks at the clock each time that it is asked: of a process
/// that was frozen the timers are late.
async fn passed(end: Instant) {
    let mut timer = pin!(tokio::time::sleep_until(end.into()));
    poll_fn(|cx| {
        if Instant::now() >= end {
            return Poll::Ready(());
        }
        timer.as_mut().poll(cx)
    })
    .await;
}

fn length(cx: &JobContext) -> Duration {
    cx.cx.config.jobs.lease
}

/// How long one answer of the database is waited for: a lease has time for some.
pub(super) fn answer_limit(cx: &JobContext) -> Duration {
    ANSWER_LIMIT.min(length(cx) / 4)
}
