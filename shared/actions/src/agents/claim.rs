//! Claiming an agent: choose without locks, lock the chosen agent's row, check again.
//!
//! Takes the first equally suitable agent whose row is not locked; waits only if all of them are locked. A less
//! suitable agent is never taken because the better ones are locked at this moment.

use crate::{agents::store, error::ActionError};
use domain::{
    assignment::{Candidate, Choice, Roster},
    ids::UserId,
};
use platform::{db, work::UnitOfWork};
use sqlx::Connection;
use std::collections::BTreeSet;

/// An agent whose row is locked.
pub(crate) struct Claimed {
    /// The agent.
    pub agent: UserId,
    /// The reason of the choice, for the history.
    pub reason: String,
}

/// Claims the best agent for `choice`; the row lock lasts until the transaction ends. The roster is updated with
/// what is read under the lock. An agent who is no longer the best is unlocked again. `None` when no agent
/// of the roster is suitable.
///
/// # Errors
/// The database failed.
pub(crate) async fn claim(
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
