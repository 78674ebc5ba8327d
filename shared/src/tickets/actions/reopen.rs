//! A ticket is taken up again.

use super::{Newness, Target, load, person, refused, save};
use crate::{
    assignment,
    error::ActionError,
    tickets::{Case, Status, Ticket, access::Action},
    work::Work,
};

/// Reopens a ticket: back to the agent who had it if there is room, else to automation.
///
/// # Errors
/// [`ActionError::Conflict`] when it is neither resolved nor closed, or closed too long ago for
/// a requester to reopen it.
pub async fn reopen(
    work: &mut Work<'_>,
    target: &Target,
    reason: String,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Reopen).await?;
    let mut case = loaded.unchanged()?;
    let window = work.cx.config.tickets.reopen_window;
    let closed_too_long = case.ticket.status == Status::Closed
        && case
            .ticket
            .closed_at
            .is_some_and(|closed| work.now - closed > window);
    if closed_too_long && !actor.role.is_staff() {
        return Err(ActionError::conflict(
            "reopen_window_over",
            format!(
                "The ticket was closed more than {} days ago. Please create a new one and mention {}.",
                window.num_days(),
                case.ticket.number
            ),
        ));
    }
    take_up_again(work, &mut case, reason).await?;
    save(work, &mut case, Newness::Loaded).await?;
    Ok(case.ticket)
}

/// The change itself, for a reply to a resolved ticket as well.
pub(super) async fn take_up_again(
    work: &mut Work<'_>,
    case: &mut Case,
    reason: String,
) -> Result<(), ActionError> {
    let holder = match case.ticket.assigned_to {
        Some(agent) if assignment::actions::may_take_back(work, agent).await? => Some(agent),
        Some(_) | None => None,
    };
    let policy = super::policy_for(work, &case.ticket, case.ticket.priority).await?;
    case.reopen(reason, holder, policy, work.now)
        .map_err(|no| refused(no, "reopened"))
}
