//! Entries of a ticket's history: when, by whom, and what happened. Pure.

use crate::{
    ids::{EventId, TicketId, UserId},
    people::Role,
    text_enum,
    tickets::TicketEventKind,
};
use chrono::{DateTime, Utc};

/// A stored entry of a ticket's history.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketEvent {
    /// Its id.
    pub id: EventId,
    /// The ticket.
    pub ticket: TicketId,
    /// When it happened. A breach is dated with its deadline, not with its detection.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: EventActor,
    /// What happened.
    pub kind: TicketEventKind,
}

/// An entry that is not stored yet.
#[derive(Debug, Clone, PartialEq)]
pub struct PendingEvent {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub by: Attribution,
    /// What happened.
    pub kind: TicketEventKind,
}

/// Who did something, before the entry is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attribution {
    /// The initiator of the unit of work.
    Actor,
    /// The system, for any initiator: a rule did it.
    System,
    /// This person in their present role, for any initiator.
    Person(UserId, Role),
}

/// Who did something, as the history stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventActor {
    /// A person, in the role of that time.
    Person(UserId, Role),
    /// The system.
    System,
}

text_enum! {
    /// A reference of a ticket to an object of your platform.
    pub enum Related as "RelatedReference" {
        /// A booking.
        Booking = "booking",
        /// A transaction.
        Transaction = "transaction",
        /// A conversation.
        Conversation = "conversation",
    }
}
