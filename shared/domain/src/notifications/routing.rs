//! On which channels a person is told: the table of the contract, section 6, and what the person chose. Pure.

use crate::{
    channel::Channel,
    notifications::{Planned, Template},
    template::When,
    tickets::{Priority, Recipient},
};

/// A choice of a person that differs from the table: whether a kind of notification is sent on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preference {
    /// The kind of the notification.
    pub template: Template,
    /// The channel.
    pub channel: Channel,
    /// Whether it is sent.
    pub enabled: bool,
}

/// How a person can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// The choices that differ from the table.
    pub preferences: Vec<Preference>,
    /// Whether the person has subscribed a device.
    pub has_device: bool,
    /// Whether text messages are sent, and the person has a number.
    pub has_number: bool,
}

impl Reach {
    /// Whether the person wants this kind on this channel.
    #[must_use]
    pub fn wants(&self, template: Template, channel: Channel) -> bool {
        let chosen = self
            .preferences
            .iter()
            .find(|one| one.template == template && one.channel == channel);
        chosen.is_none_or(|one| one.enabled)
    }

    fn has(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => true,
            Channel::Push => self.has_device,
            Channel::Sms => self.has_number,
        }
    }
}

/// The channels of a planned notification, in the order of [`Channel`].
#[must_use]
pub fn channels(planned: &Planned, priority: Priority, reach: &Reach) -> Vec<Channel> {
    let routes = planned.template.spec().routes.iter();
    routes
        .filter(|route| applies(route.when, priority))
        .map(|route| route.channel)
        .filter(|channel| allowed(planned.recipient).contains(channel))
        .filter(|channel| reach.has(*channel) && reach.wants(planned.template, *channel))
        .collect()
}

fn applies(when: When, priority: Priority) -> bool {
    match when {
        When::Always => true,
        When::Urgent => priority == Priority::Urgent,
        When::UrgentOrHigh => matches!(priority, Priority::Urgent | Priority::High),
    }
}

/// The channels by which a recipient may be told at all. A text message costs money and wakes people: it goes to the
/// person who has to act.
const fn allowed(recipient: Recipient) -> &'static [Channel] {
    match recipient {
        Recipient::Customer
        | Recipient::EscalatedFrom
        | Recipient::EscalatedFromUntold
        | Recipient::Mentioned
        | Recipient::NextLevel
        | Recipient::Admins => &[Channel::Email, Channel::Push],
        Recipient::Assignee
        | Recipient::AssigneeIfCustomerActed
        | Recipient::AssigneeUnlessCustomerActed
        | Recipient::NewAssignee
        | Recipient::OnDuty => &[Channel::Email, Channel::Push, Channel::Sms],
        Recipient::DepartmentStaff => &[Channel::Sms],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::UserId;
    use Channel::{Email, Push, Sms};

    fn by(template: Template, recipient: Recipient, priority: Priority) -> Vec<Channel> {
        let planned = Planned {
            to: UserId(uuid::Uuid::nil()),
            template,
            recipient,
        };
        let everything = Reach {
            has_device: true,
            has_number: true,
            ..Reach::default()
        };
        channels(&planned, priority, &everything)
    }

    #[test]
    fn a_breach_is_texted_to_the_assignee_of_an_urgent_or_high_ticket_alone() {
        use Priority::{High, Medium, Urgent};
        let breached = |recipient, priority| by(Template::SlaBreached, recipient, priority);
        assert_eq!(breached(Recipient::Assignee, Urgent), [Email, Push, Sms]);
        assert_eq!(breached(Recipient::Assignee, High), [Email, Push, Sms]);
        assert_eq!(breached(Recipient::Assignee, Medium), [Email, Push]);
        assert_eq!(breached(Recipient::Admins, Urgent), [Email, Push]);
        let at_risk = |priority| by(Template::SlaAtRisk, Recipient::Assignee, priority);
        assert_eq!(at_risk(High), [Email, Push]);
        assert_eq!(at_risk(Urgent), [Email, Push, Sms]);
    }

    #[test]
    fn a_waiting_ticket_is_pushed_to_those_on_duty_and_texted_to_the_department_when_urgent() {
        let waiting = |recipient, priority| by(Template::TicketWaiting, recipient, priority);
        assert_eq!(waiting(Recipient::OnDuty, Priority::Low), [Push]);
        assert_eq!(waiting(Recipient::OnDuty, Priority::Urgent), [Push, Sms]);
        assert_eq!(waiting(Recipient::DepartmentStaff, Priority::Urgent), [Sms]);
        assert_eq!(waiting(Recipient::DepartmentStaff, Priority::High), []);
    }

    #[test]
    fn a_channel_that_a_person_lacks_or_refuses_is_left_out() {
        let planned = Planned {
            to: UserId(uuid::Uuid::nil()),
            template: Template::WorkAssigned,
            recipient: Recipient::NewAssignee,
        };
        let without_device = Reach::default();
        assert_eq!(channels(&planned, Priority::Low, &without_device), [Email]);
        let refused = Preference {
            template: Template::WorkAssigned,
            channel: Email,
            enabled: false,
        };
        let reach = Reach {
            preferences: vec![refused],
            has_device: true,
            has_number: false,
        };
        assert_eq!(channels(&planned, Priority::Low, &reach), [Push]);
        assert!(reach.wants(Template::SlaBreached, Email));
    }
}
