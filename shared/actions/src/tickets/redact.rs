//! A message is redacted: its text and files are deleted, its place in the thread stays.

use crate::tickets::{SaveMode, Target, load, person, refusal::denied, save};
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

/// Redacts a message. Text, search words, files and mentions are deleted in one transaction. A second call
/// changes nothing.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such ticket or message; [`ActionError::Forbidden`] for an agent who
/// did not write it; [`ActionError::Stale`]; the database failed.
pub async fn redact(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    message: MessageId,
    reason: String,
) -> Result<Message, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Redact).await?;
    let mut message = may_redact(work, &actor, loaded.ticket().id, message).await?;
    let mut change = loaded.at_expected_version()?;
    if message.redacted_at.is_some() {
        return Ok(message);
    }
    message.body.clear();
    message.attachments.0.clear();
    message.redacted_at = Some(work.now());
    message.redacted_by = Some(actor.id);
    let mentioned = store::redact_message(&mut work.tx, change.ticket(), &message).await?;
    crate::attachments::mark_deleted_with_message(work, message.id).await?;
    change.redact(&message, mentioned, reason, work.now());
    save(work, &mut change, SaveMode::Update).await?;
    Ok(message)
}

/// The message, if `actor` may redact it. The check runs twice: before the reason is validated, and again under
/// the row lock of the ticket.
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
