//! The customer rates a resolution.

use crate::tickets::{SaveMode, Target, load, person, save};
use crate::{error::ActionError, people::directory};
use domain::{
    ids::TicketId,
    tickets::{NewRating, RatedBy, Ticket, access::Action},
};
use platform::work::UnitOfWork;

/// Rates the last resolution, once.
///
/// # Errors
/// [`ActionError::Conflict`] when it is not resolved, or rated already.
pub async fn rate(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    rating: NewRating,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Rate).await?;
    let mut case = loaded.at_expected_version()?;
    case.rate(rating, RatedBy::SignedIn, work.now())?;
    save(work, &mut case, SaveMode::Update).await?;
    Ok(case.into_ticket())
}

/// Rates by the link of a survey mail, which names a ticket and one of its resolutions.
///
/// # Errors
/// As [`rate`]; also when the ticket has been reopened since. It is the customer's act, since
/// nobody else got the link.
pub async fn rate_by_survey(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
    cycle: i32,
    rating: NewRating,
) -> Result<Ticket, ActionError> {
    let mut case = crate::tickets::load_for_system(work, ticket).await?;
    let customer = directory::find(&mut *work.tx, case.ticket().customer_id).await?;
    let customer = customer.ok_or(ActionError::Internal("a ticket's customer is gone"))?;
    let by = RatedBy::Survey {
        cycle,
        customer: customer.id,
        role: customer.role,
    };
    case.rate(rating, by, work.now())?;
    save(work, &mut case, SaveMode::Update).await?;
    Ok(case.into_ticket())
}
