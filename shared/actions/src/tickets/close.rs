//! A ticket is closed by hand.

use crate::tickets::{SaveMode, Target, load, person, save};
use crate::{
    error::ActionError,
    tickets::{mentions, store},
};
use domain::tickets::TicketKey;
use domain::{
    actor::Actor,
    ids::TicketId,
    tickets::{Closing, Conclusion, Duplicate, Ticket, access::Action, input::ANOTHER_TICKET},
};
use platform::work::UnitOfWork;

/// Staff close a ticket; one that is not resolved yet is resolved at the same instant.
///
/// # Errors
/// [`ActionError::Invalid`] for a `duplicateOf` that the caller may not see,
/// [`ActionError::Conflict`] when it is closed already.
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
    let mut case = loaded.at_expected_version()?;
    let worker = crate::tickets::assign::worker(work, &case, &actor).await?;
    let conclusion = Conclusion {
        summary: closing.summary,
        resolution_type: closing.resolution_type,
        resolution_notes: closing.resolution_notes,
        duplicate,
    };
    case.close(conclusion, worker, work.now())?;
    save(work, &mut case, SaveMode::Update).await?;
    Ok(case.into_ticket())
}

/// A requester closes a ticket of their own, with a reason for all to read.
///
/// # Errors
/// [`ActionError::Forbidden`] for staff, [`ActionError::Conflict`] when it is resolved or closed.
pub async fn close_by_customer(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    reason: Option<String>,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::CloseOwn).await?;
    let mut case = loaded.at_expected_version()?;
    case.close_by_customer(reason, work.now())?;
    save(work, &mut case, SaveMode::Update).await?;
    Ok(case.into_ticket())
}

/// The ticket that this one is a duplicate of: another one, which the caller may see.
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
