//! Hands ready jobs out: claims them in PostgreSQL, commits, and only then passes hints on.
//! There is one in each worker process, for the queues that it serves; any number may run.
//!
//! Races, and what each costs:
//! - it dies after the claim: the lease brings the jobs back;
//! - Redis forgets: the epoch key is gone, seen at the next pass, and everything handed out, by all
//!   processes, is handed out anew; copies find the row locked or done. Whoever sees it sets the key
//!   only then, so that nothing is lost with it; several who see it at once hand out copies;
//! - an insert is not yet visible when the relay falls asleep, and saw it awake: one tick;
//! - Redis is away, or answers and refuses what is written: after a second the jobs run in this process,
//!   as if Redis did not exist.

mod handing;
mod standing;

use crate::{
    limits::Limits,
    runners::Runners,
    transport::{Direct, ThroughRedis},
};
use handing::{Handed, hand_out};

pub use handing::pass_on;

use domain::queue::{Execution, Queue};
use jobs::{
    ledger::grace,
    relay::{self as ledger, QueueSnapshot},
};
use platform::{context::Context, db, error_chain::Chain};
use standing::{HandedOut, Redis};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const RESCUE_EVERY: Duration = Duration::from_millis(500);
/// Between two passes while there is work, while nobody has room, and while there is none.
const BUSY: Duration = Duration::from_millis(2);
const FULL: Duration = Duration::from_millis(10);
const TICK: Duration = Duration::from_millis(250);
/// The nap after falling asleep: it catches what was inserted, but not committed, meanwhile.
const SHORT_NAP: Duration = Duration::from_millis(25);
/// How long it stays awake after the last work, so that inserts need not notify.
const LINGER: Duration = Duration::from_millis(50);
/// How often it says again that it sleeps: another relay may have said otherwise and died.
const SAY_AGAIN: Duration = Duration::from_secs(5);
const DATABASE_PAUSE: Duration = Duration::from_millis(500);
/// How long a pass may take, and a word to the database: a connection that is dead without saying
/// so ends here. A pass may wait for Redis, too.
const PASS_LIMIT: Duration = Duration::from_secs(10);
const WORD_LIMIT: Duration = Duration::from_secs(5);

/// What a pass found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pass {
    /// Nothing to hand out.
    Idle,
    /// Something, but nobody with room for it.
    Full,
    /// Something, and it was handed out.
    Busy,
}

/// What a pass found, and when there will be more at the latest.
struct Passed {
    pass: Pass,
    again_in: Duration,
}

impl Passed {
    fn look_again(&mut self, wait: Duration) {
        // Not at once, should clocks disagree by a hair.
        self.again_in = self.again_in.min(wait.max(BUSY));
    }
}

/// How the relay sleeps.
struct Sleep {
    /// When it last said so.
    said: Instant,
    naps: u32,
}

/// The relay of a process.
pub struct Relay {
    cx: Context,
    queues: Vec<Queue>,
    wake_up: Arc<Notify>,
    through_redis: ThroughRedis,
    direct: Direct,
    limits: Limits,
    redis: Redis,
    /// What became of what was handed out, until it is taken back.
    handed_out: HandedOut,
    rescued: Option<Instant>,
    /// Which queue comes first in the next pass.
    turn: usize,
}

impl Relay {
    /// The relay that hands out to these.
    pub(crate) fn new(cx: Context, wake_up: Arc<Notify>, runners: Runners) -> Self {
        let limits = Limits::new(runners.connection, runners.keys, &cx.config);
        Self {
            cx,
            queues: runners.queues,
            wake_up,
            through_redis: runners.through_redis,
            direct: runners.direct,
            limits,
            redis: Redis::Reachable,
            handed_out: HandedOut::Kept,
            rescued: None,
            turn: 0,
        }
    }

