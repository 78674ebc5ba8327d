//! A unit of work: one transaction, one instant, one actor. An action does everything it does
//! through it, so that a change, its history and its jobs are committed together or not at all.

use crate::{context::Context, trace::Trace};
use chrono::{DateTime, Utc};
pub use domain::actor::{Actor, Initiator};

/// An open transaction.
pub type Tx = sqlx::Transaction<'static, sqlx::Postgres>;

/// An open transaction with the instant and the actor that everything in it shares. The actor
/// never changes; the instant does in one way ([`UnitOfWork::not_before`]).
pub struct UnitOfWork<'a> {
    now: DateTime<Utc>,
    by: Initiator,
    /// The transaction.
    pub tx: Tx,
    /// Ids and configuration.
    pub cx: &'a Context,
    /// The trace that this is part of, and with it the jobs that follow.
    pub trace: Option<Trace>,
    /// The events of tickets, to be counted after the commit.
    pub happened: Vec<&'static str>,
}

impl<'a> UnitOfWork<'a> {
    pub fn new(
        cx: &'a Context,
        tx: Tx,
        (by, now): (Initiator, DateTime<Utc>),
        trace: Option<Trace>,
    ) -> Self {
        Self {
            now,
            by,
            tx,
            cx,
            trace,
            happened: Vec::new(),
        }
    }

    /// The one instant of everything that happens in it.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Who does it.
    #[must_use]
    pub const fn by(&self) -> Initiator {
        self.by
    }

    /// Moves the instant on to the present, and at least to `earliest`: for what is stamped under a
    /// lock that had to be waited for. What the lock protects changed at `earliest`, by the clock
    /// of a process that may be ahead.
    pub fn not_before(&mut self, earliest: DateTime<Utc>) {
        self.now = self.cx.clock.now().max(earliest);
    }

    /// Commits the transaction, then counts its events.
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
