//! Claiming an agent: choose without locks, lock the chosen agent's row, check again.
//!
//! Takes the first equally suitable agent whose row is not locked; waits only if all of them are locked. A less
//! suitable agent is never taken because the better ones are locked at this moment.

use crate::assignment::reading;
use crate::{assignment::store, error::ActionError};
use domain::{
    assignment::{Candidate, Choice, Roster, desk_of},
    ids::UserId,
    people::{Department, Level},
    tickets::Ticket,
};
use platform::{db, work::UnitOfWork};
use sqlx::Connection;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

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

/// An agent whose row is locked.
pub(super) struct Claimed {
    /// The agent.
    pub agent: UserId,
    /// The reason of the choice, for the history.
    pub reason: String,
}

/// Claims the best agent for `choice`; the row lock lasts until the transaction ends. The roster is updated with
/// what is read under the lock. An agent who is not the best any more is unlocked again. `None` when no agent
/// of the roster is suitable.
///
/// # Errors
/// The database failed.
pub(super) async fn claim(
    work: &mut UnitOfWork<'_>,
    roster: &mut Roster,
    choice: &Choice<'_>,
) -> Result<Option<Claimed>, ActionError> {
    let load = work.cx.config.tickets.load;
    let mut busy = BTreeSet::new();
    while let Some(best) = roster.best(choice).cloned() {
        let free = roster.free_equal(choice, &best, &busy);
        let agent = free.unwrap_or(best.agent);
        // A savepoint: rolling back to it releases the row lock.
        let mut attempt = work.tx.begin().await?;
        if free.is_none() {
            match store::lock_agent(&mut *attempt, agent).await {
                Ok(()) => {}
                // A row that stays locked for so long makes only this agent unavailable.
                Err(error) if db::waited_too_long(&error) => {
                    attempt.rollback().await?;
                    roster.exclude(agent);
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
        } else if !store::try_lock_agent(&mut *attempt, agent).await? {
            attempt.rollback().await?;
            busy.insert(agent);
            continue;
        }
        let present = store::candidate(&mut *attempt, agent, load).await?;
        roster.learn(agent, present);
        if let Some(chosen) = still_best(roster, choice, agent) {
            attempt.commit().await?;
            let reason = choice.reason(&chosen);
            record_assignment(work, roster, choice, chosen).await?;
            return Ok(Some(Claimed { agent, reason }));
        }
        attempt.rollback().await?;
        busy.remove(&agent);
    }
    Ok(None)
}

/// The agent as read under the lock, if it is the best or equally suitable.
fn still_best(roster: &Roster, choice: &Choice<'_>, agent: UserId) -> Option<Candidate> {
    let best = roster.best(choice)?;
    let present = roster.agent(agent)?;
    let is_suitable = choice.best([present]).is_some();
    (is_suitable && choice.are_equals(present, best)).then(|| present.clone())
}

/// Records the assignment in the agent's row and in the roster.
async fn record_assignment(
    work: &mut UnitOfWork<'_>,
    roster: &mut Roster,
    choice: &Choice<'_>,
    mut chosen: Candidate,
) -> Result<(), ActionError> {
    let turn = match choice {
        Choice::Usual { .. } => Some(roster.next_turn(&chosen)),
        Choice::NextLevel { .. } => None,
    };
    let now = work.now();
    store::note_assignment(&mut *work.tx, chosen.agent, now, turn).await?;
    chosen.current = chosen.current.saturating_add(1);
    chosen.last_assigned_at = Some(work.now());
    chosen.turn = turn.unwrap_or(chosen.turn);
    roster.learn(chosen.agent, Some(chosen));
    Ok(())
}

/// The rosters of one sweep: each is read once and updated after each assignment. A mutex lets one ticket at a
/// time choose its agent.
#[derive(Debug, Default)]
pub struct RosterCache(tokio::sync::Mutex<Rosters>);

#[derive(Debug, Default)]
struct Rosters {
    /// The departments that have an active agent.
    staffed: Option<Vec<Department>>,
    by_desk: BTreeMap<Department, Roster>,
    /// Agents whose row was locked for too long. No ticket of the sweep waits for them again.
    unreachable: BTreeSet<UserId>,
}

impl RosterCache {
    /// Discards the rosters after a rollback, since they may hold assignments that did not happen.
    pub(crate) async fn forget(&self) {
        self.0.lock().await.by_desk.clear();
    }
}

/// Claims the least loaded agent of the next level who has free capacity; `None` when there is none.
///
/// # Errors
/// The database failed; [`ActionError::Internal`] when another transaction holds the row of a suitable agent for
/// too long, so that "nobody" would be wrong.
pub(crate) async fn claim_for_escalation(
    work: &mut UnitOfWork<'_>,
    ticket: &Ticket,
    rosters: &RosterCache,
) -> Result<Option<UserId>, ActionError> {
    let mut rosters = rosters.0.lock().await;
    let Rosters {
        staffed,
        by_desk,
        unreachable,
    } = &mut *rosters;
    let staffed = match staffed {
        Some(staffed) => staffed,
        None => staffed.insert(store::staffed(&mut *work.tx).await?),
    };
    let department = desk_of(ticket.department, staffed);
    let roster = match by_desk.entry(department) {
        Entry::Occupied(read) => read.into_mut(),
        Entry::Vacant(unread) => {
            let load = work.cx.config.tickets.load;
            let roster = reading::everybody(&mut work.tx, &[department], load).await?;
            let roster = unread.insert(roster);
            for &agent in &*unreachable {
                roster.exclude(agent);
            }
            roster
        }
    };
    let choice = Choice::NextLevel {
        department,
        level: Level(ticket.escalation_level.saturating_add(2)),
        from: ticket.assigned_to,
        now: work.now(),
    };
    let claimed = claim(work, roster, &choice).await?;
    unreachable.extend(roster.left_out());
    if claimed.is_none() && roster.is_one_left_out_for(&choice) {
        return Err(ActionError::Internal(
            "another transaction holds the row of the agent who should get the ticket",
        ));
    }
    if let Some(from) = ticket.assigned_to {
        count_release(work, roster, from).await?;
    }
    Ok(claimed.map(|claimed| claimed.agent))
}

/// The previous assignee's freed capacity counts for later escalations of this sweep. It is counted again under
/// the agent's row lock before it is used.
async fn count_release(
    work: &mut UnitOfWork<'_>,
    roster: &mut Roster,
    from: UserId,
) -> Result<(), ActionError> {
    let load = work.cx.config.tickets.load;
    let mut present = store::candidate(&mut *work.tx, from, load).await?;
    if let Some(agent) = &mut present {
        agent.current = agent.current.saturating_sub(1);
    }
    roster.learn(from, present);
    Ok(())
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
