//! The content of a notification, as loaded at delivery, and whether it is still due. Pure.

pub mod still;

pub use still::{ClockFacts, Since};

use crate::{
    actor::Actor,
    channel::Channel,
    ids::{NotificationId, TicketId, UserId},
    notifications::{Audience, NotificationStatus, Template, gathering, quiet_until},
    people::{Department, PhoneNumber, Role, Shift},
    sla::Metric,
    tickets::{
        Priority, Status, TicketEventKind, TicketNumber,
        access::{Mention, Scope, Viewer},
    },
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// A notification with everything that a template may show.
#[derive(Debug, Clone)]
pub struct Content {
    /// The notification.
    pub id: NotificationId,
    /// Its template.
    pub template: Template,
    /// Its channel.
    pub channel: Channel,
    /// Its status.
    pub status: NotificationStatus,
    /// The recipient.
    pub person: Recipient,
    /// When the event happened.
    pub at: DateTime<Utc>,
    /// The event.
    pub kind: TicketEventKind,
    /// The given name of the person who did it; `None` for the system and for a deleted account.
    pub actor: Option<String>,
    /// The ticket.
    pub ticket: TicketFacts,
    /// What happened to the ticket after the event.
    pub since: Since,
    /// The clock of the event, if the event is about one.
    pub clock: Option<ClockFacts>,
    /// The next deadline of the ticket.
    pub next_deadline: Option<Deadline>,
    /// The text of the message or the note.
    pub text: Option<String>,
    /// The names of the files of the message or the note.
    pub files: Vec<String>,
    /// Whether the message or the note was redacted.
    pub is_redacted: bool,
    /// Whether a note of the ticket mentions the recipient.
    pub mention: Mention,
    /// Whether the recipient wants it on its channel.
    pub is_wanted: bool,
    /// Whether the recipient has read it in the app.
    pub is_read: bool,
    /// When the recipient is not to be disturbed: weekly periods in the recipient's time zone.
    pub quiet_hours: Vec<Shift>,
}

/// What is to be done with a notification now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is sent.
    Send,
    /// It is not sent, now or later.
    Drop,
    /// It waits for the end of the quiet hours.
    Wait(DateTime<Utc>),
}

/// The recipient of a notification.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// The account.
    pub id: UserId,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// E-mail address.
    pub email: String,
    /// Phone number; `None` for an account without one.
    pub phone_number: Option<PhoneNumber>,
    /// Whether the address is confirmed.
    pub confirmed: bool,
    /// The present role.
    pub role: Role,
    /// Language tag (BCP 47).
    pub language: String,
    /// Time zone.
    pub timezone: Tz,
    /// Whether the account is open.
    pub active: bool,
}

/// The deadline of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// What is due.
    pub metric: Metric,
    /// When it is due.
    pub at: DateTime<Utc>,
}

/// What a template may show of the ticket.
#[derive(Debug, Clone)]
pub struct TicketFacts {
    /// The ticket.
    pub id: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Its subject.
    pub subject: String,
    /// The present status.
    pub status: Status,
    /// The present priority.
    pub priority: Priority,
    /// The present department.
    pub department: Department,
    /// The customer.
    pub customer_id: UserId,
    /// The customer's given name.
    pub customer: String,
    /// The assignee.
    pub assigned_to: Option<UserId>,
    /// The assignee's given name.
    pub agent: Option<String>,
    /// The summary of the resolution, for the customer.
    pub summary: Option<String>,
    /// How often the ticket had been reopened before the event.
    pub cycle: i32,
}

/// What is to be done with a digest of these, all of one person: it is one message, which has an id. So it waits for the
/// end of the quiet hours as a whole, unless something in it is urgent, which brings the others along.
#[must_use]
pub fn decide_together(contents: &[Content], now: DateTime<Utc>) -> Decision {
    let mut decision = Decision::Drop;
    for content in contents {
        match content.decide_again(now) {
            Decision::Send => return Decision::Send,
            Decision::Wait(until) => decision = Decision::Wait(until),
            Decision::Drop => {}
        }
    }
    decision
}

impl Content {
    /// Whether it is to be delivered at `now`. It is not if it was delivered or dropped, if the message was
    /// redacted, if the account is closed, if the recipient may no longer see the ticket, or if the
    /// ticket has changed so that it is no longer true.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        let may_see = match self.template.audience() {
            Audience::Customer => self.person.id == self.ticket.customer_id,
            Audience::Assignee => {
                self.person.role.is_staff() && self.ticket.assigned_to == Some(self.person.id)
            }
            Audience::Staff if self.template == Template::Mentioned => self.sees_notes(),
            Audience::Staff => self.person.role.is_staff(),
            // Mails about accounts have their own content.
            Audience::Owner => false,
        };
        !self.status.is_final()
            && !self.is_redacted
            && self.person.active
            && may_see
            && self.is_still_true(now)
    }

    /// What is to be done with it at `now`: decided anew at each attempt, since anything may have changed.
    #[must_use]
    pub fn decide(&self, now: DateTime<Utc>) -> Decision {
        // Its digest tells it.
        if self.status == NotificationStatus::Gathered {
            return Decision::Drop;
        }
        self.decide_alone(now)
    }

    fn decide_alone(&self, now: DateTime<Utc>) -> Decision {
        if !self.is_due(now) || !self.is_wanted {
            return Decision::Drop;
        }
        if self.ticket.priority == Priority::Urgent {
            return Decision::Send;
        }
        match (
            quiet_until(&self.quiet_hours, self.person.timezone, now),
            self.channel,
        ) {
            (None, _) => Decision::Send,
            (Some(until), Channel::Email | Channel::Push) => Decision::Wait(until),
            // In the morning it is no longer news.
            (Some(_), Channel::Sms) => Decision::Drop,
        }
    }

    /// What is to be done with it in a digest: what was read in the app meanwhile is not told again.
    #[must_use]
    pub fn decide_gathered(&self, now: DateTime<Utc>) -> Decision {
        if self.is_read {
            return Decision::Drop;
        }
        self.decide_alone(now)
    }

    /// What is to be done with it when the attempt to tell it in a digest is repeated: it may have been told already, so
    /// that it is told again although it was read in the app meanwhile.
    #[must_use]
    pub fn decide_again(&self, now: DateTime<Utc>) -> Decision {
        self.decide_alone(now)
    }

    /// Whether it is one of those that are told together.
    #[must_use]
    pub const fn is_gathered(&self) -> bool {
        gathering(self.template, self.channel).is_some()
    }

    /// Whether the person may read the notes of the ticket.
    fn sees_notes(&self) -> bool {
        let scope = Scope::of(&Actor {
            id: self.person.id,
            role: self.person.role,
        });
        let sees = scope.includes_one(self.ticket.customer_id, self.ticket.assigned_to)
            || scope.is_widened_by(self.mention);
        sees && scope.reader() == Viewer::Staff
    }
}
