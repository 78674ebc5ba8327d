//! A ticket is reopened.

use crate::error::ActionError;
use crate::tickets::{SaveMode, Target, load, person, save};
use domain::{
    people::Role,
    tickets::{Reopening, Ticket, TicketChange, access::Action},
};
use platform::work::UnitOfWork;

/// Reopens a ticket. It stays with its assignee if that agent is available, on shift and has free capacity;
/// otherwise automation assigns it.
///
/// # Errors
/// [`ActionError::Conflict`] when the ticket is neither resolved nor closed, or was closed too long ago for a
/// requester; otherwise as every change of a ticket: [`ActionError::NotFound`], [`ActionError::Forbidden`],
/// [`ActionError::Stale`].
pub async fn reopen(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    reason: String,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Reopen).await?;
    let mut change = loaded.at_expected_version()?;
    apply(work, &mut change, reason, actor.role).await?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}

/// Reopens the ticket of a change that is not saved yet. A customer's reply to a resolved ticket does so too.
///
/// # Errors
/// [`ActionError::Conflict`] as [`reopen`]; the database failed.
pub(super) async fn apply(
    work: &mut UnitOfWork<'_>,
    change: &mut TicketChange,
    reason: String,
    by: Role,
) -> Result<(), ActionError> {
    let assignee = match change.ticket().assigned_to {
        Some(agent) if crate::agents::may_take_back(work, agent).await? => Some(agent),
        Some(_) | None => None,
    };
    let ticket = change.ticket();
    let reopening = Reopening {
        reason,
        assignee,
        policy: crate::tickets::policy::policy_for(work, ticket, ticket.priority).await?,
        window: (!by.is_staff()).then_some(work.cx.config.tickets.reopen_window),
    };
    change.reopen(reopening, work.now())?;
    Ok(())
}
