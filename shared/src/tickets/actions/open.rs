//! A ticket is created.

use super::{Newness, person, save};
use crate::{
    attachments::{self, Place},
    db::Json,
    error::ActionError,
    ids::{TicketId, UserId},
    people::directory::{self, Named},
    sla,
    tickets::{Case, NewTicket, Status, Ticket, store},
    work::Work,
};

/// Creates a ticket. That requesters do so for themselves alone is known since it was read
/// ([`NewTicket::parse`]).
///
/// # Errors
/// [`ActionError::Invalid`] for a `customerId` that is no active customer's.
pub async fn open(work: &mut Work<'_>, new: NewTicket) -> Result<Ticket, ActionError> {
    let customer = customer(work, new.customer).await?;
    let policy = sla::actions::policy_for(work, new.priority, new.category, customer.role).await?;
    let id = TicketId(work.cx.ids.uuid(work.now));
    let actor = person(work)?;
    let attachments =
        attachments::actions::attach(work, &actor, new.attachments, Place::Ticket(id)).await?;
    let number = store::next_number(&mut *work.tx, work.now).await?;
    let ticket = Ticket {
        id,
        number,
        customer_id: customer.id,
        assigned_to: None,
        subject: new.subject,
        description: new.description,
        category: new.category,
        priority: new.priority,
        status: Status::Open,
        department: new.category.department(),
        language: customer.language,
        tags: new.tags,
        attachments: Json(attachments),
        related_booking: new.related_booking,
        related_transaction: new.related_transaction,
        related_conversation: new.related_conversation,
        policy: Json(policy),
        escalation_level: 0,
        resolution: None,
        resolved_for: None,
        rating: None,
        rating_feedback: None,
        rated_at: None,
        rated_for: None,
        rated_cycle: None,
        reopened_count: 0,
        waiting_since: None,
        reminded_at: None,
        handed_back_by: None,
        version: 1,
        created_at: work.now,
        updated_at: work.now,
        assigned_at: None,
        first_response_at: None,
        resolved_at: None,
        closed_at: None,
    };
    let mut case = Case::created(ticket);
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
