//! Gathering: of one kind, the first notifications of a person and channel go at once; further ones of the same time are
//! told together, in one digest. So five hundred breaches are a mail a minute, and a single event waits for nothing. Pure.

use crate::{
    channel::Channel,
    template::{Audience, Template},
};
use chrono::TimeDelta;

/// When the notifications of a kind are gathered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gathering {
    /// The time, from the first one, in which further ones are counted, and gathered.
    pub window: TimeDelta,
    /// How many of these go at once.
    pub at_once: i32,
}

/// How the notifications of a kind are gathered; `None` for those that always go one by one: customers get a thread of
/// mails for each ticket, and owners their links.
#[must_use]
pub const fn gathering(template: Template, channel: Channel) -> Option<Gathering> {
    match template.audience() {
        Audience::Customer | Audience::Owner => None,
        Audience::Assignee | Audience::Staff => Some(Gathering {
            window: window(channel),
            at_once: at_once(template, channel),
        }),
    }
}

const fn window(channel: Channel) -> TimeDelta {
    match channel {
        Channel::Email => TimeDelta::minutes(1),
        Channel::Push => TimeDelta::seconds(30),
        Channel::Sms => TimeDelta::minutes(10),
    }
}

/// One for what time itself can cause by the hundred, and for what costs money. What people cause comes a few at a time,
/// and each deserves its own message, until there are many.
const fn at_once(template: Template, channel: Channel) -> i32 {
    const FEW: i32 = 5;
    if matches!(channel, Channel::Sms) {
        return 1;
    }
    match template {
        Template::SlaAtRisk
        | Template::SlaBreached
        | Template::EscalatedToNobody
        | Template::TicketWaiting => 1,
        Template::TicketReceived
        | Template::TicketAssigned
        | Template::AnswerAwaited
        | Template::AnswerReminder
        | Template::StaffReplied
        | Template::TicketResolved
        | Template::TicketClosed
        | Template::StatusChanged
        | Template::WorkAssigned
        | Template::CustomerReplied
        | Template::WorkReopened
        | Template::WorkStatusChanged
        | Template::NoteAdded
        | Template::Mentioned
        | Template::EscalatedToYou
        | Template::EscalationResolved
        | Template::ConfirmEmail
        | Template::ResetPassword
        | Template::PasswordChanged
        | Template::EmailChanged
        | Template::TooManyFailures
        | Template::WebhookDisabled => FEW,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications_of_staff_are_gathered_and_those_of_customers_are_not() {
        let of = |template| gathering(template, Channel::Email);
        assert!(of(Template::StaffReplied).is_none() && of(Template::ResetPassword).is_none());
        assert_eq!(of(Template::SlaBreached).map(|one| one.at_once), Some(1));
        assert_eq!(
            of(Template::CustomerReplied).map(|one| one.at_once),
            Some(5)
        );
        let text = gathering(Template::EscalatedToYou, Channel::Sms);
        assert_eq!(text.map(|one| one.at_once), Some(1));
    }
}
