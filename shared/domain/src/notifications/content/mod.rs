//! What a notification tells, as it is at the moment of sending. Pure but for `store`.

pub mod still;

pub use still::{ClockFacts, Since};

use crate::{
    actor::Actor,
    ids::{NotificationId, TicketId, UserId},
    notifications::{Audience, NotificationStatus, Template},
    people::Role,
    tickets::{
        Status, TicketEventKind, TicketNumber,
        access::{Mention, Scope, Viewer},
    },
};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;

/// A notification with everything that it may tell.
#[derive(Debug, Clone)]
pub struct Content {
    /// The notification.
    pub id: NotificationId,
    /// What it tells.
    pub template: Template,
    /// Where it stands.
    pub status: NotificationStatus,
    /// To whom it goes.
    pub person: Recipient,
    /// When that happened of which it tells.
    pub at: DateTime<Utc>,
    /// What happened.
    pub what: TicketEventKind,
    /// The given name of the person who did it; nobody's when it was the system, or when that
    /// account is gone.
    pub actor: Option<String>,
    /// The ticket.
    pub ticket: TicketFacts,
    /// What happened to it since.
    pub since: Since,
    /// The clock of which it tells.
    pub clock: Option<ClockFacts>,
    /// The text of the message or the note.
    pub text: Option<String>,
    /// How many files came with it.
    pub files: i64,
    /// Whether it was redacted since.
    pub is_redacted: bool,
    /// Whether a note of the ticket mentions the person.
    pub mention: Mention,
}

/// To whom a notification goes.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Who.
    pub id: UserId,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address.
    pub email: String,
    /// Whether its owner has proved to read what is sent there.
    pub confirmed: bool,
    /// The role held now.
    pub role: Role,
    /// A language of BCP 47.
    pub language: String,
    /// Time zone.
    pub timezone: Tz,
    /// Whether the account is open.
    pub active: bool,
}

/// What a notification tells of its ticket.
#[derive(Debug, Clone)]
pub struct TicketFacts {
    /// The ticket.
    pub id: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// Its title.
    pub subject: String,
    /// Where it stands now.
    pub status: Status,
    /// Whose it is.
    pub customer_id: UserId,
    /// The customer's given name.
    pub customer: String,
    /// Who has it now.
    pub assigned_to: Option<UserId>,
    /// That agent's given name.
    pub agent: Option<String>,
    /// How it was resolved, in words for the customer.
    pub summary: Option<String>,
    /// How often it had been reopened when that happened of which the notification tells.
    pub cycle: i32,
}

impl Content {
    /// Whether there is still something to tell at `now`: not when it was told already, nor of a message
    /// that was redacted, nor to somebody whose account is closed or who may not see it any more, nor
    /// what is so no longer.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        let may_see = match self.template.audience() {
            Audience::Customer => self.person.id == self.ticket.customer_id,
            Audience::Holder => {
                self.person.role.is_staff() && self.ticket.assigned_to == Some(self.person.id)
            }
            Audience::Staff if self.template == Template::Mentioned => self.sees_notes(),
            Audience::Staff => self.person.role.is_staff(),
            // Of accounts there are other mails.
            Audience::Owner => false,
        };
        !self.status.is_final()
            && !self.is_redacted
            && self.person.active
            && may_see
            && self.is_still_so(now)
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
