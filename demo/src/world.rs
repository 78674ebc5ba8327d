//! The demo's time: a clock that is moved from one entry to the next, with the sweeps and jobs that the
//! scheduler and the workers would run in between.

use crate::explained;
use actions::{
    assignment::assign_waiting,
    error::ActionError,
    tickets::{auto_close, next_deadline, sweep_sla},
};
use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::{Actor, Initiator},
    queue::Execution,
};
use platform::{
    clock::{Clock, ManualClock},
    context::Context,
    work::UnitOfWork,
};
use std::{num::NonZeroUsize, sync::Arc};
use worker::JobContext;

/// How long after a deadline the sweep runs: half of the default interval.
const SWEEP_DELAY: TimeDelta = TimeDelta::seconds(7);

/// Rows that one statement deletes.
const PIECE: i64 = 5_000;

/// Context, clock and job runner of the demo.
pub(super) struct World {
    pub cx: Context,
    pub clock: Arc<ManualClock>,
    jobs: JobContext,
}

impl World {
    /// A world at an instant of the past. Its jobs have [`Execution::Inline`]: no worker sees them.
    pub fn at(start: DateTime<Utc>, cx: Context) -> Result<Self> {
        let clock = Arc::new(ManualClock::at(start));
        let cx = Context {
            clock: clock.clone(),
            execution: Execution::Inline,
            ..cx
        };
        Ok(Self {
            jobs: JobContext::new(cx.clone()).context("the mails cannot be written")?,
            cx,
            clock,
        })
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves the clock to an instant. Deadlines before it are swept shortly after they pass.
    pub async fn move_to(&self, to: DateTime<Utc>) -> Result<()> {
        while let Some(due) = next_deadline(&self.cx).await.map_err(explained)? {
            if due > to {
                break;
            }
            self.clock.set((due + SWEEP_DELAY).min(to).max(self.now()));
            let swept = sweep_sla(&self.cx, NonZeroUsize::MIN)
                .await
                .map_err(explained)?;
            ensure!(swept.failed == 0, "a deadline could not be swept");
            self.settle().await?;
        }
        self.clock.set(to.max(self.now()));
        Ok(())
    }

    /// Runs all jobs that are due.
    pub async fn settle(&self) -> Result<()> {
        worker::drain(&self.jobs, Execution::Inline).await?;
        Ok(())
    }

    /// The sweeps of the scheduler except the deadlines.
    pub async fn sweep(&self) -> Result<()> {
        let closed = auto_close(&self.cx).await.map_err(explained)?;
        ensure!(closed.failed == 0, "a ticket could not be auto-closed");
        assign_waiting(&self.cx).await.map_err(explained)?;
        self.settle().await
    }

    /// The daily work: rolls up the statistics and deletes the jobs that are done. `prune` would not delete
    /// them, since it ignores inline jobs.
    pub async fn tidy(&self) -> Result<()> {
        while actions::stats::roll_up(&self.cx).await? > 0 {}
        let all = self.now() + TimeDelta::seconds(1);
        while jobs::store::delete_over(&self.cx.pool, Execution::Inline, all, PIECE).await? > 0 {}
        Ok(())
    }

    /// Runs an action in a transaction, as a request of this person would.
    pub async fn by<T>(
        &self,
        actor: Actor,
        action: impl AsyncFnOnce(&mut UnitOfWork<'_>) -> Result<T, ActionError>,
    ) -> Result<T> {
        let mut work = self.cx.begin(Initiator::Person(actor)).await?;
        let done = action(&mut work).await.map_err(explained)?;
        work.commit().await?;
        Ok(done)
    }
}
