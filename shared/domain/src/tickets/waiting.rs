//! An unassigned ticket, with the fields that automatic assignment needs. Pure.

use crate::tickets::{Category, Priority, Status, Ticket};
use crate::{
    ids::{TicketId, UserId},
    people::{Department, Level},
};
use chrono::{DateTime, Utc};

/// A ticket in the queue: it waits for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnassignedTicket {
    /// The ticket.
    pub id: TicketId,
    /// Category.
    pub category: Category,
    /// Department.
    pub department: Department,
    /// The customer's language (BCP 47).
    pub language: String,
    /// Priority.
    pub priority: Priority,
    /// Status.
    pub status: Status,
    /// How often it was escalated.
    pub escalation_level: i32,
    /// The agent who returned it to the queue last.
    pub returned_by: Option<UserId>,
    /// When it was created.
    pub created_at: DateTime<Utc>,
}

impl UnassignedTicket {
    /// The ticket, if it waits for an agent. A ticket that waits for its customer does not: nothing is to
    /// do before the answer.
    #[must_use]
    pub fn of(ticket: &Ticket) -> Option<Self> {
        let waits = ticket.assigned_to.is_none()
            && ticket.status.is_active()
            && ticket.status != Status::WaitingCustomer;
        waits.then(|| Self {
            id: ticket.id,
            category: ticket.category,
            department: ticket.department,
            language: ticket.language.clone(),
            priority: ticket.priority,
            status: ticket.status,
            escalation_level: ticket.escalation_level,
            returned_by: ticket.returned_by,
            created_at: ticket.created_at,
        })
    }

    /// The lowest level of agents that may take it: the level to which it is escalated, else 1.
    #[must_use]
    pub fn level(&self) -> Level {
        match self.status {
            Status::Escalated => Level(self.escalation_level.saturating_add(1)),
            Status::Open
            | Status::Assigned
            | Status::InProgress
            | Status::WaitingCustomer
            | Status::WaitingInternal
            | Status::Reopened
            | Status::Resolved
            | Status::Closed => Level(1),
        }
    }

    /// Whether it is assigned before `other`: the most urgent ticket first, then the oldest.
    #[must_use]
    pub fn goes_before(&self, other: &Self) -> bool {
        let place = |ticket: &Self| (ticket.created_at, ticket.id);
        self.priority > other.priority
            || (self.priority == other.priority && place(self) < place(other))
    }
}

#[cfg(test)]
mod tests;
