//! A message or an internal note is added.

use crate::tickets::{SaveMode, Target, assign, load, person, reopen, save};
use crate::{error::ActionError, tickets::store};
use domain::{
    attachments::Place,
    ids::MessageId,
    json::Json,
    people::Role,
    tickets::{
        Message, NewMessage, Ticket, TicketEventKind, Visibility,
        access::{self, Action},
    },
};
use platform::work::UnitOfWork;

/// Adds a message. A requester's reply ends a wait for the customer and reopens a resolved ticket. The first
/// public message by staff is the first response.
///
/// # Errors
/// [`ActionError::Forbidden`] for a requester's internal note; [`ActionError::Conflict`] for a requester's reply
/// to a closed ticket; [`ActionError::Invalid`] for an attachment that is not the caller's; otherwise as every
/// change of a ticket: [`ActionError::NotFound`], [`ActionError::Stale`].
pub async fn reply(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    new: NewMessage,
) -> Result<(Ticket, Message), ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, action(new.visibility)).await?;
    let id = MessageId(work.cx.ids.uuid(work.now()));
    let place = Place::Message(loaded.ticket().id, id);
    let attachments = crate::attachments::attach(work, &actor, new.attachments, place).await?;
    let mut change = loaded.at_expected_version()?;
    let message = Message {
        body: new.body,
        attachments: Json(attachments),
        is_internal: new.visibility == Visibility::Internal,
        ..Message::by(&actor, id, change.ticket().id, work.now())
    };
    match new.visibility {
        Visibility::Internal => change.noted(id, work.now()),
        Visibility::Public if actor.role.is_staff() => {
            let agent = assign::acting_agent(work, &change, &actor).await?;
            change.staff_wrote(agent, id, work.now());
        }
        Visibility::Public => {
            if change.is_reopened_by_reply() {
                let reason = TicketEventKind::REOPENED_BY_REPLY.to_owned();
                reopen::apply(work, &mut change, reason, actor.role).await?;
            }
            change.customer_wrote(id, work.now())?;
        }
    }
    store::insert_message(&mut work.tx, &message).await?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok((change.into_ticket(), message))
}

/// Checks whether a role may write such a message to any ticket, before the message itself is validated.
///
/// # Errors
/// [`ActionError::Forbidden`] for a requester's internal note.
pub fn may_write(role: Role, visibility: Visibility) -> Result<(), ActionError> {
    access::role_may(role, action(visibility)).map_err(crate::tickets::refusal::denied)
}

fn action(visibility: Visibility) -> Action {
    match visibility {
        Visibility::Public => Action::Message,
        Visibility::Internal => Action::Note,
    }
}
