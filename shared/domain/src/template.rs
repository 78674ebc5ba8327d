//! Templates: the kinds of notifications, to whom each is told, and on which channels. This file imports nothing but the
//! channels, so that events and accounts can name their templates. Pure.

use crate::{channel::Channel, text_enum};

text_enum! {
    /// What a notification tells its recipient.
    pub enum Template as "NotificationKind" {
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
        /// To the customer: the status of the ticket changed.
        StatusChanged = "status_changed",
        /// To the new assignee: the ticket was assigned to them.
        WorkAssigned = "work_assigned",
        /// To the assignee: the customer wrote a message.
        CustomerReplied = "customer_replied",
        /// To the assignee: the ticket was reopened.
        WorkReopened = "work_reopened",
        /// To the assignee: another person changed the status of the ticket.
        WorkStatusChanged = "work_status_changed",
        /// To the assignee: an internal note was added.
        NoteAdded = "note_added",
        /// To an agent whom a note mentions.
        Mentioned = "mentioned",
        /// To agents of the department: a new ticket waits, since nobody could be assigned.
        TicketWaiting = "ticket_waiting",
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

/// Whose words a notification is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Words {
    /// The system's.
    System,
    /// Those of a person who wrote to the reader. Such mails are not marked as automatic.
    Person,
}

/// When a notification goes by a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// When the ticket is urgent.
    Urgent,
    /// When the priority of the ticket is urgent or high.
    UrgentOrHigh,
}

/// A channel by which a notification goes, unless its reader refuses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The channel.
    pub channel: Channel,
    /// When it is used.
    pub when: When,
}

/// Everything that is fixed about a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TemplateSpec {
    /// Its readers.
    pub audience: Audience,
    /// Whose words it relays.
    pub words: Words,
    /// The channels, in the order of [`Channel`].
    pub routes: &'static [Route],
    /// How many of them one person is sent at once, before further ones are gathered.
    pub at_once: i32,
}

/// What people cause comes a few at a time, and each deserves its own message, until there are many.
const FEW: i32 = 5;

const EMAIL: Route = route(Channel::Email, When::Always);
const PUSH: Route = route(Channel::Push, When::Always);
const SMS_IF_URGENT: Route = route(Channel::Sms, When::Urgent);
const SMS_IF_URGENT_OR_HIGH: Route = route(Channel::Sms, When::UrgentOrHigh);

const fn route(channel: Channel, when: When) -> Route {
    Route { channel, when }
}

const fn to(audience: Audience, routes: &'static [Route]) -> TemplateSpec {
    TemplateSpec {
        audience,
        words: Words::System,
        routes,
        at_once: FEW,
    }
}

impl TemplateSpec {
    const fn relaying(mut self) -> Self {
        self.words = Words::Person;
        self
    }

    /// Of what time itself can cause by the hundred.
    const fn one_at_once(mut self) -> Self {
        self.at_once = 1;
        self
    }
}

impl Template {
    /// The row of a template: the table of the contract, section 6.
    #[must_use]
    pub const fn spec(self) -> TemplateSpec {
        use Audience::{Assignee, Customer, Owner, Staff};
        match self {
            Self::TicketReceived | Self::TicketAssigned | Self::AnswerReminder => {
                to(Customer, &[EMAIL])
            }
            Self::AnswerAwaited | Self::TicketResolved | Self::TicketClosed => {
                to(Customer, &[EMAIL, PUSH])
            }
            Self::StaffReplied => to(Customer, &[EMAIL, PUSH]).relaying(),
            Self::StatusChanged => to(Customer, &[PUSH]),
            Self::WorkAssigned | Self::WorkReopened => to(Assignee, &[EMAIL, PUSH]),
            Self::CustomerReplied => to(Assignee, &[EMAIL, PUSH]).relaying(),
            Self::WorkStatusChanged | Self::NoteAdded => to(Assignee, &[PUSH]),
            Self::Mentioned => to(Staff, &[EMAIL, PUSH]).relaying(),
            Self::TicketWaiting => to(Staff, &[PUSH, SMS_IF_URGENT]).one_at_once(),
            Self::EscalatedToYou => to(Assignee, &[EMAIL, PUSH, SMS_IF_URGENT]),
            Self::SlaAtRisk => to(Assignee, &[EMAIL, PUSH, SMS_IF_URGENT]).one_at_once(),
            Self::SlaBreached => to(Staff, &[EMAIL, PUSH, SMS_IF_URGENT_OR_HIGH]).one_at_once(),
            Self::EscalatedToNobody => to(Staff, &[EMAIL, PUSH]).one_at_once(),
            Self::EscalationResolved => to(Staff, &[EMAIL, PUSH]),
            Self::ConfirmEmail
            | Self::ResetPassword
            | Self::PasswordChanged
            | Self::EmailChanged
            | Self::TooManyFailures
            | Self::WebhookDisabled => to(Owner, &[EMAIL]),
        }
    }

    /// Its readers.
    #[must_use]
    pub const fn audience(self) -> Audience {
        self.spec().audience
    }

    /// Whether it relays a text that a person wrote to the reader.
    #[must_use]
    pub const fn relays_a_message(self) -> bool {
        matches!(self.spec().words, Words::Person)
    }

    /// Whether it ever goes by a channel.
    #[must_use]
    pub fn goes_by(self, channel: Channel) -> bool {
        let mut routes = self.spec().routes.iter();
        routes.any(|route| route.channel == channel)
    }

    /// The templates of one kind of readers, in the order of declaration.
    pub fn of(audience: Audience) -> impl Iterator<Item = Self> {
        let all = Self::ALL.iter().copied();
        all.filter(move |template| template.audience() == audience)
    }
}
