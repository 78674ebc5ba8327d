//! A ticket is lifted to a higher level: by hand, or by the rule that follows a breach.

use crate::tickets::{SaveMode, Target, load, person, save, save_among};
use crate::{assignment::RosterCache, error::ActionError};
use domain::{
    ids::{TicketId, UserId},
    tickets::{Escalation, Ticket, TicketChange, access::Action},
};
use platform::{config::AutoEscalate, work::UnitOfWork};

/// To whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EscalateTo {
    /// This agent or admin, capacity or not.
    Person(UserId),
    /// The least loaded agent of the next level with room.
    NextLevel,
}

/// Lifts a ticket by hand.
///
/// # Errors
/// [`ActionError::Invalid`] for somebody who is no active agent or admin,
/// [`ActionError::Conflict`] when the ticket is over.
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
    let mut case = loaded.at_expected_version()?;
    let to = match to {
        EscalateTo::Person(agent) => Some(agent),
        EscalateTo::NextLevel => {
            let desks = RosterCache::default();
            crate::assignment::claim_for_escalation(work, case.ticket(), &desks).await?
        }
    };
    let escalation = Escalation {
        to,
        reason,
        automatic: false,
    };
    case.escalate(escalation, work.now())?;
    save(work, &mut case, SaveMode::Update).await?;
    Ok(case.into_ticket())
}

/// Puts on record what came due on a ticket; as with every change, it is escalated once if the
/// rule says so, however many clocks passed their deadlines together. `desks` are those of all
/// tickets that are swept together.
///
/// # Errors
/// The database failed.
pub async fn sweep(
    work: &mut UnitOfWork<'_>,
    ticket: TicketId,
    desks: &RosterCache,
) -> Result<Swept, ActionError> {
    let mut case = crate::tickets::load_for_system(work, ticket).await?;
    let found = case.sweep(work.now()).len();
    let level = case.ticket().escalation_level;
    save_among(work, &mut case, SaveMode::Update, desks).await?;
    Ok(Swept {
        found,
        escalated: case.ticket().escalation_level > level,
    })
}

/// What a sweep did to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Warnings and breaches put on record.
    pub found: usize,
    /// Whether it was escalated.
    pub escalated: bool,
}

/// Escalates a case that has to be, before it is saved: the rule does it, not the actor.
pub(super) async fn by_rule(
    work: &mut UnitOfWork<'_>,
    case: &mut TicketChange,
    desks: &RosterCache,
) -> Result<(), ActionError> {
    let Some(breach) = case.must_escalate() else {
        return Ok(());
    };
    match work.cx.config.tickets.escalate_on_breach {
        AutoEscalate::OnBreach => {}
        AutoEscalate::Never => return Ok(()),
    }
    let to = crate::assignment::claim_for_escalation(work, case.ticket(), desks).await?;
    let escalation = Escalation {
        to,
        reason: breach.reason(),
        automatic: true,
    };
    case.escalate(escalation, work.now())?;
    Ok(())
}
