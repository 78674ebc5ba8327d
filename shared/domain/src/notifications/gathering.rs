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

/// One text message, since each costs money.
const fn at_once(template: Template, channel: Channel) -> i32 {
    match channel {
        Channel::Sms => 1,
        Channel::Email | Channel::Push => template.spec().at_once,
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
