//! Every job of the system on one screen. A payload is ids; its name is the serde tag, which
//! outlives renamings in Rust. To change a payload add a field with a default, or add a variant
//! and keep the old one until it has drained. Pure.

use crate::{
    ids::{EventId, NotificationId, ResetRequestId, TicketId, UserId},
    text_enum,
};
use serde::{Deserialize, Serialize};

text_enum! {
    /// A line of jobs with workers of its own, so that a slow kind does not delay a fast one.
    pub enum Queue {
        /// Giving tickets to agents.
        Assignment = "assignment",
        /// Deadlines, auto-close and other sweeps.
        Sweeps = "sweeps",
        /// Deciding who is to be told.
        Notify = "notify",
        /// Talking to the mail server.
        Email = "email",
        /// Statistics and pruning.
        Bulk = "bulk",
    }
}

text_enum! {
    /// Who is to run the jobs that follow from a change.
    pub enum Lane {
        /// The workers.
        Workers = "workers",
        /// Whoever enqueued them, in its own process and by its own clock: the demo. Workers never
        /// see such jobs.
        Own = "own",
    }
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Find an agent for a ticket.
    AssignTicket {
        /// The ticket.
        ticket: TicketId,
    },
    /// An agent has room: give waiting tickets to the agent.
    FillAgent {
        /// The agent.
        agent: UserId,
    },
    /// Sweep: find agents for whatever waits.
    AssignWaiting,
    /// Decide who hears of an event, and on which channel.
    PlanNotifications {
        /// The event.
        event: EventId,
    },
    /// Put the active tickets of somebody who is no agent any more back to the queue.
    ReleaseTickets {
        /// The one who was an agent.
        agent: UserId,
    },
    /// Find out whether the address of a request is known, and mail a link to a new password.
    RequestPasswordReset {
        /// The request.
        request: ResetRequestId,
    },
    /// Find out whether the address of a report is known, and tell its owner of failed logins.
    TellOfFailures {
        /// The report, which is kept as a request for a new password is.
        request: ResetRequestId,
    },
    /// Send one e-mail.
    DeliverEmail {
        /// The notification.
        notification: NotificationId,
    },
    /// Sweep: put deadlines that came near or passed on record.
    SweepSla,
    /// Sweep: close what was resolved long ago, remind and resolve what waits for a customer.
    AutoClose,
    /// Sweep: bring the aggregates up to date.
    RollUpStats,
    /// Sweep: delete what has served its time.
    Prune,
}

impl Job {
    /// The name under which it is stored, logged and measured: the serde tag.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::AssignTicket { .. } => "assign_ticket",
            Self::FillAgent { .. } => "fill_agent",
            Self::AssignWaiting => "assign_waiting",
            Self::PlanNotifications { .. } => "plan_notifications",
            Self::ReleaseTickets { .. } => "release_tickets",
            Self::RequestPasswordReset { .. } => "request_password_reset",
            Self::TellOfFailures { .. } => "tell_of_failures",
            Self::DeliverEmail { .. } => "deliver_email",
            Self::SweepSla => "sweep_sla",
            Self::AutoClose => "auto_close",
            Self::RollUpStats => "roll_up_stats",
            Self::Prune => "prune",
        }
    }

    /// The queue that it waits in.
    #[must_use]
    pub const fn queue(&self) -> Queue {
        match self {
            Self::AssignTicket { .. }
            | Self::FillAgent { .. }
            | Self::AssignWaiting
            | Self::ReleaseTickets { .. } => Queue::Assignment,
            Self::SweepSla | Self::AutoClose => Queue::Sweeps,
            Self::PlanNotifications { .. }
            | Self::RequestPasswordReset { .. }
            | Self::TellOfFailures { .. } => Queue::Notify,
            Self::DeliverEmail { .. } => Queue::Email,
            Self::RollUpStats | Self::Prune => Queue::Bulk,
        }
    }

    /// The ticket that it is about, where the payload names one.
    #[must_use]
    pub const fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::AssignTicket { ticket } => Some(*ticket),
            Self::FillAgent { .. }
            | Self::AssignWaiting
            | Self::PlanNotifications { .. }
            | Self::ReleaseTickets { .. }
            | Self::RequestPasswordReset { .. }
            | Self::TellOfFailures { .. }
            | Self::DeliverEmail { .. }
            | Self::SweepSla
            | Self::AutoClose
            | Self::RollUpStats
            | Self::Prune => None,
        }
    }

    /// Of equal jobs only one waits at a time: those that say what to look at rather than what to
    /// do. `None` for jobs that may wait many times over.
    ///
    /// Only the scheduler enqueues the former: two transactions that insert the same key wait for
    /// each other, which no request may be made to do.
    #[must_use]
    pub const fn unique_key(&self) -> Option<&'static str> {
        match self {
            Self::AssignWaiting
            | Self::SweepSla
            | Self::AutoClose
            | Self::RollUpStats
            | Self::Prune => Some(self.name()),
            Self::AssignTicket { .. }
            | Self::FillAgent { .. }
            | Self::PlanNotifications { .. }
            | Self::ReleaseTickets { .. }
            | Self::RequestPasswordReset { .. }
            | Self::TellOfFailures { .. }
            | Self::DeliverEmail { .. } => None,
        }
    }

    /// Which of the jobs in a queue goes first: the higher.
    #[must_use]
    pub const fn priority(&self) -> i16 {
        match self {
            Self::AssignTicket { .. }
            | Self::FillAgent { .. }
            | Self::ReleaseTickets { .. }
            | Self::RequestPasswordReset { .. }
            | Self::SweepSla
            | Self::RollUpStats => 10,
            Self::PlanNotifications { .. }
            | Self::TellOfFailures { .. }
            | Self::DeliverEmail { .. }
            | Self::AssignWaiting
            | Self::AutoClose
            | Self::Prune => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_job_whose_payload_names_a_ticket_is_about_that_ticket() {
        let ticket = TicketId(Uuid::from_u128(7));
        assert_eq!(Job::AssignTicket { ticket }.ticket(), Some(ticket));
        let agent = UserId(Uuid::from_u128(8));
        for job in [Job::FillAgent { agent }, Job::SweepSla] {
            assert_eq!(job.ticket(), None, "{}", job.name());
        }
    }
}
