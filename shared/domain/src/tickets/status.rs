//! The states of a ticket and the one table of moves between them. Pure.

use crate::text_enum;

text_enum! {
    /// Where a ticket stands.
    pub enum Status {
        /// New, or handed back to the queue.
        Open = "open",
        /// Somebody's, not begun.
        Assigned = "assigned",
        /// Being worked on.
        InProgress = "in_progress",
        /// The customer has to answer.
        WaitingCustomer = "waiting_customer",
        /// Somebody else in the house has to.
        WaitingInternal = "waiting_internal",
        /// Lifted to a higher level.
        Escalated = "escalated",
        /// Back from resolved or closed.
        Reopened = "reopened",
        /// Answered for good, as the agent sees it.
        Resolved = "resolved",
        /// Over.
        Closed = "closed",
    }
}

impl Status {
    /// All but resolved and closed: those that count for an agent's load.
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

/// What somebody wants to do with a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    /// Set the status by hand.
    Set(Status),
    /// Give it to somebody.
    Assign,
    /// Lift it to the next level.
    Escalate,
    /// Close it.
    Close,
    /// Take it up again.
    Reopen,
}

/// An operation on a ticket that a refusal points to. How it is called is known where it is
/// offered: by a path in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketOperation {
    /// Give it to an agent.
    Assign,
    /// Escalate it to the next level.
    Escalate,
    /// Reopen it.
    Reopen,
}

/// What the table says of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransitionResult {
    /// It becomes this.
    To(Status),
    /// It is so already.
    Stays,
    /// Not from here.
    TicketRefusal,
}

impl Status {
    /// The table of moves of the contract, section 3.
    #[must_use]
    pub fn after(self, change: Transition) -> TransitionResult {
        match change {
            Transition::Set(to) if to == self => TransitionResult::Stays,
            Transition::Set(to) if self.settable().contains(&to) => TransitionResult::To(to),
            Transition::Set(_) => TransitionResult::TicketRefusal,
            Transition::Assign => match self {
                Self::Open | Self::Reopened | Self::Escalated => {
                    TransitionResult::To(Self::Assigned)
                }
                Self::Assigned
                | Self::InProgress
                | Self::WaitingCustomer
                | Self::WaitingInternal => TransitionResult::Stays,
                Self::Resolved | Self::Closed => TransitionResult::TicketRefusal,
            },
            Transition::Escalate if self.is_active() => TransitionResult::To(Self::Escalated),
            Transition::Escalate => TransitionResult::TicketRefusal,
            Transition::Close if self == Self::Closed => TransitionResult::TicketRefusal,
            Transition::Close => TransitionResult::To(Self::Closed),
            Transition::Reopen if self.is_active() => TransitionResult::TicketRefusal,
            Transition::Reopen => TransitionResult::To(Self::Reopened),
        }
    }

    /// The operation that a status belongs to, where it cannot be set by itself, whatever the
    /// present one is.
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

    /// What the status of a ticket in this state may be set to, the present state aside.
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
