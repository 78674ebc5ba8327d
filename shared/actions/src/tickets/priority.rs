//! The priority is set by hand.

use crate::error::ActionError;
use crate::tickets::{SaveMode, Target, load, person, save};
use domain::tickets::{Priority, Ticket, access::Action};
use platform::work::UnitOfWork;

/// Sets the priority; the targets follow from the original start. The present one again changes
/// nothing.
///
/// # Errors
/// [`ActionError::Conflict`] on a resolved or closed ticket.
pub async fn set_priority(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    priority: Priority,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Handle).await?;
    let mut case = loaded.at_expected_version()?;
    let policy = crate::tickets::policy_for(work, case.ticket(), priority).await?;
    case.set_priority(priority, policy, work.now())?;
    save(work, &mut case, SaveMode::Update).await?;
    Ok(case.into_ticket())
}
