//! Who is notified of an event: the table of the contract, section 6. The rows are in [`TicketEventKind::spec`]; here
//! roles become people. By which channels is decided in [`super::routing`]. Pure.
//!
//! A person gets no notification of their own act, at most one for each event, and none after the
//! account was closed.

use crate::{
    ids::UserId,
    notifications::{Planned, Template},
    people::Level,
    tickets::{EventActor, Recipient, TicketEvent, TicketEventKind},
};
use std::collections::BTreeSet;

/// People who may be recipients of an event. Groups that no recipient of the event needs may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketParticipants {
    /// The customer of the ticket.
    pub customer: UserId,
    /// The assignee at the time of the event, as [`assignee`] computes it.
    pub agent: Option<UserId>,
    /// Agents from whom the ticket was escalated.
    pub escalated_from: Vec<UserId>,
    /// Which event told people of the last resolution.
    pub resolution: ResolutionTold,
    /// Agents whom the note mentions.
    pub mentioned: Vec<UserId>,
    /// Agents of the department on the next level.
    pub next_level: Vec<UserId>,
    /// Admins.
    pub admins: Vec<UserId>,
    /// Agents of the department who work now.
    pub on_duty: Vec<UserId>,
    /// All agents of the department.
    pub department: Vec<UserId>,
    /// Those with an open account, of all people in the other fields and in the event.
    pub active: BTreeSet<UserId>,
}

impl TicketParticipants {
    /// The customer and the assignee, and nobody else.
    #[must_use]
    pub const fn of(customer: UserId, agent: Option<UserId>) -> Self {
        Self {
            customer,
            agent,
            escalated_from: Vec::new(),
            resolution: ResolutionTold::WhenResolved,
            mentioned: Vec::new(),
            next_level: Vec::new(),
            admins: Vec::new(),
            on_duty: Vec::new(),
            department: Vec::new(),
            active: BTreeSet::new(),
        }
    }
}

/// The event by which people are told that a ticket is resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResolutionTold {
    /// The resolution.
    WhenResolved,
    /// The closing, which resolved the ticket too.
    WhenClosed,
}

/// Which notifications of an event are planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// The event itself.
    Happened,
    /// The event created a ticket, and no agent could take it.
    NobodyAssigned,
}

impl Occasion {
    /// The recipients, and what each is told. Of a person who is named twice, the first row counts.
    #[must_use]
    pub const fn rows(self, kind: &TicketEventKind) -> &'static [(Recipient, Template)] {
        match self {
            Self::Happened => kind.spec().notifies,
            Self::NobodyAssigned => &[
                (Recipient::OnDuty, Template::TicketWaiting),
                (Recipient::DepartmentStaff, Template::TicketWaiting),
            ],
        }
    }
}

/// The notifications of an event.
#[must_use]
pub fn plan(
    event: &TicketEvent,
    occasion: Occasion,
    involved: &TicketParticipants,
) -> Vec<Planned> {
    let actor = match event.by {
        EventActor::Person(person, _) => Some(person),
        EventActor::System => None,
    };
    let mut told = BTreeSet::new();
    let rows = occasion.rows(&event.kind).iter();
    let addressed = rows.flat_map(|&(recipient, template)| {
        let people = people(recipient, event, involved).into_iter();
        people.map(move |to| Planned {
            to,
            template,
            recipient,
        })
    });
    addressed
        .filter(|one| involved.active.contains(&one.to))
        .filter(|one| Some(one.to) != actor || one.template == Template::TicketReceived)
        .filter(|one| told.insert(one.to))
        .collect()
}

/// The people behind a recipient.
fn people(recipient: Recipient, event: &TicketEvent, involved: &TicketParticipants) -> Vec<UserId> {
    let one = |person: Option<UserId>| person.into_iter().collect();
    let by_customer = match event.by {
        EventActor::Person(person, _) => person == involved.customer,
        EventActor::System => false,
    };
    match recipient {
        Recipient::Customer => vec![involved.customer],
        Recipient::Assignee => one(involved.agent),
        Recipient::AssigneeIfCustomerActed if by_customer => one(involved.agent),
        Recipient::AssigneeUnlessCustomerActed if !by_customer => one(involved.agent),
        Recipient::AssigneeIfCustomerActed | Recipient::AssigneeUnlessCustomerActed => Vec::new(),
        Recipient::NewAssignee => one(event.kind.new_assignee()),
        Recipient::EscalatedFrom => involved.escalated_from.clone(),
        Recipient::EscalatedFromUntold => match involved.resolution {
            ResolutionTold::WhenResolved => Vec::new(),
            ResolutionTold::WhenClosed => involved.escalated_from.clone(),
        },
        Recipient::Mentioned => involved.mentioned.clone(),
        Recipient::NextLevel => involved.next_level.clone(),
        Recipient::Admins => involved.admins.clone(),
        Recipient::OnDuty => involved.on_duty.clone(),
        Recipient::DepartmentStaff => involved.department.clone(),
    }
}

/// The assignee when an event was recorded, however late and however often the event is planned.
/// `later` are the changes of the assignee after the event, in order; without any it is the present
/// assignee, `now`. Agents who got the ticket later are notified of their own assignment.
#[must_use]
pub fn assignee(now: Option<UserId>, later: &[TicketEvent]) -> Option<UserId> {
    later
        .first()
        .map_or(now, |change| change.kind.previous_assignee())
}

/// The person who returned the ticket to the queue, if that was the last change of its assignee: that it waits is their
/// own act. `later` as in [`assignee`].
#[must_use]
pub fn returned_by(later: &[TicketEvent]) -> Option<UserId> {
    let last = later.last()?;
    match last.by {
        EventActor::Person(person, _)
            if matches!(last.kind, TicketEventKind::Unassigned { .. }) =>
        {
            Some(person)
        }
        EventActor::Person(..) | EventActor::System => None,
    }
}

/// The level above the one on which an event found the ticket. `now` is the present escalation
/// level, `later` as in [`assignee`]. Tickets that were never escalated are with agents of level 1.
#[must_use]
pub fn level_above(event: &TicketEvent, now: i32, later: &[TicketEvent]) -> Level {
    let before = match escalation_after(event, later).map(|change| &change.kind) {
        Some(TicketEventKind::Escalated { level, .. }) => level.saturating_sub(1),
        Some(_) | None => now,
    };
    Level(before.saturating_add(2))
}

/// The automatic escalation that followed a breach.
fn escalation_after<'a>(breach: &TicketEvent, later: &'a [TicketEvent]) -> Option<&'a TicketEvent> {
    let escalates = |kind: &TicketEventKind| {
        matches!(
            kind,
            TicketEventKind::Escalated {
                automatic: true,
                ..
            }
        )
    };
    let is_breach = matches!(
        breach.kind,
        TicketEventKind::SlaBreached {
            detected_after_stop: false,
            ..
        }
    );
    later
        .iter()
        .find(|change| is_breach && escalates(&change.kind))
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
