//! Claiming an agent: choose without locks, lock the one chosen, look again.

use crate::{
    assignment::{Candidate, Chosen, choose_for_escalation, desk_of, store},
    error::ActionError,
    ids::UserId,
    people::{Availability, Level},
    tickets::Ticket,
    work::Work,
};
use sqlx::Connection;

/// What an agent has and may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Active tickets now.
    pub current: i64,
    /// Active tickets at most.
    pub capacity: i32,
}

impl Room {
    /// Whether one more fits.
    #[must_use]
    pub fn has_room(self) -> bool {
        self.current < i64::from(self.capacity)
    }
}

/// Claims the agent that `pick` chooses; the lock is held until the transaction ends. Whoever
/// turns out to be full or gone under the lock is let go again, and `pick` chooses among the rest.
pub(super) async fn claim(
    work: &mut Work<'_>,
    except: Option<UserId>,
    pick: impl Fn(&[Candidate]) -> Option<Chosen>,
) -> Result<Option<Chosen>, ActionError> {
    let mut candidates = store::candidates(&mut *work.tx).await?;
    candidates.retain(|candidate| Some(candidate.agent) != except);
    while let Some(chosen) = pick(&candidates) {
        // A savepoint: rolling back to it gives the lock of a row back.
        let mut attempt = work.tx.begin().await?;
        store::lock_agent(&mut *attempt, chosen.agent).await?;
        let present = store::candidate(&mut *attempt, chosen.agent).await?;
        if let Some(chosen) = present.and_then(|present| pick(&[present])) {
            attempt.commit().await?;
            store::note_assignment(&mut *work.tx, chosen.agent, work.now).await?;
            return Ok(Some(chosen));
        }
        attempt.rollback().await?;
        candidates.retain(|candidate| candidate.agent != chosen.agent);
    }
    Ok(None)
}

/// Claims the least loaded agent of the level above, with room; nobody when there is none.
pub(crate) async fn claim_for_escalation(
    work: &mut Work<'_>,
    ticket: &Ticket,
) -> Result<Option<UserId>, ActionError> {
    let level = Level(ticket.escalation_level.saturating_add(2));
    let staffed = store::staffed(&mut *work.tx).await?;
    let department = desk_of(ticket.department, &staffed);
    let (from, now) = (ticket.assigned_to, work.now);
    let chosen = claim(work, None, |candidates| {
        choose_for_escalation(candidates, department, level, from, now)
    });
    Ok(chosen.await?.map(|chosen| chosen.agent))
}

/// Locks an agent or admin whom a person has named, and tells the room there is.
///
/// # Errors
/// [`ActionError::Invalid`] when it is nobody, or nobody active, or no staff.
pub(crate) async fn lock_active_agent(
    work: &mut Work<'_>,
    agent: UserId,
    field: &str,
) -> Result<Room, ActionError> {
    store::lock_agent(&mut *work.tx, agent).await?;
    let room = store::room(&mut *work.tx, agent).await?.ok_or_else(|| {
        ActionError::invalid(field, "unknown_agent", "must be the id of an active agent")
    })?;
    store::note_assignment(&mut *work.tx, agent, work.now).await?;
    Ok(Room {
        current: room.current,
        capacity: room.capacity,
    })
}

/// Whether a reopened ticket may go back to the agent who had it: active, not offline, with room.
/// The agent stays locked until the transaction ends.
pub(crate) async fn may_take_back(work: &mut Work<'_>, agent: UserId) -> Result<bool, ActionError> {
    store::lock_agent(&mut *work.tx, agent).await?;
    let room = store::room(&mut *work.tx, agent).await?;
    Ok(room.is_some_and(|held| {
        held.availability != Availability::Offline
            && Room {
                current: held.current,
                capacity: held.capacity,
            }
            .has_room()
    }))
}
