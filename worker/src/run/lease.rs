//! The lease of a job that runs outside of any transaction, as its holder sees it. The holder
//! measures it by its own clock, from before the request to the database, so that it expires here
//! no later than in the database. A holder whose lease has expired begins no call. (The exception
//! is a machine that was suspended: its monotonic clock stood still.)

use crate::JobContext;
use jobs::{
    ledger::{self, Fence, grace},
    store,
};
use platform::db;
use std::{
    convert::Infallible,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// The pause between two attempts to renew the lease, or to record an outcome, while the database
/// does not respond.
pub(super) const PAUSE: Duration = Duration::from_millis(100);

/// Another process may run the job now, or soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum LeaseOver {
    /// Nothing was called.
    #[error("the lease on the job was over before the provider was called")]
    BeforeTheCall,
    /// The provider may have got the message.
    #[error("the lease on the job was over before the provider answered")]
    DuringTheCall,
}

/// A lease on one run of a job.
pub(super) struct Lease<'a> {
    cx: &'a JobContext,
    fence: Fence,
    until: Mutex<Instant>,
}

impl<'a> Lease<'a> {
    /// A lease that was requested from the database at `asked`.
    pub(super) fn new(cx: &'a JobContext, fence: Fence, asked: Instant) -> Self {
        let until = Mutex::new(asked + length(cx));
        Self { cx, fence, until }
    }

    /// Renews the lease until the future is dropped.
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

    /// Awaits a call to a provider, if the lease is valid. The call may continue while the lease is
    /// renewed, and outlast it a little: it is aborted while there is still time, within the grace,
    /// to record an outcome.
    ///
    /// # Errors
    /// The lease had expired before the call began, or too long before it ended.
    pub(super) async fn bounds<T>(&self, call: impl Future<Output = T>) -> Result<T, LeaseOver> {
        if Instant::now() >= self.until() {
            return Err(LeaseOver::BeforeTheCall);
        }
        tokio::select! {
            answer = call => Ok(answer),
            () = self.over_for(grace(length(self.cx)) * 4 / 5) => Err(LeaseOver::DuringTheCall),
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

/// The time limit of one request to the database.
pub(super) fn answer_limit(cx: &JobContext) -> Duration {
    ledger::answer_limit(length(cx))
}
