//! The content of a notification, independent of the channel, as of the moment of sending.

use actions::notifications::account::{self, AccountContent};
use chrono::{DateTime, Utc};
use domain::{ids::NotificationId, notifications::content::Content};
use sqlx::PgPool;

/// The content of a notification.
#[derive(Debug)]
pub enum NotificationContent {
    /// About a ticket.
    Ticket(Box<Content>),
    /// About the recipient's own account.
    Account(Box<AccountContent>),
}

impl NotificationContent {
    /// Loads the content of a notification. `None`: the notification was deleted.
    ///
    /// # Errors
    /// The database failed.
    pub async fn load(pool: &PgPool, notification: NotificationId) -> sqlx::Result<Option<Self>> {
        if let Some(content) = actions::notifications::content::load(pool, notification).await? {
            return Ok(Some(Self::Ticket(Box::new(content))));
        }
        let content = account::load(pool, notification).await?;
        Ok(content.map(|content| Self::Account(Box::new(content))))
    }

    /// Whether the notification is still to be sent at `now`.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Ticket(content) => content.is_due(now),
            Self::Account(content) => content.is_due(now),
        }
    }
}
