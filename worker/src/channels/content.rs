//! The content of a message, independent of the channel, as of the moment of sending.

use actions::{
    job_list::Parcel,
    notifications::{
        account::{self, AccountContent},
        content, digest,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    ids::{DigestId, NotificationId},
    notifications::content::{Content, Decision, Recipient, decide_together},
};
use platform::context::Context;

/// The content of a message.
#[derive(Debug)]
pub enum NotificationContent {
    /// About a ticket.
    Ticket(Box<Content>),
    /// About the recipient's own account.
    Account(Box<AccountContent>),
    /// Several notifications about tickets, of one person on one channel: one at least, since
    /// the others of a digest may no longer be told.
    Digest(DigestId, Vec<Content>),
}

impl NotificationContent {
    /// Loads what is delivered. `None`: there is nothing to tell.
    ///
    /// # Errors
    /// The database failed.
    pub async fn load(
        cx: &Context,
        parcel: Parcel,
        now: DateTime<Utc>,
    ) -> sqlx::Result<Option<Self>> {
        match parcel {
            Parcel::Notification(notification) => Self::of_notification(cx, notification).await,
            Parcel::Digest(id) => {
                let contents = digest::open(cx, id, now).await?;
                Ok((!contents.is_empty()).then_some(Self::Digest(id, contents)))
            }
        }
    }

    /// The person who gets a message about tickets; `None` for one about the account.
    #[must_use]
    pub fn recipient(&self) -> Option<&Recipient> {
        match self {
            Self::Ticket(content) => Some(&content.person),
            Self::Digest(_, contents) => contents.first().map(|content| &content.person),
            Self::Account(_) => None,
        }
    }

    async fn of_notification(
        cx: &Context,
        notification: NotificationId,
    ) -> sqlx::Result<Option<Self>> {
        if let Some(content) = content::load(&cx.pool, notification).await? {
            return Ok(Some(Self::Ticket(Box::new(content))));
        }
        let content = account::load(&cx.pool, notification).await?;
        Ok(content.map(|content| Self::Account(Box::new(content))))
    }

    /// Its id: that of the message. A digest of which one notification is left is that notification.
    #[must_use]
    pub fn parcel(&self) -> Parcel {
        match self {
            Self::Ticket(content) => Parcel::Notification(content.id),
            Self::Account(content) => Parcel::Notification(content.id),
            Self::Digest(id, _) => Parcel::Digest(*id),
        }
    }

    /// What is to be done with it at `now`.
    #[must_use]
    pub fn decide(&self, now: DateTime<Utc>) -> Decision {
        match self {
            Self::Ticket(content) => content.decide(now),
            Self::Account(content) if content.is_due(now) => Decision::Send,
            Self::Account(_) => Decision::Drop,
            Self::Digest(_, contents) => decide_together(contents, now),
        }
    }

    /// Whether it joins a digest where it has to wait.
    #[must_use]
    pub const fn is_gathered(&self) -> bool {
        match self {
            Self::Ticket(content) => content.is_gathered(),
            Self::Account(_) | Self::Digest(..) => false,
        }
    }
}
