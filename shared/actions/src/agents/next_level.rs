//! Claiming the agent to whom a ticket is escalated, with the rosters that the tickets of one sweep share.

use crate::{
    agents::{claim::claim, rosters, store},
    error::ActionError,
};
use domain::{
    assignment::{Choice, Roster, desk_of},
    ids::UserId,
    people::{Department, Level},
    tickets::Ticket,
};
use platform::work::UnitOfWork;
use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

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
    cache: &RosterCache,
) -> Result<Option<UserId>, ActionError> {
    let mut known = cache.0.lock().await;
    let Rosters {
        staffed,
        by_desk,
        unreachable,
    } = &mut *known;
    let staffed = match staffed {
        Some(staffed) => staffed,
        None => staffed.insert(store::staffed(&mut *work.tx).await?),
    };
    let department = desk_of(ticket.department, staffed);
    let roster = match by_desk.entry(department) {
        Entry::Occupied(read) => read.into_mut(),
        Entry::Vacant(unread) => {
            let load = work.cx.config.tickets.load;
            let roster = rosters::everybody(&mut work.tx, &[department], load).await?;
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
