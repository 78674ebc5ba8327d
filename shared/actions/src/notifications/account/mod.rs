//! Mails to the owner of an account about that account, with their content as loaded at delivery. They have the
//! rows, jobs and attempts of all notifications.

mod store;

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountEventId, NotificationId},
    notifications::{NotificationStatus, content::Recipient},
    people::AccountEventKind,
};

pub(crate) use store::insert;
pub use store::load;

/// A mail about an account, with everything that a template may show.
#[derive(Debug, Clone)]
pub struct AccountContent {
    /// The notification.
    pub id: NotificationId,
    /// Its status.
    pub status: NotificationStatus,
    /// The owner of the account.
    pub person: Recipient,
    /// The event, from which its link is derived.
    pub event: AccountEventId,
    /// The kind of the event.
    pub kind: AccountEventKind,
    /// The address of the mail.
    pub address: String,
    /// Whether it is the present address of the account.
    pub is_present: bool,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When its link expires; `None` for a mail without a link.
    pub expires_at: Option<DateTime<Utc>>,
    /// When its link was used.
    pub spent_at: Option<DateTime<Utc>>,
}

impl AccountContent {
    /// Whether it is to be delivered at `now`. It is not if it was delivered or dropped, or if its link was used
    /// or has expired. An unconfirmed address gets only mails whose links confirm it.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        let leads_somewhere =
            self.spent_at.is_none() && self.expires_at.is_none_or(|end| end > now);
        let may_go = self.person.confirmed || self.kind.proves_the_address();
        let still_so = match self.kind {
            // The owner may have returned to the previous address.
            AccountEventKind::EmailChanged => !self.is_present,
            AccountEventKind::ConfirmEmail
            | AccountEventKind::ResetPassword
            | AccountEventKind::PasswordChanged
            | AccountEventKind::TooManyFailures
            | AccountEventKind::WebhookDisabled => true,
        };
        let open = !self.status.is_final() && self.person.active;
        open && may_go && still_so && leads_somewhere
    }
}
