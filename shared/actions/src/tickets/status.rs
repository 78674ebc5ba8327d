//! A person sets the status.

use crate::tickets::{SaveMode, Target, assign, load, person, save};
use crate::{error::ActionError, tickets::store};
use domain::{
    ids::MessageId,
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
    let agent = assign::acting_agent(work, &change, &actor).await?;
    change.set_status(status, agent, work.now())?;
    if let Some(body) = notes {
        let id = MessageId(work.cx.ids.uuid(work.now()));
        let note = Message {
            body,
            is_internal: true,
            ..Message::by(&actor, id, change.ticket().id, work.now())
        };
        change.noted(note.id, work.now());
        store::insert_message(&mut work.tx, &note).await?;
    }
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}
