//! Who hears of an event: the table of the contract, section 6, by e-mail. Pure.
//!
//! Nobody is told of their own act, nobody twice of one event, and nobody whose account is closed.

use crate::{
    channel::Channel,
    ids::UserId,
    notifications::{Planned, Template},
    people::Level,
    tickets::{ChangedBy, Happened, Status, TicketEvent},
};
use std::collections::BTreeSet;

/// Those who may have to hear of an event. What an event does not need may be left empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Involved {
    /// Whose ticket it is.
    pub customer: UserId,
    /// The agent who has it, as [`holder`] says.
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
pub fn plan(event: &TicketEvent, involved: &Involved) -> Vec<Planned> {
    let actor = match event.by {
        ChangedBy::Person(person, _) => Some(person),
        ChangedBy::System => None,
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
fn audience(event: &TicketEvent, involved: &Involved) -> Vec<(UserId, Template)> {
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
        Happened::Created => customer(T::TicketReceived),
        Happened::Assigned { to, .. } => {
            vec![
                (involved.customer, T::TicketAssigned),
                (*to, T::WorkAssigned),
            ]
        }
        Happened::StatusChanged { to, .. } if asks_the_customer(*to) => customer(T::AnswerAwaited),
        Happened::MessageAdded { .. } => match event.by {
            ChangedBy::Person(person, _) if person == involved.customer => {
                agent(T::CustomerReplied)
            }
            ChangedBy::Person(..) | ChangedBy::System => customer(T::StaffReplied),
        },
        Happened::NoteAdded { .. } => all(&involved.mentioned, T::Mentioned),
        Happened::Escalated { to: Some(to), .. } => vec![(*to, T::EscalatedToYou)],
        Happened::Escalated { to: None, .. } => all(&involved.admins, T::EscalatedToNobody),
        Happened::Resolved { by_closing: false } => {
            [customer(T::TicketResolved), earlier()].concat()
        }
        Happened::Closed => match involved.resolution {
            ResolutionTold::WhenResolved => customer(T::TicketClosed),
            ResolutionTold::WhenClosed => [customer(T::TicketClosed), earlier()].concat(),
        },
        Happened::Reopened { .. } => agent(T::WorkReopened),
        Happened::SlaAtRisk { late: false, .. } => agent(T::SlaAtRisk),
        Happened::SlaBreached { .. } => [
            agent(T::SlaBreached),
            all(&involved.next_level, T::SlaBreached),
            all(&involved.admins, T::SlaBreached),
        ]
        .concat(),
        Happened::Reminded => customer(T::AnswerReminder),
        // The closing tells of such a resolution; a warning after the reply helps nobody.
        Happened::Resolved { by_closing: true }
        | Happened::SlaAtRisk { late: true, .. }
        | Happened::StatusChanged { .. }
        | Happened::Unassigned { .. }
        | Happened::PriorityChanged { .. }
        | Happened::SubjectChanged { .. }
        | Happened::DescriptionChanged { .. }
        | Happened::CategoryChanged { .. }
        | Happened::DepartmentChanged { .. }
        | Happened::LanguageChanged { .. }
        | Happened::TagsChanged { .. }
        | Happened::RelatedChanged { .. }
        | Happened::MessageRedacted { .. }
        | Happened::Rated { .. } => Vec::new(),
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
pub fn holder(now: Option<UserId>, later: &[TicketEvent]) -> Option<UserId> {
    later.first().map_or(now, |change| taken_from(&change.what))
}

/// The level above the one on which an event found the ticket, which has reached `now` since:
/// agents of level 1 have tickets that were never escalated.
#[must_use]
pub fn level_above(event: &TicketEvent, now: i32, later: &[TicketEvent]) -> Level {
    let before = match lift(event, later).map(|change| &change.what) {
        Some(Happened::Escalated { level, .. }) => level.saturating_sub(1),
        Some(_) | None => now,
    };
    Level(before.saturating_add(2))
}

/// The escalation that a breach led to.
fn lift<'a>(event: &TicketEvent, later: &'a [TicketEvent]) -> Option<&'a TicketEvent> {
    let lifts = |what: &Happened| {
        matches!(
            what,
            Happened::Escalated {
                automatic: true,
                ..
            }
        )
    };
    let is_breach = matches!(event.what, Happened::SlaBreached { late: false, .. });
    later.iter().find(|change| is_breach && lifts(&change.what))
}

fn taken_from(change: &Happened) -> Option<UserId> {
    if let Happened::Assigned { from, .. } | Happened::Escalated { from, .. } = change {
        *from
    } else if let Happened::Unassigned { from } = change {
        Some(*from)
    } else {
        None
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
