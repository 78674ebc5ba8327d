//! A ticket is escalated to a higher level by a person.

use crate::tickets::{SaveMode, Target, load, person, save};
use crate::{agents::RosterCache, error::ActionError};
use domain::{
    ids::UserId,
    tickets::{Escalation, Ticket, access::Action},
};
use platform::work::UnitOfWork;

/// The assignee of an escalation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscalateTo {
    /// This agent or admin, whatever their capacity.
    Person(UserId),
    /// The least loaded agent of the next level who has free capacity.
    NextLevel,
}

/// Escalates a ticket on behalf of the person who acts.
///
/// # Errors
/// [`ActionError::Invalid`] when `to` names nobody who is an active agent or admin;
/// [`ActionError::Conflict`] on a resolved or closed ticket; otherwise as every change of a ticket:
/// [`ActionError::NotFound`], [`ActionError::Forbidden`], [`ActionError::Stale`].
pub async fn escalate(
    work: &mut UnitOfWork<'_>,
    target: &Target,
    to: EscalateTo,
    reason: String,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Handle).await?;
    if let EscalateTo::Person(agent) = to {
        crate::agents::lock_active_agent(work, agent, "escalatedTo").await?;
    }
    let mut change = loaded.at_expected_version()?;
    let to = match to {
        EscalateTo::Person(agent) => Some(agent),
        EscalateTo::NextLevel => {
            let rosters = RosterCache::default();
            crate::agents::claim_for_escalation(work, change.ticket(), &rosters).await?
        }
    };
    let escalation = Escalation {
        to,
        reason,
        automatic: false,
    };
    change.escalate(escalation, work.now())?;
    save(work, &mut change, SaveMode::Update).await?;
    Ok(change.into_ticket())
}
