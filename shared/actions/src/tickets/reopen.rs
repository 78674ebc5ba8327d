//! A ticket is reopened.

use crate::error::ActionError;
use crate::tickets::{SaveMode, Target, load, person, save};
use domain::{
    people::Role,
    tickets::{Reopening, Ticket, TicketChange, access::Action},
};
use platform::work::UnitOfWork;

/// Reopens a ticket: back to the agent who had it if that agent is there and has room, else to
/// automation.
///
/// # Errors
/// [`ActionError::Conflict`] when it is neither resolved nor closed, or closed too long ago for
/// a requester to reopen it.
pub async fn reopen(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    reason: String,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Reopen).await?;
    let mut case = loaded.at_expected_version()?;
    take_up_again(work, &mut case, reason, actor.role).await?;
    save(work, &mut case, SaveMode::Update).await?;
    Ok(case.into_ticket())
}

/// The change itself, for a reply to a resolved ticket as well.
pub(super) async fn take_up_again(
    work: &mut UnitOfWork<'_>,
    case: &mut TicketChange,
    reason: String,
    by: Role,
) -> Result<(), ActionError> {
    let assignee = match case.ticket().assigned_to {
        Some(agent) if crate::assignment::may_take_back(work, agent).await? => Some(agent),
        Some(_) | None => None,
    };
    let ticket = case.ticket();
    let reopening = Reopening {
        reason,
        assignee,
        policy: crate::tickets::policy_for(work, ticket, ticket.priority).await?,
        window: (!by.is_staff()).then_some(work.cx.config.tickets.reopen_window),
    };
    case.reopen(reopening, work.now())?;
    Ok(())
}
