//! What jobs run with, and how many of them may hold connections to the database at a time.

use crate::{channels::Channels, mail::MailSetupError};
use domain::queue::Execution;
use platform::{context::Context, files::Files};
use std::{num::NonZeroUsize, sync::Arc};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// Connections that jobs leave to the relay, to deliveries and to whatever else shares the pool.
const LEFT_TO_OTHERS: u32 = 3;

/// What jobs run with. Cheap to clone.
#[derive(Clone)]
pub struct JobContext {
    /// Database, clock, ids and configuration.
    pub cx: Context,
    /// The bytes of uploads.
    pub files: Arc<Files>,
    /// The ways by which people are told.
    pub channels: Arc<Channels>,
    slots: Arc<Semaphore>,
}

impl JobContext {
    /// Made once in a process: all its jobs share the connections that it allows.
    ///
    /// More jobs may be taken than there are connections. A job that holds one while it runs
    /// (every job but a delivery) waits for a slot before it begins, and a sweep, which needs a
    /// second one while it holds the first, takes two slots at once. So whoever holds a connection
    /// gets the next one it needs, and the pool cannot be dead-locked, however small it is: two
    /// are enough for a sweep.
    ///
    /// # Errors
    /// A channel cannot be used as it is configured.
    pub fn new(cx: Context) -> Result<Self, MailSetupError> {
        let connections = cx.pool.options().get_max_connections();
        let slots = connections.saturating_sub(LEFT_TO_OTHERS).max(2);
        let slots = usize::try_from(slots).unwrap_or(Semaphore::MAX_PERMITS);
        Ok(Self {
            files: Arc::new(Files::new(&cx.config.attachments)),
            channels: Arc::new(Channels::new(&cx.config)?),
            cx,
            slots: Arc::new(Semaphore::new(slots.min(Semaphore::MAX_PERMITS))),
        })
    }

    /// The same, with the jobs that follow going to `lane`.
    #[must_use]
    pub fn in_lane(&self, lane: Execution) -> Self {
        let mut cx = self.clone();
        cx.cx.lane = lane;
        cx
    }

    /// Waits for slots. They go in the order of asking, so that a sweep is not starved.
    pub(crate) async fn slots(
        &self,
        connections: u32,
    ) -> Result<OwnedSemaphorePermit, AcquireError> {
        Arc::clone(&self.slots)
            .acquire_many_owned(connections)
            .await
    }

    /// For a sweep, which holds the slots of one connection to work with: as many more as are free
    /// at present, up to `wanted` in all, and how many it has with these. Nobody waits for them.
    pub(crate) fn more_slots(
        &self,
        wanted: NonZeroUsize,
    ) -> (Vec<OwnedSemaphorePermit>, NonZeroUsize) {
        let more =
            (1..wanted.get()).map_while(|_| Arc::clone(&self.slots).try_acquire_owned().ok());
        let held: Vec<_> = more.collect();
        let all = NonZeroUsize::MIN.saturating_add(held.len());
        (held, all)
    }
}
