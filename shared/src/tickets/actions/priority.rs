//! The priority is set by hand.

use super::{Newness, Target, load, person, save};
use crate::{
    error::ActionError,
    tickets::{Priority, Ticket, access::Action},
    work::Work,
};

/// Sets the priority; the targets follow from the original start. The present one again changes
/// nothing.
///
/// # Errors
/// [`ActionError::Conflict`] on a closed ticket.
pub async fn set_priority(
    work: &mut Work<'_>,
    target: &Target,
    priority: Priority,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Handle).await?;
    let mut case = loaded.unchanged()?;
    if !case.ticket.status.is_active() {
        return Err(ActionError::conflict(
            "illegal_transition",
            format!(
                "The ticket is {}: its priority stands. It can be taken up again by /reopen.",
                case.ticket.status
            ),
        ));
    }
    if case.ticket.priority != priority {
        let policy = super::policy_for(work, &case.ticket, priority).await?;
        case.set_priority(priority, policy, work.now);
    }
    save(work, &mut case, Newness::Loaded).await?;
    super::escalate::lift_if_overdue(work, case).await
}
