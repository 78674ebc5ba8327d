//! Mails that tell the owner of an account of it: what they tell, as it is at the moment of
//! sending. Their rows, jobs and attempts are those of every notification. Pure but for `store`.

mod store;

use chrono::{DateTime, Utc};
use domain::{
    ids::{AccountEventId, NotificationId},
    notifications::{NotificationStatus, content::Recipient},
    people::AccountEventKind,
};

pub(crate) use store::insert;
pub use store::load;

/// A mail about an account, with everything that it may tell.
#[derive(Debug, Clone)]
pub struct AccountContent {
    /// The notification.
    pub id: NotificationId,
    /// Where it stands.
    pub status: NotificationStatus,
    /// Whose account it is.
    pub person: Recipient,
    /// Of what it tells: its link is made from this.
    pub event: AccountEventId,
    /// What that was.
    pub kind: AccountEventKind,
    /// Where the mail goes.
    pub address: String,
    /// Whether the account has that address now.
    pub is_present: bool,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Until when its link is good.
    pub expires_at: Option<DateTime<Utc>>,
    /// When its link was used.
    pub spent_at: Option<DateTime<Utc>>,
}

impl AccountContent {
    /// Whether there is still something to tell: not when it was told already, nor of a link that
    /// leads nowhere any more. An address that nobody has confirmed is told nothing but how to do so.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        let leads_somewhere =
            self.spent_at.is_none() && self.expires_at.is_none_or(|end| end > now);
        let may_go = self.person.confirmed || self.kind.proves_the_address();
        let still_so = match self.kind {
            // Who went back to that address is not told that it was left.
            AccountEventKind::EmailChanged => !self.is_present,
            AccountEventKind::ConfirmEmail
            | AccountEventKind::ResetPassword
            | AccountEventKind::PasswordChanged
            | AccountEventKind::TooManyFailures => true,
        };
        let open = !self.status.is_final() && self.person.active;
        open && may_go && still_so && leads_somewhere
    }
}
