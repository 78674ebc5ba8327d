//! Whether a mail is still true at delivery: the ticket may have changed since the event. A mail that
//! relays a person's text stays true, but what it asks for may be done already. Pure.

use crate::notifications::content::Content;
use crate::{
    notifications::Template,
    sla::Metric,
    tickets::{Status, TicketEventKind},
};
use chrono::{DateTime, Utc};

/// What happened to the ticket after the event of a notification.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// How often it was reopened.
    pub reopened: i32,
    /// Whether it was assigned.
    pub assigned: bool,
    /// Whether its status became `waiting_customer`.
    pub asked: bool,
    /// Whether staff wrote a public message.
    pub answered: bool,
}

/// The state of the clock of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockFacts {
    /// When it passes the first warning threshold.
    pub warn_at: DateTime<Utc>,
    /// Its deadline.
    pub due_at: DateTime<Utc>,
    /// Whether it is neither stopped nor paused.
    pub running: bool,
    /// Whether it has stopped.
    pub stopped: bool,
    /// Whether its breach is recorded.
    pub breached: bool,
}

impl ClockFacts {
    fn is_at_risk(&self, now: DateTime<Utc>) -> bool {
        self.running && !self.breached && self.warn_at <= now && now <= self.due_at
    }
}

impl Content {
    /// Whether the mail is true at `now`. Where a later event replaced this one, that event has its own mail
    /// or needs none.
    pub(super) fn is_still_true(&self, now: DateTime<Utc>) -> bool {
        let (ticket, since) = (&self.ticket, self.since);
        let active = ticket.status.is_active();
        match self.template {
            Template::TicketAssigned => {
                active && !since.assigned && ticket.assigned_to == self.kind.new_assignee()
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
            Template::StatusChanged | Template::WorkStatusChanged => {
                self.kind.new_status() == Some(ticket.status)
            }
            Template::TicketWaiting => active && ticket.assigned_to.is_none(),
            Template::SlaAtRisk => self.clock.is_some_and(|clock| clock.is_at_risk(now)),
            // The mail tells of the past, which does not change.
            Template::TicketReceived
            | Template::StaffReplied
            | Template::CustomerReplied
            | Template::NoteAdded
            | Template::Mentioned
            | Template::SlaBreached
            | Template::ConfirmEmail
            | Template::ResetPassword
            | Template::PasswordChanged
            | Template::EmailChanged
            | Template::TooManyFailures
            | Template::WebhookDisabled => true,
        }
    }

    /// Whether the request of the mail to its reader is done, or can no longer be done.
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
            | Template::StatusChanged
            | Template::WorkAssigned
            | Template::WorkReopened
            | Template::WorkStatusChanged
            | Template::NoteAdded
            | Template::Mentioned
            | Template::TicketWaiting
            | Template::EscalatedToYou
            | Template::EscalatedToNobody
            | Template::EscalationResolved
            | Template::SlaAtRisk
            | Template::ConfirmEmail
            | Template::ResetPassword
            | Template::PasswordChanged
            | Template::EmailChanged
            | Template::TooManyFailures
            | Template::WebhookDisabled => false,
        }
    }

    /// Whether the mail is about a resolution clock and the ticket waits for the customer.
    #[must_use]
    pub fn waits_for_customer(&self) -> bool {
        let resolution = matches!(
            self.kind,
            TicketEventKind::SlaBreached {
                metric: Metric::Resolution,
                ..
            }
        );
        resolution && self.ticket.status == Status::WaitingCustomer
    }
}

#[cfg(test)]
mod tests;
