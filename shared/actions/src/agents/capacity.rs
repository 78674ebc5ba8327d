//! The capacity of one agent, counted under the lock of the agent's row.

use crate::{agents::store, error::ActionError};
use domain::ids::UserId;
use platform::work::UnitOfWork;

/// The workload of an agent and its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreeCapacity {
    /// Active tickets that count against the limit.
    pub current: i64,
    /// The limit.
    pub capacity: i32,
}

impl FreeCapacity {
    /// Whether one more fits.
    #[must_use]
    pub fn has_room(self) -> bool {
        self.current < i64::from(self.capacity)
    }
}

/// Locks the row of an agent or admin whom a person named; the result is the workload and the limit. `field` is
/// the input field of the error.
///
/// # Errors
/// [`ActionError::Invalid`] when `agent` is no active agent or admin; the database failed.
pub(crate) async fn lock_active_agent(
    work: &mut UnitOfWork<'_>,
    agent: UserId,
    field: &str,
) -> Result<FreeCapacity, ActionError> {
    store::lock_agent(&mut *work.tx, agent).await?;
    let load = work.cx.config.tickets.load;
    let workload = store::workload(&mut *work.tx, agent, load).await?;
    let workload = workload.ok_or_else(|| {
        ActionError::invalid(field, "unknown_agent", "must be the id of an active agent")
    })?;
    let now = work.now();
    store::note_assignment(&mut *work.tx, agent, now, None).await?;
    Ok(FreeCapacity {
        current: workload.current,
        capacity: workload.capacity,
    })
}

/// Whether a reopened ticket may stay with its assignee: an active and available agent on shift, with free
/// capacity. Admins are never assigned to automatically. The agent's row is locked until the transaction ends.
///
/// # Errors
/// The database failed.
pub(crate) async fn may_take_back(
    work: &mut UnitOfWork<'_>,
    agent: UserId,
) -> Result<bool, ActionError> {
    store::lock_agent(&mut *work.tx, agent).await?;
    let load = work.cx.config.tickets.load;
    let present = store::candidate(&mut *work.tx, agent, load).await?;
    Ok(present.is_some_and(|agent| agent.may_be_given(work.now())))
}
