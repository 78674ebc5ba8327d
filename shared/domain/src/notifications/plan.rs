//! Who hears of an event: the table of the contract, section 6, by e-mail. Pure.
//!
//! Nobody is told of their own act, nobody twice of one event, and nobody whose account is closed.

use crate::{
    channel::Channel,
    ids::UserId,
    notifications::{Planned, Template},
    people::Level,
    tickets::{EventActor, Status, TicketEvent, TicketEventKind},
};
use std::collections::BTreeSet;

/// Those who may have to hear of an event. What an event does not need may be left empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketParticipants {
    /// Whose ticket it is.
    pub customer: UserId,
    /// The agent who has it, as [`assignee`] says.
    pub agent: Option<UserId>,
    /// Those from whom it was escalated.
    pub escalated_from: Vec<UserId>,
    /// Of what they have heard, when the ticket is closed.
    pub resolution: ResolutionTold,
    /// Agents whom a note mentions.
    pub mentioned: Vec<UserId>,
    /// The agents on the department's next level.
    pub next_level: Vec<UserId>,
    /// The admins.
    pub admins: Vec<UserId>,
    /// Of all those named here and in the event, those whose accounts are open.
    pub active: BTreeSet<UserId>,
}

/// By which event people are told that a ticket is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolutionTold {
    /// By its resolution.
    WhenResolved,
    /// By its closing, which resolved it too.
    WhenClosed,
}

/// Who is told what of an event.
#[must_use]
pub fn plan(event: &TicketEvent, involved: &TicketParticipants) -> Vec<Planned> {
    let actor = match event.by {
        EventActor::Person(person, _) => Some(person),
        EventActor::System => None,
    };
    let mut told = BTreeSet::new();
    audience(event, involved)
        .into_iter()
        .filter(|(to, _)| involved.active.contains(to))
        .filter(|(to, template)| Some(*to) != actor || *template == Template::TicketReceived)
        .filter(|(to, _)| told.insert(*to))
        .map(|(to, template)| Planned {
            to,
            channel: Channel::Email,
            template,
        })
        .collect()
}

/// The table. Of somebody who appears twice, the first appearance counts.
fn audience(event: &TicketEvent, involved: &TicketParticipants) -> Vec<(UserId, Template)> {
    use Template as T;
    let customer = |template| vec![(involved.customer, template)];
    let agent = |template| {
        involved
            .agent
            .map(|agent| (agent, template))
            .into_iter()
            .collect::<Vec<_>>()
    };
    let all =
        |people: &[UserId], template| people.iter().map(|to| (*to, template)).collect::<Vec<_>>();
    let earlier = || all(&involved.escalated_from, T::EscalationResolved);
    match &event.what {
        // The confirmation is what the customer asked for: the one own act that people hear of.
        TicketEventKind::Created => customer(T::TicketReceived),
        TicketEventKind::Assigned { to, .. } => {
            vec![
                (involved.customer, T::TicketAssigned),
                (*to, T::WorkAssigned),
            ]
        }
        TicketEventKind::StatusChanged { to, .. } if asks_the_customer(*to) => {
            customer(T::AnswerAwaited)
        }
        TicketEventKind::MessageAdded { .. } => match event.by {
            EventActor::Person(person, _) if person == involved.customer => {
                agent(T::CustomerReplied)
            }
            EventActor::Person(..) | EventActor::System => customer(T::StaffReplied),
        },
        TicketEventKind::NoteAdded { .. } => all(&involved.mentioned, T::Mentioned),
        TicketEventKind::Escalated { to: Some(to), .. } => vec![(*to, T::EscalatedToYou)],
        TicketEventKind::Escalated { to: None, .. } => all(&involved.admins, T::EscalatedToNobody),
        TicketEventKind::Resolved { by_closing: false } => {
            [customer(T::TicketResolved), earlier()].concat()
        }
        TicketEventKind::Closed => match involved.resolution {
            ResolutionTold::WhenResolved => customer(T::TicketClosed),
            ResolutionTold::WhenClosed => [customer(T::TicketClosed), earlier()].concat(),
        },
        TicketEventKind::Reopened { .. } => agent(T::WorkReopened),
        TicketEventKind::SlaAtRisk { late: false, .. } => agent(T::SlaAtRisk),
        TicketEventKind::SlaBreached { .. } => [
            agent(T::SlaBreached),
            all(&involved.next_level, T::SlaBreached),
            all(&involved.admins, T::SlaBreached),
        ]
        .concat(),
        TicketEventKind::Reminded => customer(T::AnswerReminder),
        // The closing tells of such a resolution; a warning after the reply helps nobody.
        TicketEventKind::Resolved { by_closing: true }
        | TicketEventKind::SlaAtRisk { late: true, .. }
        | TicketEventKind::StatusChanged { .. }
        | TicketEventKind::Unassigned { .. }
        | TicketEventKind::PriorityChanged { .. }
        | TicketEventKind::SubjectChanged { .. }
        | TicketEventKind::DescriptionChanged { .. }
        | TicketEventKind::CategoryChanged { .. }
        | TicketEventKind::DepartmentChanged { .. }
        | TicketEventKind::LanguageChanged { .. }
        | TicketEventKind::TagsChanged { .. }
        | TicketEventKind::RelatedChanged { .. }
        | TicketEventKind::MessageRedacted { .. }
        | TicketEventKind::Rated { .. } => Vec::new(),
    }
}

/// Of other states people hear by events of their own, or they are the house's own affair.
const fn asks_the_customer(status: Status) -> bool {
    match status {
        Status::WaitingCustomer => true,
        Status::Open
        | Status::Assigned
        | Status::InProgress
        | Status::WaitingInternal
        | Status::Escalated
        | Status::Reopened
        | Status::Resolved
        | Status::Closed => false,
    }
}

/// The agent whom an event concerns: the one who had the ticket when it was written down, however
/// late and however often the event is planned. `later` are the changes of hands after it, in
/// order; without one it is who has the ticket `now`. Agents who get it later hear so by their
/// own assignment.
#[must_use]
pub fn assignee(now: Option<UserId>, later: &[TicketEvent]) -> Option<UserId> {
    later.first().map_or(now, |change| taken_from(&change.what))
}

/// The level above the one on which an event found the ticket, which has reached `now` since:
/// agents of level 1 have tickets that were never escalated.
#[must_use]
pub fn level_above(event: &TicketEvent, now: i32, later: &[TicketEvent]) -> Level {
    let before = match escalate(event, later).map(|change| &change.what) {
        Some(TicketEventKind::Escalated { level, .. }) => level.saturating_sub(1),
        Some(_) | None => now,
    };
    Level(before.saturating_add(2))
}

/// The escalation that a breach led to.
fn escalate<'a>(event: &TicketEvent, later: &'a [TicketEvent]) -> Option<&'a TicketEvent> {
    let escalates = |what: &TicketEventKind| {
        matches!(
            what,
            TicketEventKind::Escalated {
                automatic: true,
                ..
            }
        )
    };
    let is_breach = matches!(event.what, TicketEventKind::SlaBreached { late: false, .. });
    later
        .iter()
        .find(|change| is_breach && escalates(&change.what))
}

fn taken_from(change: &TicketEventKind) -> Option<UserId> {
    if let TicketEventKind::Assigned { from, .. } | TicketEventKind::Escalated { from, .. } = change
    {
        *from
    } else if let TicketEventKind::Unassigned { from } = change {
        Some(*from)
    } else {
        None
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
