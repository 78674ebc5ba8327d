//! The demo's own time: a clock that is moved from one thing to the next, and what happens by
//! itself meanwhile, as the scheduler and the workers would have it happen.

use crate::explained;
use actions::{
    assignment::assign_waiting,
    error::ActionError,
    sla::{next_deadline, sweep},
    tickets::auto_close,
};
use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::{Actor, Initiator},
    queue::Execution,
};
use jobs;
use platform::{
    clock::{Clock, ManualClock},
    context::Context,
    work::UnitOfWork,
};
use std::{num::NonZeroUsize, sync::Arc};
use worker::JobContext;

/// How long after a deadline the sweep comes by: half of the usual interval.
const SWEEP_DELAY: TimeDelta = TimeDelta::seconds(7);

/// Rows that one statement deletes.
const PIECE: i64 = 5_000;

/// The means of the demo.
pub(super) struct World {
    pub cx: Context,
    pub clock: Arc<ManualClock>,
    jobs: JobContext,
}

impl World {
    /// A world at an instant of the past. Its jobs go into its own lane, where no worker sees them.
    pub fn at(start: DateTime<Utc>, cx: Context) -> Result<Self> {
        let clock = Arc::new(ManualClock::at(start));
        let cx = Context {
            clock: clock.clone(),
            lane: Execution::Inline,
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

    /// Moves the clock on to an instant; deadlines on the way are found shortly after they pass.
    pub async fn move_to(&self, to: DateTime<Utc>) -> Result<()> {
        while let Some(due) = next_deadline(&self.cx).await.map_err(explained)? {
            if due > to {
                break;
            }
            self.clock.set((due + SWEEP_DELAY).min(to).max(self.now()));
            let swept = sweep(&self.cx, NonZeroUsize::MIN)
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

    /// What the scheduler starts beside the deadlines.
    pub async fn sweep(&self) -> Result<()> {
        let closed = auto_close(&self.cx).await.map_err(explained)?;
        ensure!(closed.failed == 0, "a ticket could not be auto-closed");
        assign_waiting(&self.cx).await.map_err(explained)?;
        self.settle().await
    }

    /// What it starts less often: the statistics; and the jobs that are done go, which nobody else
    /// would delete from this lane.
    pub async fn tidy(&self) -> Result<()> {
        while actions::stats::roll_up(&self.cx).await? > 0 {}
        let all = self.now() + TimeDelta::seconds(1);
        while jobs::store::delete_over(&self.cx.pool, Execution::Inline, all, PIECE).await? > 0 {}
        Ok(())
    }

    /// Does what a request of this person would do.
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
