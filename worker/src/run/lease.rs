//! The lease of a job that runs outside of any transaction, as its holder sees it. It is counted by
//! the holder's own clock, from before the database was asked for it, so that here it is never over
//! later than there: who cannot say any more that the job is theirs begins nothing. (But for a machine
//! that was suspended as a whole: its monotonic clock stood still.)

use crate::JobContext;
use jobs::{
    ledger::{ANSWER_LIMIT, Fence, grace},
    store,
};
use platform::db;
use std::{
    convert::Infallible,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Between two tries to renew it, or to write an outcome, while the database does not answer.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// Somebody else may run the job, or soon will.
#[derive(Debug, thiserror::Error)]
#[error("the lease on the job was over before it was done")]
pub(crate) struct LeaseOver;

/// A lease.
pub(crate) struct Lease<'a> {
    cx: &'a JobContext,
    /// The run that it is for.
    pub(crate) fence: Fence,
    until: Mutex<Instant>,
}

impl<'a> Lease<'a> {
    /// One that the database was asked for at that instant.
    pub(super) fn new(cx: &'a JobContext, fence: Fence, asked: Instant) -> Self {
        let until = Mutex::new(asked + length(cx));
        Self { cx, fence, until }
    }

    /// Renews it for as long as this is awaited.
    pub(super) async fn keep(&self) -> Infallible {
        let length = length(self.cx);
        let mut pause = length / 3;
        loop {
            tokio::time::sleep(pause).await;
            let asked = Instant::now();
            let renewing = store::renew(&self.cx.cx.pool, self.fence, length);
            pause = match db::within(answer_limit(self.cx), renewing).await {
                Ok(true) => {
                    self.set(asked + length);
                    length / 3
                }
                Ok(false) => {
                    self.set(asked);
                    length
                }
                Err(error) => {
                    tracing::debug!(%error, "a lease could not be renewed yet");
                    PAUSE
                }
            }
        }
    }

    /// Calls somebody else, if the lease stands. The call may go on while the lease is renewed, and outlast
    /// it a little; it is broken off while there still is time, within the grace, to say that it was done.
    ///
    /// # Errors
    /// The lease was over before the call began, or too long before it ended.
    pub(crate) async fn bounds<T>(&self, call: impl Future<Output = T>) -> Result<T, LeaseOver> {
        if Instant::now() >= self.until() {
            return Err(LeaseOver);
        }
        tokio::select! {
            answer = call => Ok(answer),
            () = self.over_for(grace(length(self.cx)) * 4 / 5) => Err(LeaseOver),
        }
    }

    async fn over_for(&self, time: Duration) {
        loop {
            let end = self.until() + time;
            if Instant::now() >= end {
                return;
            }
            tokio::time::sleep_until(end.into()).await;
        }
    }

    fn until(&self) -> Instant {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, until: Instant) {
        *self.until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }
}

fn length(cx: &JobContext) -> Duration {
    cx.cx.config.jobs.lease
}

/// How long one answer of the database is waited for: a lease has time for some.
pub(super) fn answer_limit(cx: &JobContext) -> Duration {
    ANSWER_LIMIT.min(length(cx) / 4)
}
