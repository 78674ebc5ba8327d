//! A ticket is created.

use super::{Newness, person, save};
use crate::{
    attachments::{self, Place},
    error::ActionError,
    ids::{TicketId, UserId},
    people::directory::{self, Named},
    sla,
    tickets::{Case, NewTicket, Opening, Ticket, store},
    work::Work,
};
use std::mem;

/// Creates a ticket. That requesters do so for themselves alone is known since it was read
/// ([`NewTicket::parse`]).
///
/// # Errors
/// [`ActionError::Invalid`] for a `customerId` that is no active customer's.
pub async fn open(work: &mut Work<'_>, mut new: NewTicket) -> Result<Ticket, ActionError> {
    let customer = customer(work, new.customer).await?;
    let policy = sla::actions::policy_for(work, new.priority, new.category, customer.role).await?;
    let id = TicketId(work.cx.ids.uuid(work.now));
    let actor = person(work)?;
    let sent = mem::take(&mut new.attachments);
    let opening = Opening {
        id,
        language: customer.language,
        attachments: attachments::actions::attach(work, &actor, sent, Place::Ticket(id)).await?,
        number: store::next_number(&mut *work.tx, work.now).await?,
        policy,
        at: work.now,
    };
    let mut case = Case::created(Ticket::opened(new, opening));
    save(work, &mut case, Newness::New).await?;
    Ok(case.ticket)
}

/// Whose ticket it is to be.
async fn customer(work: &mut Work<'_>, id: UserId) -> Result<Named, ActionError> {
    let customer = directory::find(&mut *work.tx, id).await?;
    customer
        .filter(|person| person.active && !person.role.is_staff())
        .ok_or_else(|| {
            ActionError::invalid(
                "customerId",
                "unknown_customer",
                "must be the id of an active customer",
            )
        })
}
