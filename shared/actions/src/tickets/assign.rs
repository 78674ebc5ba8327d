//! A ticket is assigned by a person, or self-assigned by the agent who works on it.

use crate::error::ActionError;
use crate::tickets::{SaveMode, Target, load, person, save};
use domain::{
    actor::Actor,
    ids::UserId,
    people::Role,
    tickets::{ActingAgent, Ticket, TicketChange, access::Action},
};
use platform::work::UnitOfWork;

/// The new assignee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssignTo {
    /// The caller.
    Caller,
    /// This agent.
    Agent(UserId),
}

/// Whether the agent's limit of concurrent tickets applies when an admin assigns a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capacity {
    /// At the limit, the assignment is refused.
    Minded,
    /// The limit is ignored (`"force": true`).
    Forced,
}

/// Assigns a ticket. Agents assign to themselves, whatever their capacity; admins assign to any active agent.
///
/// # Errors
/// [`ActionError::Forbidden`] when an agent names another agent; [`ActionError::Invalid`] when the assignee is
/// no active agent; [`ActionError::Conflict`] at the limit, or when the ticket is resolved or closed; otherwise
/// as every change of a ticket: [`ActionError::NotFound`], [`ActionError::Stale`].
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
    let capacity_of_agent = crate::agents::lock_active_agent(work, agent, "agentId").await?;
    let mut change = loaded.at_expected_version()?;
    let is_assignee = change.ticket().assigned_to == Some(agent);
    // Checked before capacity: `force` overrides capacity, never a resolved or closed status.
    change.assign(agent, None, work.now())?;
    if agent != actor.id
        && !is_assignee
        && capacity == Capacity::Minded
        && !capacity_of_agent.has_room()
    {
        return Err(ActionError::conflict(
            "agent_at_capacity",
            format!(
                "The agent has {} of at most {} active tickets. Choose another, or send \"force\": true.",
                capacity_of_agent.current, capacity_of_agent.capacity
            ),
        ));
    }
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}

/// The caller as the agent who works on the ticket. When that work self-assigns the ticket, the agent's row is
/// locked until the transaction ends, so that the limit is counted correctly.
///
/// # Errors
/// [`ActionError::Invalid`] when the caller is no longer an active agent; the database failed.
pub(super) async fn acting_agent(
    work: &mut UnitOfWork<'_>,
    change: &TicketChange,
    actor: &Actor,
) -> Result<ActingAgent, ActionError> {
    if change.is_there_to_take() {
        crate::agents::lock_active_agent(work, actor.id, "agentId").await?;
    }
    Ok(ActingAgent::locked(actor.id))
}
