//! A ticket is given to an agent by hand, or taken up by whoever works on it.

use crate::error::ActionError;
use crate::tickets::{SaveMode, Target, load, person, save};
use domain::{
    actor::Actor,
    ids::UserId,
    people::Role,
    tickets::{ActingAgent, Ticket, TicketChange, access::Action},
};
use platform::work::UnitOfWork;

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
    work: &mut UnitOfWork<'_>,
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
    let room = crate::assignment::lock_active_agent(work, agent, "agentId").await?;
    let mut case = loaded.at_expected_version()?;
    let holds_it = case.ticket().assigned_to == Some(agent);
    // Checked before capacity: `force` overrides capacity, never a resolved or closed status.
    case.assign(agent, None, work.now())?;
    if agent != actor.id && !holds_it && capacity == Capacity::Minded && !room.has_room() {
        return Err(ActionError::conflict(
            "agent_at_capacity",
            format!(
                "The agent has {} of at most {} active tickets. Choose another, or send \"force\": true.",
                room.current, room.capacity
            ),
        ));
    }
    save(work, &mut case, SaveMode::Update).await?;
    Ok(case.into_ticket())
}

/// The caller as somebody who works on the ticket: whose row is locked, until the transaction ends,
/// if that work assigns the ticket.
pub(super) async fn worker(
    work: &mut UnitOfWork<'_>,
    case: &TicketChange,
    actor: &Actor,
) -> Result<ActingAgent, ActionError> {
    if case.is_there_to_take() {
        crate::assignment::lock_active_agent(work, actor.id, "agentId").await?;
    }
    Ok(ActingAgent::locked(actor.id))
}
