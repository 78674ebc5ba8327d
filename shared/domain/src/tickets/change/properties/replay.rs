//! The ticket as its history yields it, to compare with the ticket itself.

use crate::tickets::{PendingEvent, Related, Ticket, TicketEventKind};

/// The ticket that the history alone yields, event by event, from the ticket as created.
pub(super) fn replayed(created: &Ticket, entries: &[PendingEvent]) -> Ticket {
    let mut ticket = created.clone();
    for entry in entries {
        replay(&mut ticket, &entry.kind);
    }
    ticket
}

fn replay(ticket: &mut Ticket, kind: &TicketEventKind) {
    match kind {
        TicketEventKind::StatusChanged { from, to } => step(&mut ticket.status, from, to),
        TicketEventKind::PriorityChanged { from, to } => step(&mut ticket.priority, from, to),
        TicketEventKind::SubjectChanged { from, to } => step(&mut ticket.subject, from, to),
        TicketEventKind::DescriptionChanged { from, to } => step(&mut ticket.description, from, to),
        TicketEventKind::CategoryChanged { from, to } => step(&mut ticket.category, from, to),
        TicketEventKind::DepartmentChanged { from, to } => step(&mut ticket.department, from, to),
        TicketEventKind::LanguageChanged { from, to } => step(&mut ticket.language, from, to),
        TicketEventKind::TagsChanged { from, to } => step(&mut ticket.tags, from, to),
        TicketEventKind::RelatedChanged {
            reference,
            from,
            to,
        } => {
            let value = match reference {
                Related::Booking => &mut ticket.related_booking,
                Related::Transaction => &mut ticket.related_transaction,
                Related::Conversation => &mut ticket.related_conversation,
            };
            step(value, from, to);
        }
        TicketEventKind::Assigned { from, to, .. } => {
            step(&mut ticket.assigned_to, from, &Some(*to));
        }
        TicketEventKind::Unassigned { from } => step(&mut ticket.assigned_to, &Some(*from), &None),
        TicketEventKind::Escalated {
            level, from, to, ..
        } => {
            assert_eq!(ticket.assigned_to, *from);
            ticket.assigned_to = *to;
            step(&mut ticket.escalation_level, &(level - 1), level);
        }
        // Other events change none of the compared fields. A new event needs no arm here.
        _ => {}
    }
}

fn step<T: Clone + PartialEq + std::fmt::Debug>(value: &mut T, from: &T, to: &T) {
    assert_eq!(value, from);
    assert_ne!(from, to, "an event records a change");
    *value = to.clone();
}

/// The fields of a ticket that the history has to yield.
pub(super) fn recorded_fields(ticket: &Ticket) -> impl PartialEq + std::fmt::Debug + use<> {
    let texts = [&ticket.subject, &ticket.description, &ticket.language];
    (
        (ticket.status, ticket.priority, ticket.assigned_to),
        (ticket.category, ticket.department, ticket.escalation_level),
        (texts.map(Clone::clone), ticket.tags.clone()),
        [
            ticket.related_booking.clone(),
            ticket.related_transaction.clone(),
            ticket.related_conversation.clone(),
        ],
    )
}
