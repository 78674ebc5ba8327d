//! Assignment of one ticket to the agent whom the strategy chooses, under the row lock of the ticket.

use crate::{
    agents,
    error::ActionError,
    tickets::{SaveMode, load_for_system, save},
};
use domain::{
    assignment::{Choice, Roster, requirements},
    ids::{TicketId, UserId},
    people::Department,
    tickets::UnassignedTicket,
};
use platform::work::UnitOfWork;

/// Assigns a ticket to the best agent of `roster`, and records it there. `None` when the ticket is
/// no longer unassigned, or no agent can take it.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such ticket; the database failed.
pub(super) async fn assign(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
    roster: &mut Roster,
    staffed: &[Department],
) -> Result<Option<UserId>, ActionError> {
    let mut change = load_for_system(work, ticket).await?;
    let Some(unassigned) = UnassignedTicket::of(change.ticket()) else {
        return Ok(None);
    };
    let choice = Choice::Usual {
        strategy: work.cx.config.tickets.strategy,
        requirements: &requirements(&unassigned, staffed, work.now()),
    };
    let Some(claimed) = agents::claim(work, roster, &choice).await? else {
        return Ok(None);
    };
    change.assign(claimed.agent, Some(claimed.reason), work.now())?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok(Some(claimed.agent))
}
