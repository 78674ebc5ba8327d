//! A message is redacted: text and files go, the place in the thread stays.

use crate::tickets::{SaveMode, Target, denied, load, person, save};
use crate::{error::ActionError, tickets::store};
use domain::{
    actor::Actor,
    ids::{MessageId, TicketId},
    tickets::{
        Message,
        access::{self, Action},
    },
};
use platform::work::UnitOfWork;

/// Redacts a message. Its words, its files and whom it mentions are gone when this is committed;
/// a second time changes nothing.
///
/// # Errors
/// [`ActionError::NotFound`] when the ticket has no such message, [`ActionError::Forbidden`] for an
/// agent when somebody else wrote it.
pub async fn redact(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    message: MessageId,
    reason: String,
) -> Result<Message, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Redact).await?;
    let mut message = may_redact(work, &actor, loaded.ticket().id, message).await?;
    let mut case = loaded.at_expected_version()?;
    if message.redacted_at.is_some() {
        return Ok(message);
    }
    message.body.clear();
    message.attachments.0.clear();
    message.redacted_at = Some(work.now());
    message.redacted_by = Some(actor.id);
    store::redact_message(&mut work.tx, &message).await?;
    crate::attachments::give_up_of_message(work, message.id).await?;
    case.redact(message.id, message.visibility(), reason, work.now());
    save(work, &mut case, SaveMode::Update).await?;
    Ok(message)
}

/// The message, if the person may redact it: asked before the reason is judged, and again under the
/// lock of the ticket.
///
/// # Errors
/// As [`redact`].
pub async fn may_redact(
    work: &mut UnitOfWork<'_>,
    actor: &Actor,
    ticket: TicketId,
    message: MessageId,
) -> Result<Message, ActionError> {
    let found = store::message(&mut *work.tx, ticket, message).await?;
    let message = found.ok_or(ActionError::NotFound("message"))?;
    access::may_redact(actor, message.sender_id).map_err(denied)?;
    Ok(message)
}
