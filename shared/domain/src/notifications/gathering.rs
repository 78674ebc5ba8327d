//! Gathering: of one kind, the first notification goes at once; those of the time after it are told together, in one
//! digest. So five hundred breaches are a mail a minute, and a single event waits for nothing. Pure.

use crate::{channel::Channel, template::Audience, template::Template};
use chrono::TimeDelta;

/// How long the notifications of one kind that follow the first one are gathered, for each person and channel; `None`
/// for those that always go one by one: customers get a thread of mails for each ticket, and owners their links.
#[must_use]
pub const fn gathered_for(template: Template, channel: Channel) -> Option<TimeDelta> {
    match template.audience() {
        Audience::Customer | Audience::Owner => None,
        Audience::Assignee | Audience::Staff => Some(match channel {
            Channel::Email => TimeDelta::minutes(1),
            Channel::Push => TimeDelta::seconds(30),
            Channel::Sms => TimeDelta::minutes(10),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications_of_staff_are_gathered_and_those_of_customers_are_not() {
        let gathered = |template| gathered_for(template, Channel::Email).is_some();
        assert!(gathered(Template::SlaBreached) && gathered(Template::CustomerReplied));
        assert!(!gathered(Template::StaffReplied) && !gathered(Template::ResetPassword));
    }
}
