//! A ticket is created.

use crate::tickets::{SaveMode, person, save};
use crate::{
    directory::{self, Named},
    error::ActionError,
    tickets::store,
};
use domain::{
    attachments::Place,
    ids::{TicketId, UserId},
    tickets::{NewTicket, Opening, Ticket, TicketChange},
};
use platform::work::UnitOfWork;

/// Creates a ticket. [`NewTicket::read`] has checked already that a requester names nobody else as the
/// customer.
///
/// # Errors
/// [`ActionError::Invalid`] when `customerId` is no active customer's, or an attachment is not the caller's;
/// the database failed.
pub async fn open(work: &mut UnitOfWork<'_>, mut new: NewTicket) -> Result<Ticket, ActionError> {
    let customer = customer(work, new.customer).await?;
    let policy = crate::sla::policy_for(work, new.priority, new.category, customer.role).await?;
    let id = TicketId(work.cx.ids.uuid(work.now()));
    let actor = person(work)?;
    let named = std::mem::take(&mut new.attachments);
    let attachments = crate::attachments::attach(work, &actor, named, Place::Ticket(id)).await?;
    let now = work.now();
    let opening = Opening {
        id,
        number: store::next_number(&mut *work.tx, now).await?,
        language: customer.language,
        attachments,
        policy,
        at: now,
    };
    let mut change = TicketChange::created(Ticket::opened(new, opening));
    save(work, &mut change, SaveMode::Insert).await?;
    Ok(change.into_ticket())
}

/// The customer of the new ticket.
async fn customer(work: &mut UnitOfWork<'_>, id: UserId) -> Result<Named, ActionError> {
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
