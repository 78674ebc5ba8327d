//! A ticket is escalated to a higher level: by a person, or by the sweep that finds a breach.

use crate::tickets::{SaveMode, Target, load, load_for_system, person, save, save_with_rosters};
use crate::{assignment::RosterCache, error::ActionError};
use domain::{
    ids::{TicketId, UserId},
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
        crate::assignment::lock_active_agent(work, agent, "escalatedTo").await?;
    }
    let mut change = loaded.at_expected_version()?;
    let to = match to {
        EscalateTo::Person(agent) => Some(agent),
        EscalateTo::NextLevel => {
            let rosters = RosterCache::default();
            crate::assignment::claim_for_escalation(work, change.ticket(), &rosters).await?
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

/// Records the warnings and breaches of a ticket that are due. As in every change, the ticket is escalated at
/// most once, however many clocks passed their deadlines. `rosters` is shared by all tickets of the sweep.
///
/// # Errors
/// [`ActionError::NotFound`] when there is no such ticket; the database failed, or another transaction holds
/// the only suitable agent for too long.
pub async fn sweep(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
    rosters: &RosterCache,
) -> Result<Swept, ActionError> {
    let mut change = load_for_system(work, ticket).await?;
    let found = change.sweep(work.now()).len();
    let level = change.ticket().escalation_level;
    save_with_rosters(work, &mut change, SaveMode::Update, rosters).await?;
    Ok(Swept {
        found,
        escalated: change.ticket().escalation_level > level,
    })
}

/// The effect of a sweep on one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Warnings and breaches recorded.
    pub found: usize,
    /// Whether it was escalated.
    pub escalated: bool,
}
