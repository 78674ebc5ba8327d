//! Claiming an agent: choose without locks, lock the one chosen, look again.
//!
//! Nobody stands in line for an agent while another would do as well: of those who suit equally
//! one whom nobody claims at this moment is taken. Only when all of them are being claimed is the
//! first one waited for, since whoever suits less well is not to get a ticket by the chance of a moment.

use crate::assignment::reading;
use crate::{assignment::store, error::ActionError};
use domain::{
    assignment::{Candidate, Choice, Roster, WorkloadRule, desk_of},
    ids::UserId,
    people::{Department, Level},
    tickets::Ticket,
};
use platform::{db, work::UnitOfWork};
use sqlx::Connection;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

/// What an agent has and may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FreeCapacity {
    /// Tickets that count, now.
    pub current: i64,
    /// Such tickets at most.
    pub capacity: i32,
}

impl FreeCapacity {
    /// Whether one more fits.
    #[must_use]
    pub fn has_room(self) -> bool {
        self.current < i64::from(self.capacity)
    }
}

/// An agent who is locked, and why.
pub(super) struct Claimed {
    /// Who.
    pub agent: UserId,
    /// For the history.
    pub reason: String,
}

/// Claims the agent on whom the choice falls; the lock is held until the transaction ends. What
/// is found under the lock is learnt, and whoever is not the right one any more is let go again.
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
        // A savepoint: rolling back to it gives the lock of a row back.
        let mut attempt = work.tx.begin().await?;
        if free.is_none() {
            match store::lock_agent(&mut *attempt, agent).await {
                Ok(()) => {}
                // Somebody who holds an agent for so long keeps others from nothing but that agent.
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
        if let Some(chosen) = still_right(roster, choice, agent) {
            attempt.commit().await?;
            let reason = choice.reason(&chosen);
            give_turn(work, roster, choice, chosen).await?;
            return Ok(Some(Claimed { agent, reason }));
        }
        attempt.rollback().await?;
        busy.remove(&agent);
    }
    Ok(None)
}

/// The agent as it is under the lock, if the choice falls on it or on one who suits as well.
fn still_right(roster: &Roster, choice: &Choice<'_>, agent: UserId) -> Option<Candidate> {
    let best = roster.best(choice)?;
    let present = roster.agent(agent)?;
    let only_this_one = choice.best([present]).is_some();
    (only_this_one && choice.are_equals(present, best)).then(|| present.clone())
}

async fn give_turn(
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

/// Who sits at which desk, as read when the first ticket was lifted, for all tickets that are lifted
/// together. One of them is given at a time: what the others find is what it has learnt.
#[derive(Debug, Default)]
pub struct RosterCache(tokio::sync::Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    staffed: Option<Vec<Department>>,
    rosters: BTreeMap<Department, Roster>,
    // Nobody waits a second time for these.
    out_of_reach: BTreeSet<UserId>,
}

impl RosterCache {
    /// Forgets what was read and learnt: a transaction that learnt some of it has come to nothing.
    pub(crate) async fn forget(&self) {
        self.0.lock().await.rosters.clear();
    }
}

/// Claims the least loaded agent of the level above, with room; nobody when there is none.
///
/// # Errors
/// The database failed; or somebody holds the one who may be the right one for too long, so that who
/// is cannot be told.
pub(crate) async fn claim_for_escalation(
    work: &mut UnitOfWork<'_>,
    ticket: &Ticket,
    desks: &RosterCache,
) -> Result<Option<UserId>, ActionError> {
    let mut known = desks.0.lock().await;
    let Known {
        staffed,
        rosters,
        out_of_reach,
    } = &mut *known;
    let staffed = match staffed {
        Some(staffed) => staffed,
        None => staffed.insert(store::staffed(&mut *work.tx).await?),
    };
    let department = desk_of(ticket.department, staffed);
    let roster = match rosters.entry(department) {
        Entry::Occupied(read) => read.into_mut(),
        Entry::Vacant(unread) => {
            let load = work.cx.config.tickets.load;
            let roster = reading::everybody(&mut work.tx, &[department], load).await?;
            let roster = unread.insert(roster);
            for &agent in &*out_of_reach {
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
    out_of_reach.extend(roster.left_out());
    if claimed.is_none() && roster.is_one_left_out_for(&choice) {
        return Err(ActionError::Internal(
            "somebody holds the agent whom the ticket may have to go to",
        ));
    }
    if let Some(from) = ticket.assigned_to {
        learn_of_release(work, roster, from).await?;
    }
    Ok(claimed.map(|claimed| claimed.agent))
}

/// Whoever loses the ticket has a place more for those that are lifted next. That it was counted is
/// looked at again before the place is given away.
async fn learn_of_release(
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

/// Locks an agent or admin whom a person has named, and tells the room there is.
///
/// # Errors
/// [`ActionError::Invalid`] when it is nobody, or nobody active, or no staff.
pub(crate) async fn lock_active_agent(
    work: &mut UnitOfWork<'_>,
    agent: UserId,
    field: &str,
) -> Result<FreeCapacity, ActionError> {
    store::lock_agent(&mut *work.tx, agent).await?;
    let held = held(work, agent).await?.ok_or_else(|| {
        ActionError::invalid(field, "unknown_agent", "must be the id of an active agent")
    })?;
    let now = work.now();
    store::note_assignment(&mut *work.tx, agent, now, None).await?;
    Ok(room(&held))
}

/// Whether a reopened ticket may go back to the agent who had it: active, available, on shift, with
/// room. Admins are given nothing that they have not taken. The agent stays locked until the
/// transaction ends.
pub(crate) async fn may_take_back(
    work: &mut UnitOfWork<'_>,
    agent: UserId,
) -> Result<bool, ActionError> {
    store::lock_agent(&mut *work.tx, agent).await?;
    let load = work.cx.config.tickets.load;
    let present = store::candidate(&mut *work.tx, agent, load).await?;
    Ok(present.is_some_and(|agent| agent.may_be_given(work.now())))
}

async fn held(
    work: &mut UnitOfWork<'_>,
    agent: UserId,
) -> sqlx::Result<Option<store::Held>> {
    let load: WorkloadRule = work.cx.config.tickets.load;
    store::held(&mut *work.tx, agent, load).await
}

fn room(held: &store::Held) -> FreeCapacity {
    FreeCapacity {
        current: held.current,
        capacity: held.capacity,
    }
}
