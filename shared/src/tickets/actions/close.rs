//! A ticket is closed by hand.

use super::{Newness, Target, TicketKey, load, person, refused, save};
use crate::{
    db::Json,
    error::ActionError,
    ids::TicketId,
    tickets::{
        Change, Closing, Move, Refused, Resolution, Status, Ticket, access::Action,
        input::ANOTHER_TICKET, mentions, store,
    },
    work::{Actor, Work},
};

/// Closes a ticket; one that is not resolved yet is resolved at the same instant.
///
/// # Errors
/// [`ActionError::Conflict`] when it is closed already.
pub async fn close(
    work: &mut Work<'_>,
    target: &Target,
    closing: Closing,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Handle).await?;
    let original = match &closing.duplicate_of {
        Some(other) => Some(original(work, &actor, other, loaded.ticket().id).await?),
        None => None,
    };
    let mut case = loaded.unchanged()?;
    if case.ticket.status.after(Change::Close) == Move::Refused {
        return Err(refused(
            Refused {
                present: case.ticket.status,
            },
            "closed",
        ));
    }
    super::assign::take_up(work, &mut case, &actor).await?;
    let resolved_before = (case.ticket.status == Status::Resolved)
        .then(|| {
            case.ticket
                .resolution
                .as_ref()
                .map(|before| (before.resolved_by, before.resolved_at))
        })
        .flatten();
    let (resolved_by, resolved_at) = resolved_before.unwrap_or((Some(actor.id), work.now));
    let resolution = Resolution {
        summary: Some(closing.summary),
        resolution_type: Some(closing.resolution_type),
        resolution_notes: closing.resolution_notes,
        duplicate_of: original.as_ref().map(|other| other.id),
        duplicate_is_theirs: original
            .is_some_and(|other| other.customer_id == case.ticket.customer_id),
        resolved_by,
        resolved_at,
    };
    if case.ticket.status == Status::Resolved {
        case.ticket.resolution = Some(Json(resolution));
    } else {
        case.resolve(resolution, true, work.now);
    }
    case.close(work.now);
    save(work, &mut case, Newness::Loaded).await?;
    Ok(case.ticket)
}

/// The ticket that this one is a duplicate of: another one, which the caller may see.
async fn original(
    work: &mut Work<'_>,
    actor: &Actor,
    named: &TicketKey,
    closed: TicketId,
) -> Result<Ticket, ActionError> {
    let unknown = || ActionError::invalid("duplicateOf", "unknown_ticket", ANOTHER_TICKET);
    let ticket = store::find(&mut *work.tx, named).await?;
    let other = ticket
        .filter(|other| other.id != closed)
        .ok_or_else(unknown)?;
    let seen = mentions::may(&mut work.tx, actor, Action::See, &other).await?;
    seen.map(|()| other).map_err(|_| unknown())
}
