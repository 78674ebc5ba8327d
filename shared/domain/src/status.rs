//! The statuses of a ticket and the table of transitions between them. Pure.

use crate::text_enum;

text_enum! {
    /// The place of a ticket in its life.
    pub enum Status {
        /// The ticket is new, or was returned to the queue, and waits for an agent.
        Open = "open",
        /// The ticket is assigned to an agent who has not started work on it.
        Assigned = "assigned",
        /// An agent works on the ticket.
        InProgress = "in_progress",
        /// The ticket waits for an answer of the customer.
        WaitingCustomer = "waiting_customer",
        /// The ticket waits for another team.
        WaitingInternal = "waiting_internal",
        /// The ticket was escalated to a higher support level.
        Escalated = "escalated",
        /// The ticket was reopened after it was resolved or closed.
        Reopened = "reopened",
        /// An agent has solved the problem. The customer may reopen the ticket.
        Resolved = "resolved",
        /// The ticket has ended. Only reopening changes it.
        Closed = "closed",
    }
}

impl Status {
    /// Whether it is neither resolved nor closed. Active tickets count as an agent's load.
    #[must_use]
    pub const fn is_active(self) -> bool {
        match self {
            Self::Resolved | Self::Closed => false,
            Self::Open
            | Self::Assigned
            | Self::InProgress
            | Self::WaitingCustomer
            | Self::WaitingInternal
            | Self::Escalated
            | Self::Reopened => true,
        }
    }
}

/// A change of a ticket that may change its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// Set the status by hand.
    Set(Status),
    /// Assign it.
    Assign,
    /// Escalate it to the next level.
    Escalate,
    /// Close it.
    Close,
    /// Reopen it.
    Reopen,
}

/// An operation on a ticket that a refusal suggests. The API adds its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketOperation {
    /// Assign it to an agent.
    Assign,
    /// Escalate it to the next level.
    Escalate,
    /// Reopen it.
    Reopen,
}

/// The result of a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransitionResult {
    /// The ticket gets this status.
    To(Status),
    /// The status stays.
    Stays,
    /// The transition is not allowed from the present status.
    Refused,
}

impl Status {
    /// The table of transitions of the contract, section 3.
    #[must_use]
    pub fn after(self, change: Transition) -> TransitionResult {
        match change {
            Transition::Set(to) if to == self => TransitionResult::Stays,
            Transition::Set(to) if self.settable().contains(&to) => TransitionResult::To(to),
            Transition::Set(_) => TransitionResult::Refused,
            Transition::Assign => match self {
                Self::Open | Self::Reopened | Self::Escalated => {
                    TransitionResult::To(Self::Assigned)
                }
                Self::Assigned
                | Self::InProgress
                | Self::WaitingCustomer
                | Self::WaitingInternal => TransitionResult::Stays,
                Self::Resolved | Self::Closed => TransitionResult::Refused,
            },
            Transition::Escalate if self.is_active() => TransitionResult::To(Self::Escalated),
            Transition::Escalate => TransitionResult::Refused,
            Transition::Close if self == Self::Closed => TransitionResult::Refused,
            Transition::Close => TransitionResult::To(Self::Closed),
            Transition::Reopen if self.is_active() => TransitionResult::Refused,
            Transition::Reopen => TransitionResult::To(Self::Reopened),
        }
    }

    /// The operation that leads to a status which can never be set directly.
    #[must_use]
    pub const fn own_operation(self) -> Option<TicketOperation> {
        match self {
            Self::Assigned => Some(TicketOperation::Assign),
            Self::Escalated => Some(TicketOperation::Escalate),
            Self::Reopened => Some(TicketOperation::Reopen),
            Self::Open
            | Self::InProgress
            | Self::WaitingCustomer
            | Self::WaitingInternal
            | Self::Resolved
            | Self::Closed => None,
        }
    }

    /// The other statuses that can be set by hand from this one.
    #[must_use]
    pub const fn settable(self) -> &'static [Self] {
        use Status::{Closed, InProgress, Open, Resolved, WaitingCustomer, WaitingInternal};
        match self {
            Self::Open => &[InProgress, Resolved],
            Self::Assigned | Self::Escalated | Self::Reopened => {
                &[Open, InProgress, WaitingCustomer, WaitingInternal, Resolved]
            }
            Self::InProgress => &[Open, WaitingCustomer, WaitingInternal, Resolved],
            Self::WaitingCustomer => &[Open, InProgress, WaitingInternal, Resolved],
            Self::WaitingInternal => &[Open, InProgress, WaitingCustomer, Resolved],
            Self::Resolved => &[Closed],
            Self::Closed => &[],
        }
    }
}

#[cfg(test)]
mod tests;
