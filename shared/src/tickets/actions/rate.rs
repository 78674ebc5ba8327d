//! The customer rates a resolution.

use super::{Newness, Target, load, person, save};
use crate::{
    error::ActionError,
    ids::TicketId,
    people::directory,
    tickets::{Case, NewRating, Status, Ticket, access::Action},
    work::{Actor, By, Work},
};

/// Rates the last resolution, once.
///
/// # Errors
/// [`ActionError::Conflict`] when it is not resolved, or rated already.
pub async fn rate(
    work: &mut Work<'_>,
    target: &Target,
    rating: NewRating,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Rate).await?;
    let mut case = loaded.unchanged()?;
    apply(work, &mut case, rating).await?;
    Ok(case.ticket)
}

/// Rates by the link of a survey mail, which names a ticket and one of its resolutions.
///
/// # Errors
/// As [`rate`]; also when the ticket has been taken up again since. It is the customer's act,
/// since nobody else got the link.
pub async fn rate_by_survey(
    work: &mut Work<'_>,
    ticket: TicketId,
    cycle: i32,
    rating: NewRating,
) -> Result<Ticket, ActionError> {
    let mut case = super::load_for_system(work, ticket).await?;
    if let Some(customer) = directory::find(&mut *work.tx, case.ticket.customer_id).await? {
        work.by = By::Person(Actor {
            id: customer.id,
            role: customer.role,
        });
    }
    if case.ticket.reopened_count != cycle {
        return Err(ActionError::conflict(
            "survey_over",
            "The ticket has been taken up again since this survey was sent.",
        ));
    }
    apply(work, &mut case, rating).await?;
    Ok(case.ticket)
}

async fn apply(work: &mut Work<'_>, case: &mut Case, rating: NewRating) -> Result<(), ActionError> {
    if !matches!(case.ticket.status, Status::Resolved | Status::Closed) {
        return Err(ActionError::conflict(
            "not_resolved",
            format!(
                "The ticket is {}: it can be rated once it is resolved or closed.",
                case.ticket.status
            ),
        ));
    }
    if case.ticket.is_rated() {
        return Err(ActionError::conflict(
            "rated_already",
            "This resolution has been rated already.",
        ));
    }
    case.rate(rating, work.now);
    save(work, case, Newness::Loaded).await
}
