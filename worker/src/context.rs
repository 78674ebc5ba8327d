//! The context of jobs.

use crate::{
    channels::{ChannelSetupError, Channels},
    slots::Slots,
};
use domain::{actor::Initiator, queue::Execution};
use platform::{context::Context, files::Files, outbound::Outbound, work::UnitOfWork};
use std::sync::Arc;
use tokio::sync::Notify;

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
    /// For jobs that hold connections.
    pub(crate) slots: Arc<Slots>,
}

impl JobContext {
    /// Made once in a process: all its jobs share the connections that it allows.
    ///
    /// # Errors
    /// A channel cannot be used as it is configured.
    pub fn new(cx: Context) -> Result<Self, ChannelSetupError> {
        let connections = cx.pool.options().get_max_connections();
        let outbound = Outbound::new(cx.config.outbound.clone());
        Ok(Self {
            files: Arc::new(Files::new(&cx.config.attachments)),
            channels: Arc::new(Channels::new(&cx)?),
            outbound,
            webhook_ended: Arc::default(),
            cx,
            slots: Arc::new(Slots::of_pool(connections)),
        })
    }

    /// The same context, with follow-up jobs run by `execution`.
    #[must_use]
    pub fn executed(&self, execution: Execution) -> Self {
        let mut cx = self.clone();
        cx.cx.execution = execution;
        cx
    }

    /// Begins the transaction of a job that holds a slot.
    ///
    /// # Errors
    /// The database is unreachable.
    pub(crate) async fn begin(&self) -> sqlx::Result<UnitOfWork<'_>> {
        let _beginning = self.slots.begin();
        self.cx.begin(Initiator::System).await
    }
}
