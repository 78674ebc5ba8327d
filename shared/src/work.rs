//! A unit of work: one transaction, one instant, one actor. An action does everything it does
//! through it, so that a change, its history and its jobs are committed together or not at all.

use crate::{context::Context, ids::UserId, people::Role, trace::Trace};
use chrono::{DateTime, Utc};

/// An open transaction.
pub type Tx = sqlx::Transaction<'static, sqlx::Postgres>;

/// A person who has been recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub id: UserId,
    /// As what.
    pub role: Role,
}

/// On whose behalf something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A person's request.
    Person(Actor),
    /// The system's own act: a sweep, an automatic assignment.
    System,
}

impl By {
    /// The person, if it is one.
    #[must_use]
    pub fn person(self) -> Option<UserId> {
        match self {
            Self::Person(actor) => Some(actor.id),
            Self::System => None,
        }
    }
}

/// An open transaction with the instant and the actor that everything in it shares.
pub struct Work<'a> {
    /// The one instant of everything that happens in it.
    pub now: DateTime<Utc>,
    /// Who does it.
    pub by: By,
    /// The transaction.
    pub tx: Tx,
    /// Ids and configuration.
    pub cx: &'a Context,
    /// The trace that this is part of, and with it the jobs that follow.
    pub trace: Option<Trace>,
    /// What has happened to tickets, to be counted when it is so.
    pub(crate) happened: Vec<&'static str>,
}

impl Work<'_> {
    /// Makes everything that was done in it so.
    ///
    /// # Errors
    /// The database failed; nothing was done then.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.tx.commit().await?;
        for event in self.happened {
            self.cx.metrics.event(event);
        }
        Ok(())
    }
}
