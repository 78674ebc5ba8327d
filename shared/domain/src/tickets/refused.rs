//! Why a change of a ticket is refused. Pure.

use crate::tickets::{Status, TicketNumber, Transition};

/// A change that a ticket does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketRefusal {
    /// The table of transitions does not have it.
    Transition {
        /// The present status.
        present: Status,
        /// What was wanted.
        wanted: Transition,
    },
    /// The priority of a resolved or closed ticket stands.
    PriorityStands {
        /// The present status.
        present: Status,
    },
    /// A requester closes what is resolved or closed.
    NothingToClose {
        /// The present status.
        present: Status,
    },
    /// A requester writes to a closed ticket.
    Closed,
    /// A requester reopens what was closed too long ago.
    ReopenWindowOver {
        /// Days after closing in which a requester may.
        days: i64,
        /// The number to mention in a new ticket.
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
