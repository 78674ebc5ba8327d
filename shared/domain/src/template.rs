//! Templates: what a notification tells, and to whom. This file imports nothing, so that events and accounts can name
//! their templates. Pure.

use crate::text_enum;

text_enum! {
    /// The template of a notification: what the recipient is told.
    pub enum Template {
        /// To the customer: the ticket was received.
        TicketReceived = "ticket_received",
        /// To the customer: the ticket was assigned.
        TicketAssigned = "ticket_assigned",
        /// To the customer: an answer is awaited.
        AnswerAwaited = "answer_awaited",
        /// To the customer: the answer is still awaited.
        AnswerReminder = "answer_reminder",
        /// To the customer: staff wrote a message.
        StaffReplied = "staff_replied",
        /// To the customer: the ticket was resolved.
        TicketResolved = "ticket_resolved",
        /// To the customer: the ticket was closed; with the survey.
        TicketClosed = "ticket_closed",
        /// To the new assignee: the ticket was assigned to them.
        WorkAssigned = "work_assigned",
        /// To the assignee: the customer wrote a message.
        CustomerReplied = "customer_replied",
        /// To the assignee: the ticket was reopened.
        WorkReopened = "work_reopened",
        /// To an agent whom a note mentions.
        Mentioned = "mentioned",
        /// To the new assignee: the ticket was escalated to them.
        EscalatedToYou = "escalated_to_you",
        /// To the admins: the ticket was escalated, and no agent could take it.
        EscalatedToNobody = "escalated_to_nobody",
        /// To an agent from whom the ticket was escalated: it was resolved.
        EscalationResolved = "escalation_resolved",
        /// To the assignee: a clock passed a warning threshold.
        SlaAtRisk = "sla_at_risk",
        /// To the assignee, the next level and the admins: a clock is breached.
        SlaBreached = "sla_breached",
        /// To a new address: the link that confirms it.
        ConfirmEmail = "confirm_email",
        /// To the owner of an account: the link that resets the password.
        ResetPassword = "reset_password",
        /// To the owner of an account: the password was changed.
        PasswordChanged = "password_changed",
        /// To the previous address of an account: the address was changed.
        EmailChanged = "email_changed",
        /// To the owner of an account: too many logins failed.
        TooManyFailures = "too_many_failures",
        /// To the admins: a webhook was disabled, since its endpoint does not accept events.
        WebhookDisabled = "webhook_disabled",
    }
}

/// The readers of a template; they decide how long a notification stays due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The customer of the ticket.
    Customer,
    /// The assignee, as long as the ticket is assigned to them: afterwards they may not see it.
    Assignee,
    /// Any member of staff.
    Staff,
    /// The owner of the account. Preferences do not apply.
    Owner,
}

impl Template {
    /// Its readers.
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
            | Self::SlaAtRisk => Audience::Assignee,
            Self::Mentioned
            | Self::EscalatedToNobody
            | Self::EscalationResolved
            | Self::SlaBreached => Audience::Staff,
            Self::ConfirmEmail
            | Self::ResetPassword
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::TooManyFailures
            | Self::WebhookDisabled => Audience::Owner,
        }
    }
}

impl Template {
    /// Whether it relays a text that a person wrote to the reader. Such mails are not marked as automatic.
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
            | Self::TooManyFailures
            | Self::WebhookDisabled => false,
        }
    }
}
