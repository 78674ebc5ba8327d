//! A ticket is given to an agent by hand, or taken up by whoever works on it.

use super::{Newness, Target, load, person, refused, save};
use crate::{
    assignment,
    error::ActionError,
    ids::UserId,
    people::Role,
    tickets::{Case, Ticket, access::Action},
    work::{Actor, Work},
};

/// To whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignTo {
    /// The caller.
    Caller,
    /// This agent.
    Agent(UserId),
}

/// Whether an admin's assignment minds the agent's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capacity {
    /// It is refused past the limit.
    Minded,
    /// `"force": true`.
    Forced,
}

/// Gives a ticket to an agent: an agent to itself, capacity or not; an admin to any active agent.
///
/// # Errors
/// [`ActionError::Forbidden`] when an agent names another, [`ActionError::Invalid`] for somebody
/// who is no active agent, [`ActionError::Conflict`] past the limit or when the ticket is over.
pub async fn assign(
    work: &mut Work<'_>,
    target: &Target,
    to: AssignTo,
    capacity: Capacity,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Assign).await?;
    let agent = match to {
        AssignTo::Caller => actor.id,
        AssignTo::Agent(agent) => agent,
    };
    if agent != actor.id && actor.role != Role::Admin {
        return Err(ActionError::forbidden(
            "assign_to_self_only",
            "Agents assign tickets to themselves; an admin can assign this one to somebody else.",
        ));
    }
    let room = assignment::actions::lock_active_agent(work, agent, "agentId").await?;
    let mut case = loaded.unchanged()?;
    let holds_it = case.ticket.assigned_to == Some(agent);
    // Before the agent's room: no `force` gets a ticket that is over to anybody.
    case.give(agent, None, work.now)
        .map_err(|no| refused(no, "assigned"))?;
    if agent != actor.id && !holds_it && capacity == Capacity::Minded && !room.has_room() {
        return Err(ActionError::conflict(
            "agent_at_capacity",
            format!(
                "The agent has {} of at most {} active tickets. Choose another, or send \"force\": true.",
                room.current, room.capacity
            ),
        ));
    }
    save(work, &mut case, Newness::Loaded).await?;
    Ok(case.ticket)
}

/// Whoever works on a ticket that nobody has gets it.
pub(super) async fn take_up(
    work: &mut Work<'_>,
    case: &mut Case,
    actor: &Actor,
) -> Result<(), ActionError> {
    if case.ticket.assigned_to.is_none() && case.ticket.status.is_active() {
        assignment::actions::lock_active_agent(work, actor.id, "agentId").await?;
        case.take_up(actor.id, work.now);
    }
    Ok(())
}
