//! The status is set by hand.

use super::{Newness, Target, load, person, refused, save};
use crate::{
    db::Json,
    error::ActionError,
    ids::MessageId,
    tickets::{Happened, Message, Status, Ticket, Visibility, access::Action, store},
    work::Work,
};

/// Sets the status, with notes that become an internal note. The present status again changes
/// nothing but may carry notes.
///
/// # Errors
/// [`ActionError::Invalid`] for a status that has an endpoint of its own,
/// [`ActionError::Conflict`] for a move that the table does not have.
pub async fn set_status(
    work: &mut Work<'_>,
    target: &Target,
    status: Status,
    notes: Option<String>,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Handle).await?;
    let mut case = loaded.unchanged()?;
    let (from, held) = (case.ticket.status, case.ticket.assigned_to.is_some());
    if status != from && !from.settable().contains(&status) {
        return Err(refused(
            crate::tickets::Refused { present: from },
            &format!("set to {status}"),
        ));
    }
    if status != from && status != Status::Open {
        super::assign::take_up(work, &mut case, &actor).await?;
    }
    case.set_status(status, Some(actor.id), work.now)
        .map_err(|no| refused(no, "changed so"))?;
    if let Some(body) = notes {
        let note = Message {
            id: MessageId(work.cx.ids.uuid(work.now)),
            ticket_id: case.ticket.id,
            sender_id: Some(actor.id),
            sender_type: actor.role.into(),
            body,
            attachments: Json(Vec::new()),
            is_internal: true,
            created_at: work.now,
            redacted_at: None,
            redacted_by: None,
        };
        let what = Happened::NoteAdded { message: note.id };
        case.message(actor.role, Visibility::Internal, what, work.now);
        store::insert_message(&mut work.tx, &note).await?;
    }
    save(work, &mut case, Newness::Loaded).await?;
    // Who has just taken it up keeps it: that agent is locked, and only one may be at a time.
    if held {
        super::escalate::lift_if_overdue(work, case).await
    } else {
        Ok(case.ticket)
    }
}

/// Reads a status for `PUT /status`: those with endpoints of their own are named, whatever the
/// present status.
///
/// # Errors
/// What to do instead.
pub fn settable(status: Status) -> Result<Status, &'static str> {
    match status {
        Status::Assigned => Err("is set by PUT /support/tickets/{id}/assign"),
        Status::Escalated => Err("is set by PUT /support/tickets/{id}/escalate"),
        Status::Reopened => Err("is set by PUT /support/tickets/{id}/reopen"),
        Status::Open
        | Status::InProgress
        | Status::WaitingCustomer
        | Status::WaitingInternal
        | Status::Resolved
        | Status::Closed => Ok(status),
    }
}