    /// Relays until the stop. What is claimed by then is passed on first: a claim that is not
    /// would wait for the end of its lease.
    pub async fn run(mut self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            if let Err(error) = self.stay_awake(&shutdown).await {
                tracing::warn!(error = %Chain(&error), "the relay could not use the database; trying again");
                self.pause(DATABASE_PAUSE, &shutdown).await;
            }
        }
    }

    /// Hands out until there was nothing for a while, then naps until there is.
    async fn stay_awake(&mut self, shutdown: &CancellationToken) -> Result<(), sqlx::Error> {
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
                db::within(WORD_LIMIT, awake).await?;
            }
            let nap = if pass == Pass::Full { FULL } else { BUSY };
            self.pause(nap, shutdown).await;
        }
        Ok(())
    }

    /// Says that it sleeps, and how long the next nap is. The first takes no time: what was
    /// inserted before the word was out is found by the pass that follows.
    async fn fall_asleep(&self, sleep: &mut Option<Sleep>) -> Result<Duration, sqlx::Error> {
        let (said, naps) = match *sleep {
            Some(Sleep { said, naps }) if said.elapsed() < SAY_AGAIN => (said, naps),
            Some(Sleep { naps, .. }) => (self.say_asleep().await?, naps),
            None => (self.say_asleep().await?, 0),
        };
        *sleep = Some(Sleep {
            said,
            naps: naps.saturating_add(1),
        });
        Ok(match naps {
            0 => Duration::ZERO,
            1 => SHORT_NAP,
            _ => TICK,
        })
    }

    async fn say_asleep(&self) -> Result<Instant, sqlx::Error> {
        let asleep = ledger::set_asleep(&self.cx.pool, &self.queues, true);
        db::within(WORD_LIMIT, asleep).await?;
        Ok(Instant::now())
    }

    /// Waits, but not longer than until the bell rings.
    async fn pause(&self, pause: Duration, shutdown: &CancellationToken) {
        tokio::select! {
            () = shutdown.cancelled() => {}
            () = self.wake_up.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }

    /// Looks at all queues, each time at another one first: a pass that breaks off at one of them
    /// must not keep those behind it waiting for ever.
    async fn pass(&mut self) -> Result<Passed, sqlx::Error> {
        self.bring_back().await?;
        let now = self.cx.clock.now();
        let mut looks = ledger::look(&self.cx.pool, now, &self.queues).await?;
        self.turn = self.turn.wrapping_add(1);
        let first = self.turn % looks.len().max(1);
        looks.rotate_left(first);
        let mut passed = Passed {
            pass: Pass::Idle,
            again_in: Duration::MAX,
        };
        for look in looks {
            if let Some(due) = look.next_due {
                passed.look_again((due - now).to_std().unwrap_or_default());
            }
            match self.hand_out(look).await? {
                Handed::Nothing => {}
                Handed::Some => passed.pass = passed.pass.max(Pass::Busy),
                Handed::NoRoom => passed.pass = passed.pass.max(Pass::Full),
                Handed::NotBefore(wait) => passed.look_again(wait),
            }
        }
        Ok(passed)
    }

    async fn hand_out(&mut self, look: QueueSnapshot) -> Result<Handed, sqlx::Error> {
        let (cx, limits) = (&self.cx, &mut self.limits);
        match self.redis {
            Redis::Reachable => hand_out(cx, limits, &mut self.through_redis, look).await,
            Redis::Away(_) => hand_out(cx, limits, &mut self.direct, look).await,
            Redis::Silent(_) if look.has_due && look.depth > 0 => Ok(Handed::NoRoom),
            Redis::Silent(_) => Ok(Handed::Nothing),
        }
    }

    /// Brings back what was handed out and lost.
    async fn bring_back(&mut self) -> Result<(), sqlx::Error> {
        if self.rescued.is_none_or(|at| at.elapsed() >= RESCUE_EVERY) {
            let grace = grace(self.cx.config.jobs.lease);
            let rescued = ledger::rescue(&self.cx.pool, Execution::Workers, grace).await?;
            if rescued > 0 {
                tracing::info!(rescued, "jobs whose lease was over were taken back");
            }
            self.rescued = Some(Instant::now());
        }
        let found = self.redis.probe(&mut self.through_redis).await;
        self.handed_out = self.handed_out.max(found);
        self.limits.redis_answers = !matches!(self.redis, Redis::Away(_));
        self.take_back().await?;
        let without_redis = matches!(self.redis, Redis::Away(_));
        self.cx.metrics.relay_passed(without_redis);
        Ok(())
    }

    /// Takes back what is lost to this process; of the queues of all processes where Redis has lost it, since
    /// the others may not look before it remembers again.
    async fn take_back(&mut self) -> Result<(), sqlx::Error> {
        let queues = match self.handed_out {
            HandedOut::Kept => return Ok(()),
            HandedOut::OutOfReach => &self.queues,
            HandedOut::Lost => Queue::ALL,
        };
        let released = ledger::release(&self.cx.pool, queues).await?;
        if released > 0 {
            tracing::info!(released, "jobs that Redis may have lost were taken back");
        }
        if self.handed_out == HandedOut::Lost
            && let Err(error) = self.through_redis.remember(standing::PROBE).await
        {
            tracing::debug!(error = %Chain(&error), "Redis does not remember yet");
        }
        self.handed_out = HandedOut::Kept;
        Ok(())
    }
}
