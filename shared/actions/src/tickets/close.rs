//! A person closes a ticket.

use crate::tickets::{SaveMode, Target, assign, load, person, save};
use crate::{
    error::ActionError,
    tickets::{mentions, store},
};
use domain::tickets::TicketKey;
use domain::{
    actor::Actor,
    ids::TicketId,
    tickets::{ANOTHER_TICKET, Closing, Conclusion, Duplicate, Ticket, access::Action},
};
use platform::work::UnitOfWork;

/// Closes a ticket on behalf of staff. A ticket that is not resolved yet is resolved at the same instant.
///
/// # Errors
/// [`ActionError::Invalid`] when `duplicateOf` names this ticket or one that the caller may not see;
/// [`ActionError::Conflict`] when the ticket is closed already; otherwise as every change of a ticket:
/// [`ActionError::NotFound`], [`ActionError::Forbidden`], [`ActionError::Stale`].
pub async fn close(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    closing: Closing,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Handle).await?;
    let duplicate = match &closing.duplicate_of {
        Some(other) => Some(original(work, &actor, other, loaded.ticket().id).await?),
        None => None,
    };
    let mut change = loaded.at_expected_version()?;
    let agent = assign::acting_agent(work, &change, &actor).await?;
    let conclusion = Conclusion {
        summary: closing.summary,
        resolution_type: closing.resolution_type,
        resolution_notes: closing.resolution_notes,
        duplicate,
    };
    change.close(conclusion, agent, work.now())?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}

/// Closes a ticket on behalf of its requester. Everybody who sees the ticket sees `reason`.
///
/// # Errors
/// [`ActionError::Forbidden`] for staff; [`ActionError::Conflict`] when the ticket is resolved or closed;
/// otherwise as every change of a ticket: [`ActionError::NotFound`], [`ActionError::Stale`].
pub async fn close_by_customer(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    reason: Option<String>,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::CloseOwn).await?;
    let mut change = loaded.at_expected_version()?;
    change.close_by_customer(reason, work.now())?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}

/// The original of a duplicate: another ticket, which the caller may see.
async fn original(
    work: &mut UnitOfWork<'_>,
    actor: &Actor,
    named: &TicketKey,
    closed: TicketId,
) -> Result<Duplicate, ActionError> {
    let unknown = || ActionError::invalid("duplicateOf", "unknown_ticket", ANOTHER_TICKET);
    let ticket = store::find(&mut *work.tx, named).await?;
    let other = ticket
        .filter(|other| other.id != closed)
        .ok_or_else(unknown)?;
    let seen = mentions::may(&mut work.tx, actor, Action::See, &other).await?;
    seen.map_err(|_| unknown())?;
    Ok(Duplicate {
        of: other.id,
        customer: other.customer_id,
    })
}
