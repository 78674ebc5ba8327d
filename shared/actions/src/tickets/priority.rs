//! A person sets the priority.

use crate::error::ActionError;
use crate::tickets::{SaveMode, Target, load, person, save};
use domain::tickets::{Priority, Ticket, access::Action};
use platform::work::UnitOfWork;

/// Sets the priority. The new targets count from the original start of each clock. The present priority changes
/// nothing.
///
/// # Errors
/// [`ActionError::Conflict`] on a resolved or closed ticket; otherwise as every change of a ticket:
/// [`ActionError::NotFound`], [`ActionError::Forbidden`], [`ActionError::Stale`].
pub async fn set_priority(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    priority: Priority,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Handle).await?;
    let mut change = loaded.at_expected_version()?;
    let policy = crate::tickets::policy::policy_for(work, change.ticket(), priority).await?;
    change.set_priority(priority, policy, work.now())?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}
