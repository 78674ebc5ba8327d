//! Whether a mail is still so when it is sent: what happened to the ticket meanwhile may have
//! overtaken it. A mail that relays what a person wrote stays true; what it asks for may be done. Pure.

use crate::notifications::content::Content;
use crate::{
    notifications::Template,
    sla::Metric,
    tickets::{Status, TicketEventKind},
};
use chrono::{DateTime, Utc};

/// What happened to the ticket after the event of which a notification tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// How often it was reopened.
    pub reopened: i32,
    /// Whether it was assigned to somebody.
    pub assigned: bool,
    /// Whether its customer was asked for an answer.
    pub asked: bool,
    /// Whether staff wrote to its customer.
    pub answered: bool,
}

/// How the clock stands of which a notification tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockFacts {
    /// When its first warning is due.
    pub warn_at: DateTime<Utc>,
    /// Its deadline.
    pub due_at: DateTime<Utc>,
    /// Neither stopped nor paused.
    pub running: bool,
    /// Whether what it measures has happened.
    pub stopped: bool,
    /// Whether its breach is on record.
    pub breached: bool,
}

impl ClockFacts {
    fn is_at_risk(&self, now: DateTime<Utc>) -> bool {
        self.running && !self.breached && self.warn_at <= now && now <= self.due_at
    }
}

impl Content {
    /// Whether what the mail says is so at `now`. What has been overtaken is told by its own mail,
    /// or is nothing to be told any more.
    pub fn is_still_so(&self, now: DateTime<Utc>) -> bool {
        let (ticket, since) = (&self.ticket, self.since);
        let active = ticket.status.is_active();
        match self.template {
            Template::TicketAssigned => {
                active && !since.assigned && ticket.assigned_to == assignee(&self.what)
            }
            Template::WorkAssigned => active && !since.assigned,
            Template::AnswerAwaited | Template::AnswerReminder => {
                ticket.status == Status::WaitingCustomer && !since.asked
            }
            Template::TicketResolved => ticket.status == Status::Resolved && since.reopened == 0,
            Template::TicketClosed => ticket.status == Status::Closed && since.reopened == 0,
            Template::WorkReopened => active && since.reopened == 0,
            Template::EscalatedToYou => active,
            Template::EscalatedToNobody => active && ticket.assigned_to.is_none(),
            Template::EscalationResolved => !active && since.reopened == 0,
            Template::SlaAtRisk => self.clock.is_some_and(|clock| clock.is_at_risk(now)),
            // What it tells of was so and stays so.
            Template::TicketReceived
            | Template::StaffReplied
            | Template::CustomerReplied
            | Template::Mentioned
            | Template::SlaBreached
            | Template::ConfirmEmail
            | Template::ResetPassword
            | Template::PasswordChanged
            | Template::EmailChanged
            | Template::TooManyFailures => true,
        }
    }

    /// Whether what the mail would ask of its reader is done, or cannot be done any more.
    #[must_use]
    pub fn is_dealt_with(&self) -> bool {
        let active = self.ticket.status.is_active();
        match self.template {
            Template::TicketReceived => !active,
            Template::CustomerReplied => !active || self.since.answered,
            Template::StaffReplied => self.ticket.status == Status::Closed,
            Template::SlaBreached => !active || self.clock.is_some_and(|clock| clock.stopped),
            Template::TicketAssigned
            | Template::AnswerAwaited
            | Template::AnswerReminder
            | Template::TicketResolved
            | Template::TicketClosed
            | Template::WorkAssigned
            | Template::WorkReopened
            | Template::Mentioned
            | Template::EscalatedToYou
            | Template::EscalatedToNobody
            | Template::EscalationResolved
            | Template::SlaAtRisk
            | Template::ConfirmEmail
            | Template::ResetPassword
            | Template::PasswordChanged
            | Template::EmailChanged
            | Template::TooManyFailures => false,
        }
    }

    /// Whether the resolution of which the mail tells waits for the customer.
    #[must_use]
    pub fn waits_for_customer(&self) -> bool {
        let resolution = matches!(
            self.what,
            TicketEventKind::SlaBreached {
                metric: Metric::Resolution,
                ..
            }
        );
        resolution && self.ticket.status == Status::WaitingCustomer
    }
}

fn assignee(what: &TicketEventKind) -> Option<crate::ids::UserId> {
    if let TicketEventKind::Assigned { to, .. } = what {
        Some(*to)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
