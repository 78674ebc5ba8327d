//! A ticket is lifted to a higher level: by hand, or by the rule that follows a breach.

use super::{Newness, Target, load, person, refused, save};
use crate::{
    assignment::{self, actions::Desks},
    config::AutoEscalate,
    error::ActionError,
    ids::{TicketId, UserId},
    sla::{Metric, OverdueKind},
    tickets::{Case, Escalation, Happened, Ticket, access::Action},
    work::{By, Work},
};
use chrono::{DateTime, Utc};

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
    work: &mut Work<'_>,
    target: &Target,
    to: EscalateTo,
    reason: String,
) -> Result<Ticket, ActionError> {
    let actor = person(work)?;
    let loaded = load(work, &actor, target, Action::Handle).await?;
    if let EscalateTo::Person(agent) = to {
        assignment::actions::lock_active_agent(work, agent, "escalatedTo").await?;
    }
    let mut case = loaded.unchanged()?;
    let to = match to {
        EscalateTo::Person(agent) => Some(agent),
        EscalateTo::NextLevel => {
            let desks = Desks::default();
            assignment::actions::claim_for_escalation(work, &case.ticket, &desks).await?
        }
    };
    let escalation = Escalation {
        to,
        reason,
        automatic: false,
    };
    case.escalate(escalation, work.now)
        .map_err(|no| refused(no, "escalated"))?;
    save(work, &mut case, Newness::Loaded).await?;
    Ok(case.ticket)
}

/// Puts on record what came due on a ticket, and lifts it once if the rule says so, however many
/// clocks passed their deadlines together. `desks` are those of all tickets that are swept together.
///
/// # Errors
/// The database failed.
pub async fn escalate_on_breach(
    work: &mut Work<'_>,
    ticket: TicketId,
    desks: &Desks,
) -> Result<Swept, ActionError> {
    let mut case = super::load_for_system(work, ticket).await?;
    let found = case.sweep(work.now);
    let breach = found
        .iter()
        .find(|overdue| overdue.kind == OverdueKind::Breach);
    let lifted = match (breach, work.cx.config.tickets.escalate_on_breach) {
        (Some(breach), AutoEscalate::OnBreach) if case.ticket.status.is_active() => {
            let reason = reason(breach.metric, breach.due_at);
            lift(work, &mut case, reason, desks).await?;
            true
        }
        (Some(_) | None, AutoEscalate::OnBreach | AutoEscalate::Never) => false,
    };
    save(work, &mut case, Newness::Loaded).await?;
    Ok(Swept {
        found: found.len(),
        lifted,
    })
}

/// Lifts a ticket on which a person's change, just saved, has put a passed deadline on record: no
/// sweep will find that one any more. The rule does it, not the person.
pub(super) async fn lift_if_overdue(
    work: &mut Work<'_>,
    changed: Case,
) -> Result<Ticket, ActionError> {
    let overdue = changed.entries().iter().find_map(|entry| {
        if let Happened::SlaBreached {
            metric,
            late: false,
            ..
        } = entry.what
        {
            Some((metric, entry.at))
        } else {
            None
        }
    });
    let (Some((metric, due_at)), AutoEscalate::OnBreach, true) = (
        overdue,
        work.cx.config.tickets.escalate_on_breach,
        changed.ticket.status.is_active(),
    ) else {
        return Ok(changed.ticket);
    };
    let person = std::mem::replace(&mut work.by, By::System);
    let mut case = super::load_for_system(work, changed.ticket.id).await?;
    let reason = reason(metric, due_at);
    lift(work, &mut case, reason, &Desks::default()).await?;
    save(work, &mut case, Newness::Loaded).await?;
    work.by = person;
    Ok(case.ticket)
}

fn reason(metric: Metric, due_at: DateTime<Utc>) -> String {
    format!(
        "The {} was due at {} and has not come.",
        metric.in_words(),
        due_at.format("%Y-%m-%d %H:%M UTC")
    )
}

/// What a sweep did to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Swept {
    /// Warnings and breaches put on record.
    pub found: usize,
    /// Whether it was escalated.
    pub lifted: bool,
}

async fn lift(
    work: &mut Work<'_>,
    case: &mut Case,
    reason: String,
    desks: &Desks,
) -> Result<(), ActionError> {
    let to = assignment::actions::claim_for_escalation(work, &case.ticket, desks).await?;
    let escalation = Escalation {
        to,
        reason,
        automatic: true,
    };
    case.escalate(escalation, work.now)
        .map_err(|no| refused(no, "escalated"))
}
