//! Dispatches ready jobs: claims them in PostgreSQL, commits, and only then passes references on.
//! Each worker process has one relay, for the queues that it serves; any number may run.
//!
//! Races, and what each costs:
//! - it dies after the claim: the lease requeues the jobs;
//! - Redis loses its memory: the next pass of any relay finds the epoch key missing and requeues
//!   every dispatched job, of all processes; references that survived find the row locked or done.
//!   The relay sets the key only after the requeueing, so that nothing is lost if it dies before;
//!   several relays that find it missing at once dispatch a job more than once;
//! - an insert is not yet visible when the relay falls asleep, and did not notify: one tick;
//! - Redis is away, or rejects writes: after a second the jobs run in this process, without Redis.

mod dispatch;
mod redis_state;

use crate::{
    limits::Limits,
    runners::Runners,
    transport::{Direct, ThroughRedis},
};
use dispatch::{Dispatch, dispatch};

pub use dispatch::pass_on;

use domain::queue::{Execution, Queue};
use jobs::{
    ledger::grace,
    relay::{self as ledger, QueueSnapshot},
};
use platform::{context::Context, db, error_chain::Chain};
use redis_state::{DispatchedJobs, RedisState};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const RESCUE_EVERY: Duration = Duration::from_millis(500);
/// The pause between two passes: while there is work, while no runner has room, and while there is
/// no work.
const BUSY: Duration = Duration::from_millis(2);
const FULL: Duration = Duration::from_millis(10);
const TICK: Duration = Duration::from_millis(250);
/// The pause after falling asleep: it catches jobs that were inserted, but not committed,
/// meanwhile.
const SHORT_NAP: Duration = Duration::from_millis(25);
/// How long the relay stays awake after the last work, so that inserts need not notify.
const LINGER: Duration = Duration::from_millis(50);
/// The interval at which a sleeping relay announces its sleep again: another relay may have
/// announced the opposite and died.
const ANNOUNCE_EVERY: Duration = Duration::from_secs(5);
const DATABASE_PAUSE: Duration = Duration::from_millis(500);
/// The time limits of a pass and of a statement: they end the wait on a dead connection. A pass may
/// also wait for Redis.
const PASS_LIMIT: Duration = Duration::from_secs(10);
const STATEMENT_LIMIT: Duration = Duration::from_secs(5);

/// The result of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    /// No job is due.
    Idle,
    /// Jobs are due, but no runner has room.
    Full,
    /// Jobs were dispatched.
    Busy,
}

/// The result of a pass, and the time until jobs are due at the latest.
struct Passed {
    pass: Pass,
    again_in: Duration,
}

impl Passed {
    fn pass_again_in(&mut self, wait: Duration) {
        // Not at once, in case clocks differ by a little.
        self.again_in = self.again_in.min(wait.max(BUSY));
    }
}

/// The sleep of a relay.
struct Sleep {
    /// The last announcement of the sleep.
    announced: Instant,
    naps: u32,
}

/// The relay of a process.
pub struct Relay {
    cx: Context,
    queues: Vec<Queue>,
    wake: Arc<Notify>,
    through_redis: ThroughRedis,
    direct: Direct,
    limits: Limits,
    redis: RedisState,
    /// The state of the jobs that were dispatched, until lost ones are requeued.
    dispatched: DispatchedJobs,
    rescued: Option<Instant>,
    /// The queue that comes first in the next pass.
    turn: usize,
}

impl Relay {
    /// A relay that dispatches to these runners.
    pub(crate) fn new(cx: Context, wake: Arc<Notify>, runners: Runners) -> Self {
        let limits = Limits::new(runners.connection, runners.keys, &cx.config);
        Self {
            cx,
            queues: runners.queues,
            wake,
            through_redis: runners.through_redis,
            direct: runners.direct,
            limits,
            redis: RedisState::Reachable,
            dispatched: DispatchedJobs::Kept,
            rescued: None,
            turn: 0,
        }
    }

