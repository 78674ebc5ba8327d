//! The customer rates a resolution.

use crate::tickets::{SaveMode, Target, load, person, save};
use crate::{directory, error::ActionError};
use domain::{
    ids::TicketId,
    tickets::{NewRating, RatedBy, Ticket, access::Action},
};
use platform::work::UnitOfWork;

/// Rates the last resolution, once.
///
/// # Errors
/// [`ActionError::Conflict`] when the ticket is not resolved, or its resolution is rated already; otherwise as
/// every change of a ticket: [`ActionError::NotFound`], [`ActionError::Forbidden`], [`ActionError::Stale`].
pub async fn rate(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    rating: NewRating,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Rate).await?;
    let mut change = loaded.at_expected_version()?;
    change.rate(rating, RatedBy::SignedIn, work.now())?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}

/// Rates by the link of a survey mail, which names a ticket and one of its resolutions (`cycle`: how often the
/// ticket had been reopened by then). The history names the customer as the actor, since nobody else got the
/// link.
///
/// # Errors
/// [`ActionError::Conflict`] as [`rate`], and when the ticket has been reopened since;
/// [`ActionError::NotFound`] when there is no such ticket.
pub async fn rate_by_survey(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
    cycle: i32,
    rating: NewRating,
) -> Result<Ticket, ActionError> {
    let mut change = crate::tickets::load_for_system(work, ticket).await?;
    let customer = directory::find(&mut *work.tx, change.ticket().customer_id).await?;
    let customer = customer.ok_or(ActionError::Internal(
        "the customer of a ticket has no account",
    ))?;
    let by = RatedBy::Survey {
        cycle,
        customer: customer.id,
        role: customer.role,
    };
    change.rate(rating, by, work.now())?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}
