//! A person sets the status.

use crate::tickets::{SaveMode, Target, load, person, save};
use crate::{error::ActionError, tickets::store};
use domain::{
    ids::MessageId,
    json::Json,
    tickets::{Message, Status, Ticket, access::Action},
};
use platform::work::UnitOfWork;

/// Sets the status. `notes` become an internal note. The present status changes nothing, but its notes are
/// added.
///
/// # Errors
/// [`ActionError::Conflict`] for a transition that the table does not have; otherwise as every change of a
/// ticket: [`ActionError::NotFound`], [`ActionError::Forbidden`], [`ActionError::Stale`].
pub async fn set_status(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    status: Status,
    notes: Option<String>,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Handle).await?;
    let mut change = loaded.at_expected_version()?;
    let worker = crate::tickets::assign::worker(work, &change, &actor).await?;
    change.set_status(status, worker, work.now())?;
    if let Some(body) = notes {
        let note = Message {
            id: MessageId(work.cx.ids.uuid(work.now())),
            ticket_id: change.ticket().id,
            sender_id: Some(actor.id),
            sender_type: actor.role.into(),
            body,
            attachments: Json(Vec::new()),
            is_internal: true,
            created_at: work.now(),
            redacted_at: None,
            redacted_by: None,
        };
        change.noted(note.id, work.now());
        store::insert_message(&mut work.tx, &note).await?;
    }
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}
