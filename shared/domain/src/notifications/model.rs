//! The words of notifications: templates, and where one stands. Pure.

use crate::{channel::Channel, ids::UserId, text_enum};

text_enum! {
    /// What a person is told.
    pub enum Template {
        /// To the customer: the ticket has arrived.
        TicketReceived = "ticket_received",
        /// To the customer: somebody takes care of it.
        TicketAssigned = "ticket_assigned",
        /// To the customer: an answer is awaited.
        AnswerAwaited = "answer_awaited",
        /// To the customer: the answer is still awaited.
        AnswerReminder = "answer_reminder",
        /// To the customer: a new message.
        StaffReplied = "staff_replied",
        /// To the customer: it is resolved.
        TicketResolved = "ticket_resolved",
        /// To the customer: it is closed; with the survey.
        TicketClosed = "ticket_closed",
        /// To the agent who has it now.
        WorkAssigned = "work_assigned",
        /// To the agent who has it: the customer wrote.
        CustomerReplied = "customer_replied",
        /// To the agent who has it: it is open again.
        WorkReopened = "work_reopened",
        /// To an agent whom a colleague named in a note.
        Mentioned = "mentioned",
        /// To the agent it was lifted to.
        EscalatedToYou = "escalated_to_you",
        /// To the admins: it was lifted, and nobody was there to take it.
        EscalatedToNobody = "escalated_to_nobody",
        /// To an agent who had lifted it: what became of it.
        EscalationResolved = "escalation_resolved",
        /// To the agent who has it: a deadline is near.
        SlaAtRisk = "sla_at_risk",
        /// To all who must know: a deadline has passed.
        SlaBreached = "sla_breached",
        /// To an address that somebody has given as theirs: is it?
        ConfirmEmail = "confirm_email",
        /// To the owner of an account: the link to a new password.
        ResetPassword = "reset_password",
        /// To the owner of an account: it has a new password.
        PasswordChanged = "password_changed",
        /// To the address that an account had: it has another one now.
        EmailChanged = "email_changed",
        /// To the owner of an account: somebody sent too many wrong passwords.
        TooManyFailures = "too_many_failures",
    }
}

/// For whom a template is written, and until when it holds good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The customer whose ticket it is.
    Customer,
    /// The agent who has the ticket, while that is so: afterwards it is out of the agent's sight.
    Holder,
    /// Any member of staff.
    Staff,
    /// Whoever has the account. It is told whatever a person prefers.
    Owner,
}

impl Template {
    /// For whom it is written.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::TicketReceived
            | Self::TicketAssigned
            | Self::AnswerAwaited
            | Self::AnswerReminder
            | Self::StaffReplied
            | Self::TicketResolved
            | Self::TicketClosed => Audience::Customer,
            Self::WorkAssigned
            | Self::CustomerReplied
            | Self::WorkReopened
            | Self::EscalatedToYou
            | Self::SlaAtRisk => Audience::Holder,
            Self::Mentioned
            | Self::EscalatedToNobody
            | Self::EscalationResolved
            | Self::SlaBreached => Audience::Staff,
            Self::ConfirmEmail
            | Self::ResetPassword
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::TooManyFailures => Audience::Owner,
        }
    }
}

impl Template {
    /// Whether it hands on what a person wrote to the reader, rather than says something of the system's own.
    #[must_use]
    pub const fn relays_a_message(self) -> bool {
        match self {
            Self::StaffReplied | Self::CustomerReplied | Self::Mentioned => true,
            Self::TicketReceived
            | Self::TicketAssigned
            | Self::AnswerAwaited
            | Self::AnswerReminder
            | Self::TicketResolved
            | Self::TicketClosed
            | Self::WorkAssigned
            | Self::WorkReopened
            | Self::EscalatedToYou
            | Self::EscalatedToNobody
            | Self::EscalationResolved
            | Self::SlaAtRisk
            | Self::SlaBreached
            | Self::ConfirmEmail
            | Self::ResetPassword
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::TooManyFailures => false,
        }
    }
}

text_enum! {
    /// Where a notification stands.
    pub enum NotificationStatus {
        /// To be sent.
        Pending = "pending",
        /// A provider took it.
        Sent = "sent",
        /// Given up for now.
        Failed = "failed",
        /// Put by until its address is confirmed.
        Held = "held",
        /// There was nothing to tell any more when it was about to be sent.
        Dropped = "dropped",
    }
}

impl NotificationStatus {
    /// Whether there is nothing left to do. A failed one can be sent again.
    #[must_use]
    pub const fn is_final(self) -> bool {
        match self {
            Self::Sent | Self::Dropped => true,
            Self::Pending | Self::Failed | Self::Held => false,
        }
    }
}

/// Somebody who is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// Who.
    pub to: UserId,
    /// How.
    pub channel: Channel,
    /// What.
    pub template: Template,
}
