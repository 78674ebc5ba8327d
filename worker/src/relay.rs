//! Hands ready jobs out: claims them in PostgreSQL, commits, and only then passes hints on.
//! There is one in each worker process, for the queues that it serves; any number may run.
//!
//! Races, and what each costs:
//! - it dies after the claim: the lease brings the jobs back;
//! - Redis forgets: the epoch key is gone, seen at the next pass, and everything handed out is
//!   handed out anew; copies find the row locked or done;
//! - an insert is not yet visible when the relay falls asleep, and saw it awake: one tick;
//! - Redis is away: after [`PATIENCE`] the jobs run in this process, as if Redis did not exist.

use crate::transport::{Direct, Memory, PushError, ThroughRedis, Transport};
use shared::{
    context::Context,
    db,
    error::Chain,
    jobs::{
        Lane, Queue,
        relay::{self as ledger, Look},
    },
};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// How long Redis may be away before jobs are run without it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long one look at Redis may take, while it is used and while it is not.
const PROBE: Duration = Duration::from_secs(1);
const PROBE_WHILE_AWAY: Duration = Duration::from_millis(100);
const PROBE_WHILE_AWAY_EVERY: Duration = Duration::from_millis(500);
/// What is claimed at a time.
const BATCH: usize = 500;
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

/// How Redis stands, as far as the relay knows.
#[derive(Debug, Clone, Copy)]
enum Redis {
    Reachable,
    /// Since when it did not answer.
    Silent(Instant),
    /// Jobs are run without it; when it was last asked.
    Away(Instant),
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
    bell: Arc<Notify>,
    through_redis: ThroughRedis,
    direct: Direct,
    redis: Redis,
    must_release: bool,
    rescued: Option<Instant>,
}

impl Relay {
    pub fn new(
        cx: Context,
        queues: Vec<Queue>,
        bell: Arc<Notify>,
        (through_redis, direct): (ThroughRedis, Direct),
    ) -> Self {
        Self {
            cx,
            queues,
            bell,
            through_redis,
            direct,
            redis: Redis::Reachable,
            must_release: false,
            rescued: None,
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
            let pass = db::within(PASS_LIMIT, self.pass()).await?;
            if pass == Pass::Idle && (sleep.is_some() || worked.elapsed() >= LINGER) {
                let nap = self.fall_asleep(&mut sleep).await?;
                self.pause(nap, shutdown).await;
                continue;
            }
            if pass != Pass::Idle {
                worked = Instant::now();
            }
            if sleep.take().is_some() {
                let awake = ledger::set_asleep(&self.cx.pool, &self.queues, false);
                db::within(WORD_LIMIT, awake).await?;
            }
            self.pause(if pass == Pass::Full { FULL } else { BUSY }, shutdown)
                .await;
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
            () = self.bell.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }

    async fn pass(&mut self) -> Result<Pass, sqlx::Error> {
        if self.rescued.is_none_or(|at| at.elapsed() >= RESCUE_EVERY) {
            let lease = self.cx.config.jobs.lease;
            let rescued = ledger::rescue(&self.cx.pool, Lane::Workers, lease).await?;
            if rescued > 0 {
                tracing::info!(rescued, "jobs whose lease was over were taken back");
            }
            self.rescued = Some(Instant::now());
        }
        self.probe().await;
        if self.must_release {
            let released = ledger::release(&self.cx.pool, &self.queues).await?;
            if released > 0 {
                tracing::info!(released, "jobs that Redis may have lost were taken back");
            }
            self.must_release = false;
        }
        let looks = ledger::look(&self.cx.pool, self.cx.clock.now(), &self.queues).await?;
        let without_redis = matches!(self.redis, Redis::Away(_));
        self.cx.metrics.relay_passed(without_redis);
        let mut pass = Pass::Idle;
        for look in looks
            .into_iter()
            .filter(|look| look.has_due && look.depth > 0)
        {
            let handed = match self.redis {
                Redis::Reachable => hand_out(&self.cx, &mut self.through_redis, look).await?,
                Redis::Away(_) => hand_out(&self.cx, &mut self.direct, look).await?,
                Redis::Silent(_) => Pass::Full,
            };
            pass = pass.max(handed);
        }
        Ok(pass)
    }

    /// Asks Redis how it stands, and draws the conclusions.
    async fn probe(&mut self) {
        let limit = match self.redis {
            Redis::Away(asked) if asked.elapsed() < PROBE_WHILE_AWAY_EVERY => return,
            Redis::Away(_) => PROBE_WHILE_AWAY,
            Redis::Reachable | Redis::Silent(_) => PROBE,
        };
        let asked = Instant::now();
        match self.through_redis.probe(limit).await {
            Ok(memory) => {
                if let Redis::Away(_) = self.redis {
                    tracing::info!("Redis is back; jobs go through it again");
                }
                self.redis = Redis::Reachable;
                self.must_release |= memory == Memory::Lost;
            }
            Err(error) => self.silent(asked, &error),
        }
    }

    fn silent(&mut self, asked: Instant, error: &PushError) {
        self.redis = match self.redis {
            Redis::Reachable => Redis::Silent(asked),
            Redis::Silent(since) if since.elapsed() < PATIENCE => Redis::Silent(since),
            Redis::Silent(_) => {
                tracing::warn!(error = %Chain(error), "Redis is away; jobs are run without it");
                self.must_release = true;
                Redis::Away(Instant::now())
            }
            Redis::Away(_) => Redis::Away(Instant::now()),
        };
    }
}

async fn hand_out(
    cx: &Context,
    transport: &mut impl Transport,
    look: Look,
) -> Result<Pass, sqlx::Error> {
    let room = transport.room(look.queue, look.depth).min(BATCH);
    if room == 0 {
        return Ok(Pass::Full);
    }
    let lease = cx.config.jobs.lease;
    let jobs = ledger::claim(&cx.pool, look.queue, cx.clock.now(), room, lease).await?;
    if jobs.is_empty() {
        return Ok(Pass::Idle);
    }
    if let Err(error) = transport.push(look.queue, &jobs).await {
        tracing::debug!(error = %Chain(&error), queue = %look.queue, "hints could not be passed on");
        ledger::unclaim(&cx.pool, &jobs).await?;
        return Ok(Pass::Full);
    }
    Ok(Pass::Busy)
}
