//! A message or an internal note is added.

use super::{Newness, Target, load, person, reopen, save};
use crate::{
    attachments::{self, Place},
    db::Json,
    error::ActionError,
    ids::MessageId,
    people::Role,
    tickets::{
        Case, Happened, Message, NewMessage, Status, Ticket, Visibility,
        access::{self, Action},
        store,
    },
    work::Work,
};

/// Adds a message. A requester's reply moves a waiting ticket on and takes a resolved one up
/// again; the first public one by staff is the first response.
///
/// # Errors
/// [`ActionError::Forbidden`] for a requester's internal note, [`ActionError::Conflict`] for a
/// requester's reply to a closed ticket.
pub async fn reply(
    work: &mut Work<'_>,
    target: &Target,
    new: NewMessage,
) -> Result<(Ticket, Message), ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, action(new.visibility)).await?;
    let id = MessageId(work.cx.ids.uuid(work.now));
    let place = Place::Message(loaded.ticket().id, id);
    let attachments = attachments::actions::attach(work, &actor, new.attachments, place).await?;
    let mut case = loaded.unchanged()?;
    let message = Message {
        id,
        ticket_id: case.ticket.id,
        sender_id: Some(actor.id),
        sender_type: actor.role.into(),
        body: new.body,
        attachments: Json(attachments),
        is_internal: new.visibility == Visibility::Internal,
        created_at: work.now,
        redacted_at: None,
        redacted_by: None,
    };
    if !actor.role.is_staff() {
        move_on(work, &mut case).await?;
    } else if new.visibility == Visibility::Public {
        super::assign::take_up(work, &mut case, &actor).await?;
    }
    let what = match new.visibility {
        Visibility::Public => Happened::MessageAdded {
            message: message.id,
        },
        Visibility::Internal => Happened::NoteAdded {
            message: message.id,
        },
    };
    case.message(actor.role, new.visibility, what, work.now);
    store::insert_message(&mut work.tx, &message).await?;
    save(work, &mut case, Newness::Loaded).await?;
    Ok((case.ticket, message))
}

/// Whether a person of this role may write such a message to any ticket: what is asked before the
/// message itself is judged.
///
/// # Errors
/// [`ActionError::Forbidden`] for a requester's internal note.
pub fn may_write(role: Role, visibility: Visibility) -> Result<(), ActionError> {
    access::role_may(role, action(visibility)).map_err(super::denied)
}

fn action(visibility: Visibility) -> Action {
    match visibility {
        Visibility::Public => Action::Message,
        Visibility::Internal => Action::Note,
    }
}

/// What a requester's reply does to the status.
async fn move_on(work: &mut Work<'_>, case: &mut Case) -> Result<(), ActionError> {
    match case.ticket.status {
        Status::WaitingCustomer => case
            .set_status(Status::InProgress, None, work.now)
            .map_err(|no| super::refused(no, "answered")),
        Status::Resolved => {
            reopen::take_up_again(work, case, "The customer replied.".to_owned()).await
        }
        Status::Closed => Err(ActionError::conflict(
            "ticket_closed",
            format!(
                "The ticket is closed. If the issue persists, reopen it: PUT /api/v1/support/tickets/{}/reopen.",
                case.ticket.id
            ),
        )),
        Status::Open
        | Status::Assigned
        | Status::InProgress
        | Status::WaitingInternal
        | Status::Escalated
        | Status::Reopened => Ok(()),
    }
}
