//! A unit of work: one transaction, one instant, one actor. An action makes all of its changes
//! through it, so that a change, its history and its jobs are committed together or not at all.

pub use crate::db::Tx;
use crate::{
    context::Context,
    db,
    trace::{self, Trace},
};
use chrono::{DateTime, Utc};
pub use domain::actor::{Actor, Initiator};
use std::time::Instant;

/// An open transaction with the instant and the actor that all its changes share. The actor never
/// changes; the instant only changes by [`UnitOfWork::not_before`].
pub struct UnitOfWork<'a> {
    now: DateTime<Utc>,
    by: Initiator,
    grows_feed: bool,
    /// The transaction.
    pub tx: Tx,
    /// The context that it began in.
    pub cx: &'a Context,
    /// The trace that the work belongs to, and that its jobs continue.
    pub trace: Option<Trace>,
    /// The names of the ticket events to count after the commit.
    pub events: Vec<&'static str>,
}

impl Context {
    /// Begins a unit of work at the present instant.
    ///
    /// # Errors
    /// The database is unreachable.
    pub async fn begin(&self, by: Initiator) -> sqlx::Result<UnitOfWork<'_>> {
        self.begin_at(by, self.clock.now()).await
    }

    /// Begins a unit of work at an instant that the caller has read: that of a scheduler's pass.
    ///
    /// # Errors
    /// The database is unreachable.
    pub async fn begin_at(
        &self,
        by: Initiator,
        now: DateTime<Utc>,
    ) -> sqlx::Result<UnitOfWork<'_>> {
        let tx = self.begin_for_caller().await?;
        Ok(self.unit(tx, by, now))
    }

    /// Begins a transaction in which the caller is looked up, before the unit of work of that caller ([`Context::unit`]).
    ///
    /// # Errors
    /// The database is unreachable.
    pub async fn begin_for_caller(&self) -> sqlx::Result<Tx> {
        let asked = Instant::now();
        let tx = db::begin(&self.pool).await?;
        self.metrics.began(asked.elapsed());
        Ok(tx)
    }

    /// A unit of work in a transaction that has begun.
    #[must_use]
    pub fn unit(&self, tx: Tx, by: Initiator, now: DateTime<Utc>) -> UnitOfWork<'_> {
        UnitOfWork {
            now,
            by,
            grows_feed: false,
            tx,
            cx: self,
            trace: trace::current(),
            events: Vec::new(),
        }
    }
}

impl UnitOfWork<'_> {
    /// The instant of every change in this unit of work.
    #[must_use]
    pub const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// The actor of every change in this unit of work.
    #[must_use]
    pub const fn by(&self) -> Initiator {
        self.by
    }

    /// Moves the instant to the present, and at least to `earliest`: for changes that are stamped
    /// under a lock that had to be waited for. `earliest` is the last change of the locked row, by
    /// the clock of a process that may be ahead.
    pub fn not_before(&mut self, earliest: DateTime<Utc>) {
        self.now = self.cx.clock.now().max(earliest);
    }

    /// Remembers that the changes grow the event feed, whose followers are told after the commit.
    pub const fn grow_feed(&mut self) {
        self.grows_feed = true;
    }

    /// Commits the transaction, then counts its events and tells the followers of the feed.
    ///
    /// # Errors
    /// The database failed; then nothing was committed, unless the response to the commit was lost.
    pub async fn commit(self) -> sqlx::Result<()> {
        self.tx.commit().await?;
        if self.grows_feed {
            self.cx.feed.announce();
        }
        for event in self.events {
            self.cx.metrics.event(event);
        }
        Ok(())
    }
}
