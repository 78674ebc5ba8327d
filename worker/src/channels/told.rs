//! What a notification tells, whatever the channel, as it is at the moment of sending.

use actions::notifications::account::{self, AccountContent};
use chrono::{DateTime, Utc};
use domain::{ids::NotificationId, notifications::content::Content};
use sqlx::PgPool;

/// What a notification tells.
#[derive(Debug)]
pub enum Told {
    /// Something of a ticket.
    Ticket(Box<Content>),
    /// Something of the person's own account.
    Account(Box<AccountContent>),
}

impl Told {
    /// Loads it. `None`: there is no such notification any more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn load(
        pool: &PgPool,
        notification: NotificationId,
    ) -> Result<Option<Self>, sqlx::Error> {
        if let Some(content) = actions::notifications::content::load(pool, notification).await? {
            return Ok(Some(Self::Ticket(Box::new(content))));
        }
        let content = account::load(pool, notification).await?;
        Ok(content.map(|content| Self::Account(Box::new(content))))
    }

    /// Whether there is still something to tell.
    #[must_use]
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        match self {
            Self::Ticket(content) => content.is_due(now),
            Self::Account(content) => content.is_due(now),
        }
    }
}
