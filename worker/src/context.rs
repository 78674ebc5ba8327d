//! The context of jobs, and the limit on how many of them hold database connections at a time.

use crate::channels::{ChannelSetupError, Channels};
use domain::queue::Execution;
use platform::{context::Context, files::Files, outbound::Outbound};
use std::{num::NonZeroUsize, sync::Arc};
use tokio::sync::{AcquireError, Notify, OwnedSemaphorePermit, Semaphore};

/// Connections left to the relay, to deliveries and to other users of the pool.
const LEFT_TO_OTHERS: u32 = 3;

/// The context of jobs. Cheap to clone.
#[derive(Clone)]
pub struct JobContext {
    /// Database, clock, ids and configuration.
    pub cx: Context,
    /// The bytes of uploads.
    pub files: Arc<Files>,
    /// The channels that deliver notifications.
    pub channels: Arc<Channels>,
    /// Calls the webhooks of admins.
    pub outbound: Outbound,
    /// Wakes the planner of webhooks when an attempt has ended.
    pub(crate) webhook_ended: Arc<Notify>,
    slots: Arc<Semaphore>,
}

impl JobContext {
    /// Made once in a process: all its jobs share the connections that it allows.
    ///
    /// More jobs may be claimed than there are connections. A job that holds one while it runs
    /// (every job except a delivery) waits for a slot before it begins; a sweep, which needs a
    /// second connection while it holds the first, takes two slots at once. So the holder of a
    /// connection always gets the next one it needs, and the pool cannot deadlock, however small:
    /// two connections are enough for a sweep.
    ///
    /// # Errors
    /// A channel cannot be used as it is configured.
    pub fn new(cx: Context) -> Result<Self, ChannelSetupError> {
        let connections = cx.pool.options().get_max_connections();
        let slots = connections.saturating_sub(LEFT_TO_OTHERS).max(2);
        let slots = usize::try_from(slots).unwrap_or(Semaphore::MAX_PERMITS);
        let outbound = Outbound::new(cx.config.outbound.clone());
        Ok(Self {
            files: Arc::new(Files::new(&cx.config.attachments)),
            channels: Arc::new(Channels::new(&cx)?),
            outbound,
            webhook_ended: Arc::default(),
            cx,
            slots: Arc::new(Semaphore::new(slots.min(Semaphore::MAX_PERMITS))),
        })
    }

    /// The same context, with follow-up jobs run by `execution`.
    #[must_use]
    pub fn executed(&self, execution: Execution) -> Self {
        let mut cx = self.clone();
        cx.cx.execution = execution;
        cx
    }

    /// Waits for slots, first come first served, so that a sweep is not starved.
    pub(crate) async fn slots(
        &self,
        connections: u32,
    ) -> Result<OwnedSemaphorePermit, AcquireError> {
        Arc::clone(&self.slots)
            .acquire_many_owned(connections)
            .await
    }

    /// Takes as many more slots as are free now, up to `wanted` in all, for a sweep that already
    /// holds one connection to work with. Returns the slots and the new number in all. Never waits.
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