    /// Relays until the stop. Jobs that are claimed by then are passed on first: otherwise they
    /// would wait for the end of their lease.
    pub async fn run(mut self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            if let Err(error) = self.stay_awake(&shutdown).await {
                tracing::warn!(error = %Chain(&error), "the relay could not use the database; trying again");
                self.pause(DATABASE_PAUSE, &shutdown).await;
            }
        }
    }

    /// Dispatches until no job was due for a while, then naps until one is.
    async fn stay_awake(&mut self, shutdown: &CancellationToken) -> sqlx::Result<()> {
        let mut worked = Instant::now();
        let mut sleep: Option<Sleep> = None;
        while !shutdown.is_cancelled() {
            let Passed { pass, again_in } = db::within(PASS_LIMIT, self.pass()).await?;
            if pass == Pass::Idle && (sleep.is_some() || worked.elapsed() >= LINGER) {
                let nap = self.fall_asleep(&mut sleep).await?;
                self.pause(nap.min(again_in), shutdown).await;
                continue;
            }
            if pass != Pass::Idle {
                worked = Instant::now();
            }
            if sleep.take().is_some() {
                let awake = ledger::set_asleep(&self.cx.pool, &self.queues, false);
                db::within(STATEMENT_LIMIT, awake).await?;
            }
            let nap = if pass == Pass::Full { FULL } else { BUSY };
            self.pause(nap, shutdown).await;
        }
        Ok(())
    }

    /// Announces the sleep, and returns the length of the next nap. The first nap is zero: the pass
    /// that follows finds jobs that were inserted before the announcement.
    async fn fall_asleep(&self, sleep: &mut Option<Sleep>) -> sqlx::Result<Duration> {
        let (announced, naps) = match *sleep {
            Some(Sleep { announced, naps }) if announced.elapsed() < ANNOUNCE_EVERY => {
                (announced, naps)
            }
            Some(Sleep { naps, .. }) => (self.announce_sleep().await?, naps),
            None => (self.announce_sleep().await?, 0),
        };
        *sleep = Some(Sleep {
            announced,
            naps: naps.saturating_add(1),
        });
        Ok(match naps {
            0 => Duration::ZERO,
            1 => SHORT_NAP,
            _ => TICK,
        })
    }

    async fn announce_sleep(&self) -> sqlx::Result<Instant> {
        let asleep = ledger::set_asleep(&self.cx.pool, &self.queues, true);
        db::within(STATEMENT_LIMIT, asleep).await?;
        Ok(Instant::now())
    }

    /// Waits for `pause`, or until the relay is woken.
    async fn pause(&self, pause: Duration, shutdown: &CancellationToken) {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = self.wake.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }

    /// Dispatches every queue, beginning with another one each time: a pass that is aborted at one
    /// queue must not starve those behind it.
    async fn pass(&mut self) -> sqlx::Result<Passed> {
        self.recover().await?;
        let now = self.cx.clock.now();
        let mut snapshots = ledger::snapshot(&self.cx.pool, now, &self.queues).await?;
        self.turn = self.turn.wrapping_add(1);
        let first = self.turn % snapshots.len().max(1);
        snapshots.rotate_left(first);
        let mut passed = Passed {
            pass: Pass::Idle,
            again_in: Duration::MAX,
        };
        for snapshot in snapshots {
            if let Some(due) = snapshot.next_due {
                passed.pass_again_in((due - now).to_std().unwrap_or_default());
            }
            match self.dispatch(snapshot).await? {
                Dispatch::Nothing => {}
                Dispatch::Some => passed.pass = passed.pass.max(Pass::Busy),
                Dispatch::NoRoom => passed.pass = passed.pass.max(Pass::Full),
                Dispatch::NotBefore(wait) => passed.pass_again_in(wait),
            }
        }
        Ok(passed)
    }

    async fn dispatch(&mut self, snapshot: QueueSnapshot) -> sqlx::Result<Dispatch> {
        let (cx, limits) = (&self.cx, &mut self.limits);
        match self.redis {
            RedisState::Reachable => dispatch(cx, limits, &mut self.through_redis, snapshot).await,
            RedisState::Away(_) => dispatch(cx, limits, &mut self.direct, snapshot).await,
            RedisState::Silent(_) if snapshot.has_due && snapshot.depth > 0 => Ok(Dispatch::NoRoom),
            RedisState::Silent(_) => Ok(Dispatch::Nothing),
        }
    }

    /// Requeues jobs that were dispatched and lost.
    async fn recover(&mut self) -> sqlx::Result<()> {
        if self.rescued.is_none_or(|at| at.elapsed() >= RESCUE_EVERY) {
            let grace = grace(self.cx.config.jobs.lease);
            let rescued = ledger::rescue(&self.cx.pool, Execution::Workers, grace).await?;
            if rescued > 0 {
                tracing::info!(rescued, "jobs whose lease expired were requeued");
            }
            self.rescued = Some(Instant::now());
        }
        let found = self.redis.probe(&mut self.through_redis).await;
        self.dispatched = self.dispatched.max(found);
        self.limits.redis_answers = !matches!(self.redis, RedisState::Away(_));
        self.requeue_lost().await?;
        let without_redis = matches!(self.redis, RedisState::Away(_));
        self.cx.metrics.relay_passed(without_redis);
        Ok(())
    }

    /// Requeues the jobs that this process cannot reach; those of all queues where Redis lost its
    /// memory, since the other relays may not look before the epoch key is set again.
    async fn requeue_lost(&mut self) -> sqlx::Result<()> {
        let queues = match self.dispatched {
            DispatchedJobs::Kept => return Ok(()),
            DispatchedJobs::Unreachable => &self.queues,
            DispatchedJobs::Lost => Queue::ALL,
        };
        let released = ledger::release(&self.cx.pool, queues).await?;
        if released > 0 {
            tracing::info!(released, "jobs that Redis may have lost were taken back");
        }
        if self.dispatched == DispatchedJobs::Lost
            && let Err(error) = self.through_redis.set_epoch(redis_state::PROBE).await
        {
            tracing::debug!(error = %Chain(&error), "the epoch key could not be set yet");
        }
        self.dispatched = DispatchedJobs::Kept;
        Ok(())
    }
}
