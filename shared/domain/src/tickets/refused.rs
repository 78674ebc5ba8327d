//! Reasons for which a ticket refuses a change. Pure.

use crate::tickets::{Status, TicketNumber, Transition};

/// A change that a ticket does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketRefusal {
    /// The table of transitions does not allow it.
    Transition {
        /// The present status.
        present: Status,
        /// The requested transition.
        wanted: Transition,
    },
    /// The priority of a resolved or closed ticket cannot change.
    PriorityStands {
        /// The present status.
        present: Status,
    },
    /// A requester closes a resolved or closed ticket.
    NothingToClose {
        /// The present status.
        present: Status,
    },
    /// A requester writes to a closed ticket.
    Closed,
    /// A requester reopens a ticket that was closed too long ago.
    ReopenWindowOver {
        /// Days after closing in which a requester may reopen it.
        days: i64,
        /// The ticket number, to mention in a new ticket.
        number: TicketNumber,
    },
    /// A requester changes a ticket that staff have answered, or that is resolved or closed.
    Answered,
    /// There is no resolution to rate.
    NotResolved {
        /// The present status.
        present: Status,
    },
    /// The last resolution has been rated.
    RatedAlready,
    /// The ticket has been reopened since the survey was sent.
    SurveyOver,
}
